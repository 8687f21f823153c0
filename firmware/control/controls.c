/* controls.c - what knobs and buttons do: the functions of each word of config/knob_words.h.
 * Tested by: unit/control/test_desk */
#include "control/desk_state.h"

#include <errno.h>

/* ---- knobs */

static const struct knob_functions {
	knob_turn *turn;
	knob_default *to_default;
	knob_view *view;
} targets[N_TARGETS] = {
#define TARGET_FUNCTIONS(NAME, name, ...) \
	[TARGET_##NAME] = {turn_##name, default_##name, view_##name},
	KNOB_TARGETS(TARGET_FUNCTIONS)};

int desk_turn(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag)
{
	return targets[desk->settings->knobs[knob].target].turn(desk, knob, detents, answer, diag);
}

void desk_view_target(const struct desk *desk, int knob, struct desk_knob_view *view)
{
	targets[desk->settings->knobs[knob].target].view(desk, knob, view);
}

/* ---- buttons, and the pushes of knobs */

struct press {
	struct desk *desk;
	const char *name;
	int knob; /* whose push it is, or -1 */
	bool is_long;
};

static int press_none(const struct press *press, struct diag *diag)
{
	return diag_set(diag, -ENOENT, "%s has no %s action in the settings", press->name,
		press->is_long ? "long_press" : "press");
}

static int press_commit(const struct press *press, struct diag *diag)
{
	return desk_commit(press->desk, &REPLAY_HINT_NONE, diag);
}

static int press_undo(const struct press *press, struct diag *diag)
{
	return desk_undo(press->desk, &REPLAY_HINT_NONE, diag);
}

static int press_default(const struct press *press, struct diag *diag)
{
	enum settings_target target = press->desk->settings->knobs[press->knob].target;

	return targets[target].to_default(press->desk, press->knob, diag);
}

static int (*const presses[N_PRESSES])(const struct press *press, struct diag *diag) = {
#define PRESS_FUNCTION(NAME, name, ...) [PRESS_##NAME] = press_##name,
	BUTTON_PRESSES(PRESS_FUNCTION) PUSH_PRESSES(PRESS_FUNCTION)};

int desk_press(struct desk *desk, bool is_push, int control, bool is_long, struct diag *diag)
{
	const struct settings_knob *knob = &desk->settings->knobs[is_push ? control : 0];
	const struct settings_button *button = &desk->settings->buttons[is_push ? 0 : control];
	struct press press = {.desk = desk,
		.name = is_push ? knob->name : button->name,
		.knob = is_push ? control : -1,
		.is_long = is_long};
	enum settings_press does = is_push   ? is_long ? knob->long_press : knob->press
				   : is_long ? button->long_press
					     : button->press;

	return presses[does](&press, diag);
}
