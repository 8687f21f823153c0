/* presses.c - what buttons and the pushes of knobs do: the functions of each press of config/knob_words.h.
 * Tested by: unit/control/test_presses */
#include "control/desk_state.h"

#include <errno.h>

struct press {
	struct desk *desk;
	const char *name;
	int knob; /* whose push it is, or -1 */
	enum press_way way;
	const struct press_action *action;
	struct answer *answer;
};

static int press_none(const struct press *press, struct diag *diag)
{
	return diag_set(diag, -ENOENT, "%s has no %s action in the settings", press->name,
		press_keys[press->way]);
}

static int press_commit(const struct press *press, struct diag *diag)
{
	return desk_commit(press->desk, &REPLAY_HINT_NONE, diag);
}

static int press_undo(const struct press *press, struct diag *diag)
{
	return desk_undo(press->desk, &REPLAY_HINT_NONE, diag);
}

static int press_revert(const struct press *press, struct diag *diag)
{
	return desk_revert(press->desk, &REPLAY_HINT_NONE, diag);
}

static int press_save(const struct press *press, struct diag *diag)
{
	return desk_save(press->desk, &(struct action){.kind = ACTION_SAVE}, press->answer, diag);
}

static int press_next(const struct press *press, struct diag *diag)
{
	return desk_step(press->desk, 1, press->answer, diag);
}

static int press_previous(const struct press *press, struct diag *diag)
{
	return desk_step(press->desk, -1, press->answer, diag);
}

static int press_tap(const struct press *press, struct diag *diag)
{
	(void)diag;
	return desk_tap(press->desk, press->answer);
}

static int press_panic(const struct press *press, struct diag *diag)
{
	(void)diag;
	desk_release_all(press->desk);
	return 0;
}

static int press_snapshot(const struct press *press, struct diag *diag)
{
	return desk_snapshot(press->desk, press->action->number, press->answer, diag);
}

static int press_recall(const struct press *press, struct diag *diag)
{
	return desk_recall(press->desk, press->action->number, &REPLAY_HINT_NONE, diag);
}

static int press_default(const struct press *press, struct diag *diag)
{
	return desk_turn_to_default(press->desk, press->knob, diag);
}

/* The module that is held; one that a commit has taken away is let go of without a word. */
static int find_module(const struct press *press, struct module_ref *module, struct diag *diag)
{
	const struct patch *live = press->desk->live;
	int m = patch_find(live, press->action->module);

	if (m < 0 && press->way == PRESS_UP)
		return ACTION_IS_MOOT;
	if (m < 0)
		return diag_set(diag, -ENOENT, "patch \"%s\" has no module %s", live->name,
			press->action->module);
	*module = module_ref_of(&live->modules[m]);
	return 0;
}

static int press_gate(const struct press *press, struct diag *diag)
{
	struct module_ref module;
	int err = find_module(press, &module, diag);

	if (err)
		return err < 0 ? err : 0;
	return desk_gate(press->desk, module, press->way == PRESS_DOWN, diag);
}

static int press_note(const struct press *press, struct diag *diag)
{
	float velocity = press->way == PRESS_DOWN ? ACTION_DEFAULT_VELOCITY : 0.0f;
	struct module_ref module;
	int err = find_module(press, &module, diag);

	if (err)
		return err < 0 ? err : 0;
	return desk_note(press->desk, module, press->action->number, velocity, diag);
}

static int (*const presses[N_PRESSES])(const struct press *press, struct diag *diag) = {
#define PRESS_FUNCTION(NAME, name, ...) [PRESS_##NAME] = press_##name,
	BUTTON_PRESSES(PRESS_FUNCTION) PUSH_PRESSES(PRESS_FUNCTION)};

_Static_assert((int)PRESS_MAX_NUMBER == (int)SNAPSHOTS, "each has a button");

int desk_press(struct desk *desk, bool is_push, int control, enum press_way way,
	struct answer *answer, struct diag *diag)
{
	const struct settings_knob *knob = &desk->settings->knobs[is_push ? control : 0];
	const struct settings_button *button = &desk->settings->buttons[is_push ? 0 : control];
	const struct press_action *actions = is_push ? knob->presses : button->presses;
	bool is_edge = way >= N_PRESS_KEYS, is_held = press_is_held(actions[PRESS_SHORT].does);
	const struct press press = {.desk = desk,
		.name = is_push ? knob->name : button->name,
		.knob = is_push ? control : -1,
		.way = way,
		.action = &actions[is_edge ? PRESS_SHORT : way],
		.answer = answer};

	if (is_edge && !is_held)
		return diag_set(diag, -EINVAL,
			"%s holds nothing: `press %s` without a word, or long, or double",
			press.name, press.name);
	if (!is_edge && is_held)
		return diag_set(diag, -EINVAL,
			"%s is held (%s): `press %s down`, then `press %s up`", press.name,
			press_words[actions[PRESS_SHORT].does].words, press.name, press.name);
	return presses[press.action->does](&press, diag);
}
