/* note_row.h - notes in an order, each once: the keys that are down, as they were pressed.
 * Threads: [worker]; zeros are no notes. */
#ifndef DSP_NOTE_ROW_H
#define DSP_NOTE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/module.h"

struct note_row {
	uint8_t at[N_NOTES];
	uint32_t n;
	uint32_t pad[3];
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

#endif
