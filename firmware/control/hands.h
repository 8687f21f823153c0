/* hands.h - knobs, buttons, gates, notes and the tempo by hand: between the files of control/ only.
 * Threads: [desk] */
#ifndef CONTROL_HANDS_H
#define CONTROL_HANDS_H

#include "control/action.h"
#include "control/answer.h"
#include "control/desk.h"
#include "control/snapshots.h"

/* Gate and notes of a module that are held down. */
struct gate_state {
	bool gate;
	uint64_t notes[N_NOTES / 64]; /* a bit each */
};

/* Modules' held gates and notes, by command, same index as live->modules. writer: play.c */
struct gate_states {
	struct gate_state now[PATCH_MAX_MODULES];
	struct gate_state before[PATCH_MAX_MODULES]; /* room for desk_keep_gates() */
};

/* Taps of a tempo. writer: tempo.c */
struct taps {
	int n;
	uint64_t blocks[8]; /* of the block clock, oldest first */
};

struct hands {
	struct gate_states gates;
	struct taps taps;
	/* loaded by a step or a program change; only compared; writer: knob_patch.c */
	const struct patch *to_hear;
	struct left_patches snapshots; /* writers: orders.c, save.c, recall.c */
};

/* ---- play.c: gates and notes by hand; without a type: of all modules that have them */
int desk_gate(struct desk *desk, struct module_ref module, bool is_on, struct diag *diag);
/* velocity 0: the note goes up. */
int desk_note(
	struct desk *desk, struct module_ref module, int note, float velocity, struct diag *diag);
/* Gates, notes and pedals, of hands and of MIDI, and the notes that `hold` keeps; tails ring on. */
void desk_release_all(struct desk *desk);
/* Held gates and notes go on where the module does. */
void desk_keep_gates(struct desk *desk, const struct patch *from, const struct patch *to);

/* ---- presses.c: what buttons do, and the pushes of knobs */
int desk_press(struct desk *desk, bool is_push, int control, enum press_way way,
	struct answer *answer, struct diag *diag);

/* ---- knob_patch.c: the patch before or behind in the order, which commits itself */
int desk_step(struct desk *desk, int step, struct answer *answer, struct diag *diag);
/* That file, in the place of one that was meant so and has not been heard. DESK_LATER or a negative errno */
int desk_hear(struct desk *desk, const char *path, struct diag *diag);

/* ---- tempo.c: the tempo by hand */
int desk_set_tempo(struct desk *desk, float tempo_bpm, struct answer *answer);
/* From the second tap on the tempo is that of the taps. */
int desk_tap(struct desk *desk, struct answer *answer);

/* ---- orders.c: the sounds of a patch. number: 1..SNAPSHOTS */
int desk_snapshot(struct desk *desk, int number, struct answer *answer, struct diag *diag);
/* A commit of its own, as desk_revert(). */
int desk_recall(struct desk *desk, int number, const struct replay_hint *hint, struct diag *diag);

/* ---- controls.c: what knobs do */
int desk_turn(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag);
int desk_turn_to_default(struct desk *desk, int knob, struct diag *diag);
/* The values that the target with that number shows; the rest of view is filled in already. */
void desk_view_target(const struct desk *desk, int knob, int which, struct desk_knob_view *view);

/* Functions of each target of config/knob_words.h: knob_param.c, knob_patch.c. */
typedef int knob_turn(
	struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag);
typedef int knob_default(struct desk *desk, int knob, struct diag *diag);
typedef void knob_view(const struct desk *desk, int knob, int which, struct desk_knob_view *view);
#define KNOB_FUNCTIONS(NAME, name, ...) \
	knob_turn turn_##name;          \
	knob_default default_##name;    \
	knob_view view_##name;
KNOB_TARGETS(KNOB_FUNCTIONS)

#endif
