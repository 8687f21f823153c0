/* view.c - what a screen may know of the desk.
 * Tested by: unit/control/test_desk */
#include "control/desk_state.h"

void desk_view_knob_target(
	const struct desk *desk, int knob, int which, struct desk_knob_view *view)
{
	const struct settings_knob *settings = &desk->settings->knobs[knob];
	const struct settings_turn *turn = &settings->controls[which];

	*view = (struct desk_knob_view){.name = settings->name,
		.target = turn->target,
		.low = turn->low,
		.high = turn->high,
		.n_targets = knob_turns_count(settings),
		.is_staged_knob = settings->when == WHEN_STAGED};
	desk_view_target(desk, knob, which, view);
}

void desk_view_knob(const struct desk *desk, int knob, struct desk_knob_view *view)
{
	int n_targets = knob_turns_count(&desk->settings->knobs[knob]), which = 0;

	do
		desk_view_knob_target(desk, knob, which, view);
	while (!view->is_there && ++which < n_targets);
	if (!view->is_there)
		desk_view_knob_target(desk, knob, 0, view);
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
	return desk->staged.loaded ? desk->staged.loaded->name : NULL;
}

int desk_n_staged(const struct desk *desk)
{
	return desk->staged.n;
}

int desk_n_undo(const struct desk *desk)
{
	return desk->undo.n;
}
