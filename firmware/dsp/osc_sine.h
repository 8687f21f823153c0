/* osc_sine.h - the sine of an oscillator, and the loop for a lone voice.
 *
 * Phase:   cycles.h, in 2^-32 cycles.
 * Lone:    with one voice all lanes of a cable are the same, so four frames take the place of the
 *          four lanes. The bits are those of osc_wave.c.
 * Threads: [worker]. */
#ifndef DSP_OSC_SINE_H
#define DSP_OSC_SINE_H

#include "dsp/cycles.h"
#include "dsp/lanes_math.h"
#include "dsp/module.h"

#define HALF    0x80000000u
#define QUARTER 0x40000000u

/* Steps are rounded to 2^-32 cycles; the exact phase is taken again after so many frames. */
enum { SINE_PIECE_FRAMES = 16 };

/* A triangle of the phase less a quarter: -2^30 at phase 0.25, 2^30 at 0.75 */
static inline v4i fold(v4u less_quarter)
{
	return (v4i)(lanes_abs_int((v4i)less_quarter) - 0x40000000u);
}

static inline v4f sine_of(v4u less_quarter)
{
	const float to_radians = -1.57079632679f * 0x1p-30f;

	return lanes_sin_quarter(lanes_from_int(fold(less_quarter)) * to_radians);
}

struct lone_sine {
	struct cycles from; /* phase of the frame before */
	struct cycles step; /* added each frame, besides what FM adds */
	const v4f *fm;      /* NULL: none */
	v4f fm_scale;       /* to 2^-32 cycles a frame */
	v4f most, least;    /* what FM may add */
	v4f gain;
	int n; /* a multiple of 4 */
};

/* Returns the phase of the last frame. */
struct cycles lone_sine_render(const struct lone_sine *sine, v4f *out) RT_SAFE;

#endif
