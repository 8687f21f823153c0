/* held.h - the keys that are down, in the order in which they were pressed, and what was pressed
 * and let go since they were looked at last.
 *
 * Bounded: a key that moves many times between two looks counts as its last press, its last release
 * and whatever was let go before; the order of the presses stays.
 * Threads: [worker]; zeros are no keys. */
#ifndef DSP_HELD_H
#define DSP_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/module.h"

/* Notes in order, each once */
struct note_row {
	uint8_t at[N_NOTES];
	uint32_t n;
	uint32_t pad[3];
};

struct held {
	struct note_row down;        /* keys that are down */
	struct note_row pressed;     /* since the last look */
	float velocity[N_NOTES];     /* of the latest press */
	uint8_t was_let_go[N_NOTES]; /* since the last look: a key that was down then, */
	uint8_t is_let_go[N_NOTES];  /* and one that was pressed since */
	uint64_t n_moves;            /* since the last look */
	uint64_t pad;
};

static inline void note_row_remove(struct note_row *row, int note)
{
	uint32_t to = 0;

	for (uint32_t i = 0; i < row->n; i++) {
		if (row->at[i] != note)
			row->at[to++] = row->at[i];
	}
	row->n = to;
}

static inline void note_row_append(struct note_row *row, int note)
{
	note_row_remove(row, note);
	row->at[row->n++] = (uint8_t)note;
}

static inline bool note_row_has(const struct note_row *row, int note)
{
	for (uint32_t i = 0; i < row->n; i++) {
		if (row->at[i] == note)
			return true;
	}
	return false;
}

static inline void held_note(struct held *held, int note, float velocity)
{
	held->n_moves++;
	if (velocity > 0.0f) {
		note_row_append(&held->pressed, note);
		held->velocity[note] = velocity;
		held->is_let_go[note] = 0;
	} else if (note_row_has(&held->pressed, note)) {
		held->is_let_go[note] = 1;
	} else {
		held->was_let_go[note] = 1;
	}
}

#endif
