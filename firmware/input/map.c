/* map.c - each kind of control: its numbers, and the action of an event. The targets of knobs and
 * the presses of buttons are the desk's (control/controls.c, presses.c): scripts move them too. */
#include "input/map.h"

#include <math.h>
#include <string.h>

struct moved {
	const struct input_event *event;
	int index; /* of the control among those of its kind */
};

static bool is_press(const struct input_event *event)
{
	return event->kind == INPUT_PRESS || event->kind == INPUT_LONG_PRESS;
}

static bool map_knob(const struct moved *moved, struct action *action)
{
	action->kind = ACTION_TURN;
	action->turn.knob = moved->index;
	action->turn.detents = (int)lrintf(moved->event->value);
	return moved->event->kind == INPUT_TURN;
}

static bool map_switch(const struct moved *moved, bool is_push, struct action *action)
{
	static const enum press_way ways[] = {[INPUT_PRESS] = PRESS_SHORT,
		[INPUT_LONG_PRESS] = PRESS_LONG,
		[INPUT_DOUBLE_PRESS] = PRESS_DOUBLE,
		[INPUT_DOWN] = PRESS_DOWN,
		[INPUT_UP] = PRESS_UP};
	int kind = moved->event->kind;

	action->kind = ACTION_PRESS;
	action->press.is_push = is_push;
	action->press.control = moved->index;
	if (kind < INPUT_PRESS || kind > INPUT_UP)
		return false;
	action->press.way = ways[kind];
	return true;
}

static bool map_push(const struct moved *moved, struct action *action)
{
	return map_switch(moved, true, action);
}

static bool map_button(const struct moved *moved, struct action *action)
{
	return map_switch(moved, false, action);
}

static bool map_commit(const struct moved *moved, struct action *action)
{
	action->kind = moved->event->kind == INPUT_LONG_PRESS ? ACTION_UNDO : ACTION_COMMIT;
	action->hint = REPLAY_HINT_NONE;
	return is_press(moved->event);
}

static bool map_all_gates(const struct moved *moved, struct action *action)
{
	action->kind = ACTION_GATE;
	action->gate.is_on = moved->event->kind == INPUT_DOWN;
	return moved->event->kind == INPUT_DOWN || moved->event->kind == INPUT_UP;
}

static bool map_quit(const struct moved *moved, struct action *action)
{
	action->kind = ACTION_QUIT;
	return is_press(moved->event);
}

static bool map_midi(const struct moved *moved, struct action *action)
{
	action->kind = ACTION_MIDI;
	action->midi.n = moved->event->n_bytes;
	memcpy(action->midi.bytes, moved->event->bytes, sizeof(moved->event->bytes));
	return moved->event->kind == INPUT_MESSAGE;
}

static const struct {
	int first, n;
	bool (*map)(const struct moved *moved, struct action *action);
} kinds[] = {
	{INPUT_KNOBS, SETTINGS_MAX_KNOBS, map_knob},
	{INPUT_PUSHES, SETTINGS_MAX_KNOBS, map_push},
	{INPUT_BUTTONS, SETTINGS_MAX_BUTTONS, map_button},
	{INPUT_COMMIT, 1, map_commit},
	{INPUT_ALL_GATES, 1, map_all_gates},
	{INPUT_QUIT, 1, map_quit},
	{INPUT_MIDI, 1, map_midi},
};

/* How many of its numbers are in use. */
static int n_used(const struct settings *settings, int first, int n)
{
	return first == INPUT_BUTTONS                          ? settings->n_buttons
	       : first == INPUT_KNOBS || first == INPUT_PUSHES ? settings->n_knobs
							       : n;
}

bool input_map(
	const struct settings *settings, const struct input_event *event, struct action *action)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct moved moved = {event, event->control - kinds[i].first};

		if (moved.index < 0 || moved.index >= kinds[i].n)
			continue;
		*action = (struct action){.kind = ACTION_QUIT};
		return moved.index < n_used(settings, kinds[i].first, kinds[i].n) &&
		       kinds[i].map(&moved, action);
	}
	return false;
}
