/* command.c - one action after the other: what the desk does for each, and the text at its edge.
 * Tested by: unit/control/test_desk */
#include "control/midi_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control/file_name.h"
#include "patch/symbol.h"

static int load(
	struct desk *desk, const struct action *action, struct answer *answer, struct diag *diag)
{
	const struct file_name name = {.path = (char *)(uintptr_t)action->load.path,
		.has_sum = action->load.has_sum,
		.sum = action->load.sum};
	int err = file_name_check(&name, diag);

	if (!err)
		err = desk_load(desk, action->load.path, action->load.of, diag);
	if (!err)
		answer_say(answer, "ok staged patch \"%s\"", desk_staged_patch(desk));
	return err;
}

/* One of the live patch, which another one may have become since it was meant. */
static int set(struct desk *desk, const struct action *action, struct diag *diag)
{
	int m = patch_find_ref(desk->live, action->set.module);

	if (m < 0)
		return diag_set(diag, m, "patch \"%s\" has no module %s", desk->live->name,
			symbol_name(action->set.module.symbol));
	desk_set_value(desk, m, action->set.param, action->set.value);
	return 0;
}

/* Of hands: what is moved, values, gates, notes, the tempo */
static int play(
	struct desk *desk, const struct action *action, struct answer *answer, struct diag *diag)
{
	switch (action->kind) {
	case ACTION_TURN:
		return desk_turn(desk, action->turn.knob, action->turn.detents, answer, diag);
	case ACTION_PRESS:
		return desk_press(desk, action->press.is_push, action->press.control,
			action->press.way, answer, diag);
	case ACTION_SET:
		return set(desk, action, diag);
	case ACTION_STAGE:
		return desk_stage_value(
			desk, action->stage.module, action->stage.param, action->stage.value, diag);
	case ACTION_STAGE_LIST:
		return desk_stage_list(desk, action->stage_list.module, action->stage_list.list,
			action->stage_list.items, action->stage_list.n, diag);
	case ACTION_GATE:
		return desk_gate(desk, action->gate.module, action->gate.is_on, diag);
	case ACTION_NOTE:
		return desk_note(
			desk, action->note.module, action->note.note, action->note.velocity, diag);
	case ACTION_MIDI:
		return desk_midi(desk, action->midi.bytes, action->midi.n, diag);
	case ACTION_PANIC:
		desk_release_all(desk);
		return 0;
	case ACTION_TAP:
		return desk_tap(desk, answer);
	case ACTION_TEMPO:
		return desk_set_tempo(desk, action->tempo_bpm, answer);
	default:
		return diag_set(diag, -EINVAL, "there is no action %d", (int)action->kind);
	}
}

/* Of patches, and what is asked */
static int dispatch(
	struct desk *desk, const struct action *action, struct answer *answer, struct diag *diag)
{
	switch (action->kind) {
	case ACTION_LOAD:
		return load(desk, action, answer, diag);
	case ACTION_COMMIT:
		return desk_commit(desk, &action->hint, diag);
	case ACTION_UNDO:
		return desk_undo(desk, &action->hint, diag);
	case ACTION_REVERT:
		return desk_revert(desk, &action->hint, diag);
	case ACTION_NEXT:
		return desk_step(desk, 1, answer, diag);
	case ACTION_PREVIOUS:
		return desk_step(desk, -1, answer, diag);
	case ACTION_SNAPSHOT:
		return desk_snapshot(desk, action->number, answer, diag);
	case ACTION_RECALL:
		return desk_recall(desk, action->recall.number, &action->recall.hint, diag);
	case ACTION_CUT:
		return desk_cut_tail(desk);
	case ACTION_SAVE:
		return desk_save(desk, action, answer, diag);
	case ACTION_GET:
		return tell_value(desk, action, answer, diag);
	case ACTION_SHOW:
		return tell_patch(desk, answer, diag);
	case ACTION_LIST:
		return tell_patches(desk, answer, diag);
	case ACTION_KNOBS:
		return tell_knobs(desk, answer, diag);
	case ACTION_FAULT:
		return desk_fault(
			desk, action->fault.slot, action->fault.kind, action->fault.value, diag);
	case ACTION_QUIT:
		desk_release_all(desk);
		desk->wants_quit = true;
		return 0;
	default:
		return play(desk, action, answer, diag);
	}
}

int desk_execute(struct desk *desk, const struct action *action, char *text, size_t n_bytes,
	struct diag *diag)
{
	struct answer answer = {.text = text, .n_bytes = n_bytes};
	int err;

	answer_say(&answer, "ok");
	err = dispatch(desk, action, &answer, diag);
	if (err == DESK_LATER && engine_is_away(desk->engine)) {
		answer_say(&answer, "%s", desk_say_away(desk));
		err = 0;
	}
	if (err == DESK_LATER)
		answer_say(&answer, "ok under way");
	if (err == DESK_IS_TAKEN_BACK) {
		answer_say(&answer, "%s", DESK_TAKEN_BACK);
		err = 0;
	}
	return err;
}

int desk_command(struct desk *desk, const char *line, char *reply, size_t reply_bytes)
{
	const struct action_names names = desk_names(desk);
	char text[ACTION_TEXT_BYTES];
	struct action action;
	struct diag diag;
	int err;

	if (strlen(line) >= sizeof(text)) {
		snprintf(reply, reply_bytes, "error: the command is longer than %zu characters",
			sizeof(text) - 1);
		return -EINVAL;
	}
	strcpy(text, line);
	snprintf(reply, reply_bytes, "ok");
	err = action_read(&names, text, &action, &diag);
	if (err == ACTION_IS_MOOT)
		return 0;
	if (!err)
		err = desk_execute(desk, &action, reply, reply_bytes, &diag);
	if (err < 0)
		snprintf(reply, reply_bytes, "error: %s", diag.text);
	return err;
}
