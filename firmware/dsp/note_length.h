/* note_length.h - lengths of notes as choices of a parameter: what keeps a module in time.
 * Threads: [any], constant. */
#ifndef DSP_NOTE_LENGTH_H
#define DSP_NOTE_LENGTH_H

#include "dsp/module.h"

/* "off" is the first. t: triplet, d: dotted. Stored in patches by name. */
enum { N_NOTE_LENGTHS = 15 };
static const char *const note_length_names[N_NOTE_LENGTHS] = {"off", "1/32", "1/16t", "1/16",
	"1/8t", "1/16d", "1/8", "1/4t", "1/8d", "1/4", "1/2t", "1/4d", "1/2", "1/2d", "1/1"};

/* In quarter notes; 0 for "off" and for what is no choice. */
static inline double note_length_beats(float choice)
{
	static const double beats[N_NOTE_LENGTHS] = {0.0, 0.125, 0.5 / 3.0, 0.25, 1.0 / 3.0, 0.375,
		0.5, 2.0 / 3.0, 0.75, 1.0, 4.0 / 3.0, 1.5, 2.0, 3.0, 4.0};

	return choice > 0.0f && choice < (float)N_NOTE_LENGTHS ? beats[(int)choice] : 0.0;
}

#endif
