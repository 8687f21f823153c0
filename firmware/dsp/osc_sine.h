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

/* Part of a module's state: what is computed from its parameters */
struct lone_sine {
	v4f fm_scale;    /* to 2^-32 cycles a frame */
	v4f most, least; /* what FM may add */
	v4f gain;
	uint64_t step; /* added each frame, besides what FM adds; 2^-64 cycles */
	uint64_t pad;
};

/* n (a multiple of 4) frames; *phase is that of the latest frame. */
void lone_sine_render(const struct lone_sine *sine, struct cycles *phase, v4f *out, int n) RT_SAFE;
void lone_sine_render_fm(
	const struct lone_sine *sine, struct cycles *phase, v4f *out, int n, const v4f *fm) RT_SAFE;

#endif
