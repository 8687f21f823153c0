/* knob_param.c - a knob that turns parameters: its detents become values on each one's own curve, heard
 * at once or staged. Its position is that of the first parameter that the patch has, within its range,
 * and the others follow from it; nothing else is remembered of it.
 * Tested by: unit/control/test_desk */
#include "control/midi_state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/param_text.h"

static const char *value_text(
	const struct param_desc *param, double value, char *text, size_t text_bytes)
{
	const char *unit = param->curve == CURVE_CHOICE ? "" : param_unit_text(param);
	char number[PARAM_TEXT_BYTES];

	param_value_text(param, (float)value, PARAM_FOR_EYES, number);
	snprintf(text, text_bytes, "%.22s%s%.7s", number, unit[0] ? " " : "", unit);
	return text;
}

/* A parameter that a knob turns, in the patch whose values it moves. */
struct target {
	bool is_staged;
	const struct bound_param *bound;
	const struct patch_module *module;
	const struct param_desc *desc;
};

/* The first of a knob's targets from index `from` on that the patch has: its index, or -1. */
static int target_next(const struct desk *desk, int k, int from, struct target *target)
{
	bool is_staged = desk->settings->knobs[k].when == WHEN_STAGED;
	const struct patch *patch = is_staged ? desk_staged_base(desk) : desk->live;
	const struct binding *binding = &desk->bindings[k];
	const struct bound_param *bound = is_staged ? binding->staged : binding->live;

	for (int t = from; t < SETTINGS_MAX_TURNS; t++) {
		if (bound[t].module < 0)
			continue;
		*target = (struct target){.is_staged = is_staged,
			.bound = &bound[t],
			.module = &patch->modules[bound[t].module]};
		target->desc = &target->module->desc->params[bound[t].param];
		return t;
	}
	return -1;
}

/* The target that the knob's position is that of. */
static int target_lead(const struct desk *desk, int k, struct target *target, struct diag *diag)
{
	const struct settings_knob *knob = &desk->settings->knobs[k];
	bool is_staged = knob->when == WHEN_STAGED;
	struct bound_param none;
	int err;

	if (target_next(desk, k, 0, target) >= 0)
		return 0;
	err = turn_bind(is_staged ? desk_staged_base(desk) : desk->live, &knob->controls[0], &none,
		diag); /* for the reason */
	return err < 0 ? err : -ENOENT;
}

/* As it is heard, or as it waits for the commit. */
static float value_now(const struct desk *desk, const struct target *target)
{
	int param = target->bound->param;
	const struct edit *edit = NULL;

	if (target->is_staged)
		edit = desk_find_edit(desk, module_ref_of(target->module), param);
	return edit ? edit->value : target->module->values[param];
}

static double position_now(const struct desk *desk, const struct target *target)
{
	return turn_position(&target->bound->ends, target->desc, value_now(desk, target));
}

static int target_set(
	struct desk *desk, const struct target *target, float value, struct diag *diag)
{
	int param = target->bound->param;

	if (target->is_staged)
		return desk_stage_value(desk, module_ref_of(target->module), param, value, diag);
	desk_set_value(desk, target->bound->module, param, value);
	return 0;
}

#define AS_WRITTEN (-1.0)

/* All that the patch has, or none. position AS_WRITTEN: each to its value in the patch. */
static int put_all(
	struct desk *desk, int k, double position, struct answer *answer, struct diag *diag)
{
	const struct settings_knob *knob = &desk->settings->knobs[k];
	bool is_staged = knob->when == WHEN_STAGED;
	char said[SETTINGS_MAX_TURNS * (SETTINGS_TARGET_BYTES + 48)] = "";
	int n_targets = knob_turns_count(knob), err = 0;
	struct target target;

	if (n_targets > 1 && is_staged)
		err = desk_stage_room(desk, n_targets, diag);
	for (int t = target_next(desk, k, 0, &target); !err && t >= 0;
		t = target_next(desk, k, t + 1, &target)) {
		const struct bound_param *bound = target.bound;
		float value = position < 0.0 ? target.module->written[bound->param]
					     : turn_value(&bound->ends, target.desc, position);
		size_t n_said = strlen(said);
		char text[48];

		err = target_set(desk, &target, value, diag);
		snprintf(said + n_said, sizeof(said) - n_said, "%s%s.%s = %s", n_said ? ", " : "",
			target.module->id, target.desc->key,
			value_text(target.desc, (double)value, text, sizeof(text)));
	}
	if (!err)
		answer_say(answer, "ok %s%s", is_staged ? "staged " : "", said);
	return err;
}

/* To the nearest detent first: a value that was set in between joins the knob's grid. */
static double moved(const struct desk *desk, int k, const struct target *lead, int detents)
{
	int n_steps = turn_n_steps(&lead->bound->ends, lead->desc);
	int n_detents = n_steps ? n_steps - 1 : desk->settings->knobs[k].range_detents;

	if (n_detents == 0)
		return 0.0;
	return double_clamp(
		(rint(position_now(desk, lead) * n_detents) + detents) / n_detents, 0.0, 1.0);
}

int desk_knob_place(const struct desk *desk, int knob, struct knob_place *place, struct diag *diag)
{
	struct target lead;
	int err = target_lead(desk, knob, &lead, diag);

	if (err < 0)
		return err;
	place->value = value_now(desk, &lead);
	place->norm = position_now(desk, &lead);
	place->n_steps = turn_n_steps(&lead.bound->ends, lead.desc);
	return 0;
}

int desk_knob_put(struct desk *desk, int knob, double norm, float *value, struct diag *diag)
{
	struct answer nobody = {.text = NULL};
	struct target lead;
	int err = target_lead(desk, knob, &lead, diag);

	if (err < 0)
		return err;
	*value = turn_value(&lead.bound->ends, lead.desc, norm);
	return put_all(desk, knob, norm, &nobody, diag);
}

int turn_param(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag)
{
	struct target lead;
	int err = target_lead(desk, knob, &lead, diag);

	return err < 0 ? err : put_all(desk, knob, moved(desk, knob, &lead, detents), answer, diag);
}

/* At once, or with the commit, as the knob's own turns. */
int default_param(struct desk *desk, int knob, struct diag *diag)
{
	struct answer nobody = {.text = NULL};
	struct target lead; /* for the reason, where the patch has none */
	int err = target_lead(desk, knob, &lead, diag);

	return err < 0 ? err : put_all(desk, knob, AS_WRITTEN, &nobody, diag);
}

void view_param(const struct desk *desk, int knob, int which, struct desk_knob_view *view)
{
	const struct binding *binding = &desk->bindings[knob];
	const struct bound_param *live = &binding->live[which], *staged = &binding->staged[which];

	if (live->module >= 0) {
		const struct patch_module *module = &desk->live->modules[live->module];
		const struct param_desc *param = &module->desc->params[live->param];
		float value = module->values[live->param];

		view->is_there = true;
		view->norm = turn_position(&live->ends, param, value);
		value_text(param, (double)value, view->value, sizeof(view->value));
		value_text(param, (double)module->written[live->param], view->written,
			sizeof(view->written));
	}
	if (staged->module >= 0) {
		const struct patch_module *module =
			&desk_staged_base(desk)->modules[staged->module];
		const struct edit *edit =
			desk_find_edit(desk, module_ref_of(module), staged->param);

		view->has_staged = edit != NULL;
		if (edit)
			value_text(&module->desc->params[staged->param], (double)edit->value,
				view->staged, sizeof(view->staged));
	}
}
