/* knobs.c - a knob's detents become a value on its parameter's own curve; a button's press
 * becomes a command. */
#include "control/desk_state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct settings_knob *find_knob(const struct desk *desk, const char *name)
{
	for (int i = 0; i < desk->settings->n_knobs; i++)
		if (strcmp(desk->settings->knobs[i].name, name) == 0)
			return &desk->settings->knobs[i];
	return NULL;
}

const char *desk_value_text(
	const struct param_desc *param, double value, char *text, size_t text_bytes)
{
	if (param->curve == CURVE_CHOICE)
		snprintf(text, text_bytes, "%s", param->choices[(int)value]);
	else
		snprintf(text, text_bytes, "%.4g %s", value,
			param->unit == UNIT_NONE ? "" : unit_name(param->unit));
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

/* The parameter that a knob controls, and the patch whose values it moves. */
struct target {
	const struct patch *patch;
	const struct patch_module *module;
	const struct param_desc *desc;
	int m, p;
};

static int target_find(const struct desk *desk, const struct settings_knob *knob,
	struct target *target, struct diag *diag)
{
	int err;

	target->patch = knob->when == WHEN_STAGED ? desk_staged_base(desk) : desk->live;
	err = desk_find_target(target->patch, knob->controls, &target->m, &target->p, diag);
	if (err < 0)
		return err;
	target->module = &target->patch->modules[target->m];
	target->desc = &target->module->desc->params[target->p];
	return 0;
}

static int target_set(struct desk *desk, const struct settings_knob *knob,
	const struct target *target, float value, struct diag *diag)
{
	return knob->when == WHEN_STAGED ? desk_stage_value(desk, target->module->id,
						   target->module->desc, target->p, value, diag)
					 : desk_set_value(desk, target->m, target->p, value);
}

int desk_turn(struct desk *desk, const char *name, int detents, char *reply, size_t reply_bytes,
	struct diag *diag)
{
	const struct settings_knob *knob = find_knob(desk, name);
	struct target target;
	const struct edit *edit = NULL;
	int err;
	float value;
	char text[48];

	if (!knob)
		return diag_set(diag, -ENOENT, "there is no knob %s", name);
	if (strcmp(knob->controls, "patch") == 0)
		return desk_turn_patch(desk, detents, reply, reply_bytes, diag);
	err = target_find(desk, knob, &target, diag);
	if (err < 0)
		return err;
	if (knob->when == WHEN_STAGED)
		edit = desk_find_edit(desk, target.module->id, target.desc->key);
	value = moved(
		knob, target.desc, edit ? edit->value : target.module->values[target.p], detents);
	err = target_set(desk, knob, &target, value, diag);
	if (err < 0)
		return err;
	snprintf(reply, reply_bytes, "ok %s%s = %s", knob->when == WHEN_STAGED ? "staged " : "",
		knob->controls, desk_value_text(target.desc, (double)value, text, sizeof(text)));
	return 0;
}

/* At once, or with the commit, as the knob's own turns. */
static int knob_to_default(struct desk *desk, const struct settings_knob *knob, struct diag *diag)
{
	struct target target;
	int err = target_find(desk, knob, &target, diag);

	return err < 0 ? err : target_set(desk, knob, &target, target.desc->def, diag);
}

static int act(struct desk *desk, enum settings_action action, const char *name, bool is_long,
	struct diag *diag)
{
	if (action == ACTION_COMMIT)
		return desk_commit(desk, &SLOT_TOLD_NOTHING, diag);
	if (action == ACTION_UNDO)
		return desk_undo(desk, &SLOT_TOLD_NOTHING, diag);
	return diag_set(diag, -ENOENT, "%s has no %s action in the settings", name,
		is_long ? "long_press" : "press");
}

/* A knob's own switch is a button of the knob's name. */
int desk_press(struct desk *desk, const char *name, bool is_long, struct diag *diag)
{
	const struct settings_knob *knob = find_knob(desk, name);

	for (int i = 0; i < desk->settings->n_buttons; i++) {
		const struct settings_button *button = &desk->settings->buttons[i];

		if (strcmp(button->name, name) == 0)
			return act(desk, is_long ? button->long_press : button->press, name,
				is_long, diag);
	}
	if (knob && (is_long ? knob->long_press : knob->press) == ACTION_DEFAULT)
		return knob_to_default(desk, knob, diag);
	if (knob)
		return act(desk, is_long ? knob->long_press : knob->press, name, is_long, diag);
	return diag_set(diag, -ENOENT, "there is no button %s", name);
}
