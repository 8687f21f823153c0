/* action.h - one thing that can be asked of the desk, as data: what inputs, scripts, sockets and
 * journals have in common.
 *
 * desk_execute() does it. Text becomes an action in action_read() and an action becomes text in
 * action_text(), nowhere else: action_read(action_text(a)) is a again, bit for bit.
 * A module is meant by its name and type (struct module_ref), so an action outlives the patch that
 * it was made for; the desk refuses it where the patch has no such module.
 * Threads: [desk] */
#ifndef CONTROL_ACTION_H
#define CONTROL_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "engine/fault.h"
#include "engine/slot_state.h"
#include "patch/patch.h"

enum action_kind {
	ACTION_TURN,
	ACTION_PRESS,
	ACTION_SET,
	ACTION_STAGE,
	ACTION_STAGE_LIST,
	ACTION_GATE,
	ACTION_NOTE,
	ACTION_MIDI,
	ACTION_PANIC,
	ACTION_LOAD,
	ACTION_COMMIT,
	ACTION_UNDO,
	ACTION_REVERT,
	ACTION_NEXT,
	ACTION_PREVIOUS,
	ACTION_TAP,
	ACTION_TEMPO,
	ACTION_SNAPSHOT,
	ACTION_RECALL,
	ACTION_CUT,
	ACTION_SAVE,
	ACTION_GET,
	ACTION_SHOW,
	ACTION_LIST,
	ACTION_KNOBS,
	ACTION_FAULT,
	ACTION_QUIT,
	N_ACTION_KINDS
};

enum { ACTION_MIDI_BYTES = 256 };
#define ACTION_DEFAULT_VELOCITY 0.8f

enum action_slot { ACTION_LIVE, ACTION_STANDBY, ACTION_BOTH };

struct action {
	enum action_kind kind;
	union {
		struct {
			int knob; /* of the settings */
			int detents;
		} turn;
		struct {
			bool is_push; /* the knob's own switch; else a button */
			enum press_way way;
			int control; /* knob or button of the settings */
		} press;
		struct {
			struct module_ref module;
			int param;
			float value; /* in the parameter's unit; a choice: its index */
		} set, stage;
		struct {
			struct module_ref module;
			int list;
			int n; /* 1..LIST_MAX_ITEMS */
			float items[LIST_MAX_ITEMS];
		} stage_list;
		struct {
			struct module_ref module; /* desc NULL: all that have a gate */
			bool is_on;
		} gate;
		struct {
			struct module_ref module; /* desc NULL: all that play notes */
			int note;                 /* 0..N_NOTES - 1, or NOTE_ALL */
			float velocity;           /* 0..1; 0: it goes up */
		} note;
		float tempo_bpm;
		int number; /* of a snapshot, 1..8 */
		struct {
			int n; /* 1..ACTION_MIDI_BYTES */
			uint8_t bytes[ACTION_MIDI_BYTES];
		} midi;
		struct {
			const char *path; /* lives as long as what it was read from */
			bool has_sum;
			uint64_t sum; /* base/fnv.h, of the file's content */
			uint64_t of;  /* patch->file of what it is a copy of; 0: it is no copy */
		} load, save; /* save: NULL: into the patch's own file; has_sum: by a journal */
		struct replay_hint hint; /* of a commit, an undo or a revert */
		struct {
			struct replay_hint hint; /* first, as that of the others */
			int number;
		} recall;
		struct {
			struct module_ref module;
			bool is_list;
			int at; /* parameter or list */
		} get;
		struct {
			enum action_slot slot;
			enum fault_kind kind; /* FAULT_NONE: its blocks are late */
			float value;          /* milliseconds; late: microseconds */
		} fault;
	};
};

/* Meanings of the names in a text. */
struct action_names {
	const struct settings *settings;
	const struct patch *live;   /* of set, get, gate, note */
	const struct patch *staged; /* of stage */
};

enum { ACTION_IS_MOOT = 1, ACTION_TEXT_BYTES = 1100 };

/* A line of the command language. text is cut into words; a load's path points into it.
 * 0: *action is it. ACTION_IS_MOOT: it lets go of a module that is gone, so there is nothing to
 * do. A negative errno: the reason is in diag. */
int action_read(
	const struct action_names *names, char *text, struct action *action, struct diag *diag);

/* The line that action_read() reads back. settings: for the names of knobs and buttons. Returns
 * text; a path that no line can hold gives "load". */
const char *action_text(
	const struct settings *settings, const struct action *action, char text[ACTION_TEXT_BYTES]);

#endif
