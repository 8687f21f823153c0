/* controls.c - what knobs do: the functions of each target of config/knob_words.h.
 * Tested by: unit/control/test_desk */
#include "control/desk_state.h"

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

void desk_view_target(const struct desk *desk, int knob, int which, struct desk_knob_view *view)
{
	targets[desk->settings->knobs[knob].target].view(desk, knob, which, view);
}

int desk_turn_to_default(struct desk *desk, int knob, struct diag *diag)
{
	return targets[desk->settings->knobs[knob].target].to_default(desk, knob, diag);
}
