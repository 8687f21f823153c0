/* knob_param.c - a knob that turns a parameter: its detents become a value on the parameter's own
 * curve, heard at once or staged.
 * Tested by: unit/control/test_desk */
#include "control/midi_state.h"

#include <math.h>
#include <stdio.h>

#include "config/param_text.h"
#include "config/target_read.h"

static const char *value_text(
	const struct param_desc *param, double value, char *text, size_t text_bytes)
{
	const char *unit = param->unit == UNIT_NONE ? "" : unit_name(param->unit);
	char number[PARAM_TEXT_BYTES];

	param_value_text(param, (float)value, PARAM_FOR_EYES, number);
	snprintf(text, text_bytes, "%.22s%s%.7s", number, param->curve == CURVE_CHOICE ? "" : " ",
		param->curve == CURVE_CHOICE ? "" : unit);
	return text;
}

static float moved(
	const struct settings_knob *knob, const struct param_desc *param, float from, int detents)
{
	double norm = param_to_norm(param, (double)from);

	if (param->curve == CURVE_CHOICE)
		return (float)double_clamp(rint((double)from) + detents, 0.0, (double)param->max);
	/* to the nearest detent first: a value that was set in between joins the knob's grid */
	norm = (rint(norm * knob->range_detents) + detents) / knob->range_detents;
	return (float)double_clamp(param_from_norm(param, double_clamp(norm, 0.0, 1.0)),
		(double)param->min, (double)param->max);
}

/* The parameter that a knob controls, in the patch whose values it moves. */
struct target {
	bool is_staged;
	const struct patch_module *module;
	const struct param_desc *desc;
	int m, p;
};

static int target_find(const struct desk *desk, int k, struct target *target, struct diag *diag)
{
	const struct settings_knob *knob = &desk->settings->knobs[k];
	const struct binding *binding = &desk->bindings[k];
	bool is_staged = knob->when == WHEN_STAGED;
	const struct patch *patch = is_staged ? desk_staged_base(desk) : desk->live;
	const struct bound_param *bound = is_staged ? &binding->staged : &binding->live;

	if (bound->module < 0) /* for the reason */
		return target_find_param(patch, knob->controls, &target->m, &target->p, diag);
	*target = (struct target){.is_staged = is_staged,
		.module = &patch->modules[bound->module],
		.m = bound->module,
		.p = bound->param};
	target->desc = &target->module->desc->params[target->p];
	return 0;
}

static int target_set(
	struct desk *desk, const struct target *target, float value, struct diag *diag)
{
	if (target->is_staged)
		return desk_stage_value(
			desk, module_ref_of(target->module), target->p, value, diag);
	desk_set_value(desk, target->m, target->p, value);
	return 0;
}

/* As it is heard, or as it waits for the commit. */
static float value_now(const struct desk *desk, const struct target *target)
{
	const struct edit *edit = NULL;

	if (target->is_staged)
		edit = desk_find_edit(desk, module_ref_of(target->module), target->p);
	return edit ? edit->value : target->module->values[target->p];
}

int desk_knob_place(const struct desk *desk, int knob, struct knob_place *place, struct diag *diag)
{
	struct target target;
	int err = target_find(desk, knob, &target, diag);

	if (err < 0)
		return err;
	place->value = value_now(desk, &target);
	place->norm = param_to_norm(target.desc, (double)place->value);
	place->n_steps = target.desc->curve == CURVE_CHOICE ? (int)target.desc->max + 1 : 0;
	return 0;
}

int desk_knob_put(struct desk *desk, int knob, double norm, float *value, struct diag *diag)
{
	struct target target;
	int err = target_find(desk, knob, &target, diag);
	double max;

	if (err < 0)
		return err;
	max = (double)target.desc->max;
	*value = (float)(target.desc->curve == CURVE_CHOICE
				 ? double_clamp(floor(norm * (max + 1.0)), 0.0, max)
				 : double_clamp(param_from_norm(target.desc, norm),
					   (double)target.desc->min, max));
	return target_set(desk, &target, *value, diag);
}

int turn_param(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag)
{
	const struct settings_knob *settings = &desk->settings->knobs[knob];
	struct target target;
	int err = target_find(desk, knob, &target, diag);
	float value;
	char text[48];

	if (err < 0)
		return err;
	value = moved(settings, target.desc, value_now(desk, &target), detents);
	err = target_set(desk, &target, value, diag);
	if (!err && answer->text)
		answer_say(answer, "ok %s%s = %s", target.is_staged ? "staged " : "",
			settings->controls,
			value_text(target.desc, (double)value, text, sizeof(text)));
	return err;
}

/* At once, or with the commit, as the knob's own turns. */
int default_param(struct desk *desk, int knob, struct diag *diag)
{
	struct target target;
	int err = target_find(desk, knob, &target, diag);

	return err < 0 ? err : target_set(desk, &target, target.module->written[target.p], diag);
}

void view_param(const struct desk *desk, int knob, struct desk_knob_view *view)
{
	const struct binding *binding = &desk->bindings[knob];
	const struct bound_param *live = &binding->live, *staged = &binding->staged;

	if (live->module >= 0) {
		const struct patch_module *module = &desk->live->modules[live->module];
		const struct param_desc *param = &module->desc->params[live->param];
		double value = (double)module->values[live->param];

		view->is_there = true;
		view->norm = param_to_norm(param, value);
		value_text(param, value, view->value, sizeof(view->value));
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
