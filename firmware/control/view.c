/* view.c - what a screen may know of the desk. */
#include <stdio.h>
#include <string.h>

#include "control/desk_state.h"

void desk_view_knob(const struct desk *desk, int idx, struct desk_knob_view *view)
{
	const struct settings_knob *knob = &desk->settings->knobs[idx];
	const struct edit *edit;
	struct diag diag;
	int m, p;

	*view = (struct desk_knob_view){.name = knob->name,
		.target = knob->controls,
		.is_staged_knob = knob->when == WHEN_STAGED};
	if (strcmp(knob->controls, "patch") == 0) {
		view->is_there = view->is_staged_knob = true;
		view->has_staged = desk->loaded != NULL;
		snprintf(view->value, sizeof(view->value), "%.31s", desk->live->name);
		snprintf(view->staged, sizeof(view->staged), "%.31s",
			desk->loaded ? desk->loaded->name : "");
		return;
	}
	if (desk_find_target(desk->live, knob->controls, &m, &p, &diag) == 0) {
		const struct patch_module *module = &desk->live->modules[m];

		view->is_there = true;
		view->norm = param_to_norm(&module->desc->params[p], (double)module->values[p]);
		desk_value_text(&module->desc->params[p], (double)module->values[p], view->value,
			sizeof(view->value));
	}
	if (desk_find_target(desk_staged_base(desk), knob->controls, &m, &p, &diag) == 0) {
		const struct patch_module *module = &desk_staged_base(desk)->modules[m];

		edit = desk_find_edit(desk, module->id, module->desc->params[p].key);
		view->has_staged = edit != NULL;
		if (edit)
			desk_value_text(&module->desc->params[p], (double)edit->value, view->staged,
				sizeof(view->staged));
	}
}

int desk_n_knobs(const struct desk *desk)
{
	return desk->settings->n_knobs;
}

const char *desk_patch_name(const struct desk *desk)
{
	return desk->live->name;
}

const char *desk_live_path(const struct desk *desk)
{
	return desk->live->path;
}

const char *desk_staged_path(const struct desk *desk)
{
	return desk_staged_base(desk)->path;
}

const char *desk_staged_patch(const struct desk *desk)
{
	return desk->loaded ? desk->loaded->name : NULL;
}

int desk_n_staged(const struct desk *desk)
{
	return desk->n_edits;
}

int desk_n_undo(const struct desk *desk)
{
	return desk->n_undo;
}
