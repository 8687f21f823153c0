/* bindings.c - the parameters that knobs turn, looked up once a patch.
 * Tested by: unit/control/test_desk */
#include <errno.h>

#include "config/target_read.h"
#include "control/desk_state.h"

int turn_bind(const struct patch *patch, const struct settings_turn *turn,
	struct bound_param *bound, struct diag *diag)
{
	int err = target_find_param(patch, turn->target, &bound->module, &bound->param, diag);
	struct diag why;

	if (err < 0)
		return err;
	err = turn_ends_read(turn, &patch->modules[bound->module].desc->params[bound->param],
		&bound->ends, &why);
	if (err == -EINVAL)
		return diag_set(diag, err, "%s %s..%s: %.300s", turn->target, turn->low, turn->high,
			why.text);
	return 0;
}

static void bind(const struct patch *patch, const struct settings_knob *knob,
	struct bound_param bound[SETTINGS_MAX_TURNS])
{
	struct diag ignored;

	for (int t = 0; t < SETTINGS_MAX_TURNS; t++) {
		bound[t] = (struct bound_param){.module = -1};
		if (knob->target == TARGET_PARAM && knob->controls[t].target[0] &&
			turn_bind(patch, &knob->controls[t], &bound[t], &ignored) < 0)
			bound[t].module = -1;
	}
}

void desk_rebind(struct desk *desk)
{
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		const struct settings_knob *knob = &desk->settings->knobs[k];

		bind(desk->live, knob, desk->bindings[k].live);
		bind(desk_staged_base(desk), knob, desk->bindings[k].staged);
	}
}
