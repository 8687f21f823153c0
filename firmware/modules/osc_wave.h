/* osc_wave.h - the waveforms of an oscillator from its phases, with every jump and corner made
 * band-limited (blep.h).
 *
 * Phase:   cycles.h. All shapes rise through zero at phase 0.
 * Late:    all shapes are BLEP_LATENCY frames late; the sine only where it may be reset.
 * Threads: [worker]. */
#ifndef MODULES_OSC_WAVE_H
#define MODULES_OSC_WAVE_H

#include <stdbool.h>

#include "dsp/blep.h"
#include "dsp/cycles.h"

enum osc_shape { SHAPE_SINE, SHAPE_SAW, SHAPE_SQUARE, SHAPE_TRIANGLE, SHAPE_PULSE, N_SHAPES };

enum { STRETCH_MAX_FRAMES = 64 };

/* Up to STRETCH_MAX_FRAMES frames with one shape: what all shapes are made from. */
struct stretch {
	struct cycles from; /* phase of the frame before */
	struct cycles step; /* added each frame: 0 < step < half a cycle */
	const v4u *phase;   /* NULL: steady, as above; else n + 1 phases in 2^-32 cycles */
	const v4f *age;     /* NULL: no resets; else frames since a reset, below 0 where none */
	const v4i *inc;     /* beside age: what is added at each frame but for resets */
	v4f width_before;   /* of the frame before */
	struct cable width; /* part of a pulse's cycle that is high; moves only beside phase */
	struct cable level;
	bool is_late; /* the sine, too */
	bool is_lone; /* all lanes are the same: lane 0 stands for them */
	int n;
};

/* Frames begun; kept between calls; zeros at first. Where steps are even, most of them are plain: of
 * `step`, if it is not 0, the BLEP_LATENCY plain frames up to the phase are left out, and what is
 * left is most often nothing. */
struct overlap {
	v4f frames[BLEP_TAPS];
	struct cycles step;
	int32_t n_frames; /* those after them are 0, whatever is in frames[] */
	int32_t pad[3];
};

void shape_render(
	int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out) RT_SAFE;

#endif
