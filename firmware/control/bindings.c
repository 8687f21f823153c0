/* bindings.c - the parameters that knobs turn, looked up once a patch.
 * Tested by: unit/control/test_desk */
#include "config/target_read.h"
#include "control/desk_state.h"

static struct bound_param bind(const struct patch *patch, const struct settings_knob *knob)
{
	struct bound_param bound = {.module = -1};
	struct diag ignored;

	if (knob->target == TARGET_PARAM)
		target_find_param(patch, knob->controls, &bound.module, &bound.param, &ignored);
	return bound;
}

void desk_rebind(struct desk *desk)
{
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		const struct settings_knob *knob = &desk->settings->knobs[k];

		desk->bindings[k].live = bind(desk->live, knob);
		desk->bindings[k].staged = bind(desk_staged_base(desk), knob);
	}
}
