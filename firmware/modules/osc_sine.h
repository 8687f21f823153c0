/* osc_sine.h - the sine of an oscillator, and the loop for a lone voice.
 *
 * Phase:   cycles.h, in 2^-32 cycles.
 * Lone:    with one voice all lanes of a cable are the same, so four frames take the place of the
 *          four lanes. The bits are those of osc_wave.c.
 * Threads: [worker]. */
#ifndef MODULES_OSC_SINE_H
#define MODULES_OSC_SINE_H

#include "dsp/cycles.h"
#include "dsp/lanes_math.h"
#include "dsp/module.h"
#include "modules/osc_wave.h"

#define HALF    0x80000000u
#define QUARTER 0x40000000u

#define FREQ_MAX_NORM 0.49f /* of the rate */

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

/* The most that FM may add to a step of `base`: until that is 0.49 of the rate, either way;
 * downwards by half of the rate at most, as far as an integer goes. In 2^-32 cycles. */
static inline v4f fm_most(v4u base)
{
	return lanes_of(FREQ_MAX_NORM * 0x1p32f) - lanes_from_int((v4i)base);
}

static inline v4f fm_least(v4u base)
{
	return lanes_max(
		lanes_of(-FREQ_MAX_NORM * 0x1p32f) - lanes_from_int((v4i)base), lanes_of(-0x1p31f));
}

/* No latency. Steps are rounded to 2^-32 cycles; the exact phase is taken again every 16 frames. */
static inline void sine_render(const struct stretch *s, v4f *out)
{
	struct cycles at = s->from, piece = cycles_times(s->step, SINE_PIECE_FRAMES);
	v4f gain = s->level.step ? lanes_of(1.0f) : s->level.at[0];
	const struct cycles half = {{HALF, HALF}, {HALF, HALF}};
	v4u step = cycles_high(cycles_add(s->step, half));
	int i = 0;

	for (; s->phase && i < s->n; i++)
		out[i] = sine_of(s->phase[i + 1] - QUARTER) * gain;
	while (i < s->n) {
		v4u phase = cycles_high(cycles_add(at, half)) - QUARTER;
		int end = int_min(s->n, i + SINE_PIECE_FRAMES);

#pragma GCC unroll 4
		for (; i < end; i++)
			out[i] = sine_of(phase += step) * gain;
		at = cycles_add(at, piece);
	}
	for (i = 0; s->level.step && i < s->n; i++)
		out[i] *= s->level.at[i];
}

/* Part of a module's state: what is computed from its parameters */
struct lone_sine {
	v4f fm_scale;    /* to 2^-32 cycles a frame */
	v4f most, least; /* what FM may add */
	v4f gain;
	v4u base;      /* the upper half of `step` */
	uint64_t step; /* added each frame, besides what FM adds; 2^-64 cycles */
	uint64_t pad;
};

/* Four frames, each the same in all lanes. Integers are spread by one instruction. */
static inline void put_four(v4u less_quarter, v4f gain, v4f *out)
{
	v4i x = (v4i)(sine_of(less_quarter) * gain);

	out[0] = (v4f)__builtin_shufflevector(x, x, 0, 0, 0, 0);
	out[1] = (v4f)__builtin_shufflevector(x, x, 1, 1, 1, 1);
	out[2] = (v4f)__builtin_shufflevector(x, x, 2, 2, 2, 2);
	out[3] = (v4f)__builtin_shufflevector(x, x, 3, 3, 3, 3);
}

/* n (a multiple of 4) frames; *phase is that of the latest frame. */
static inline void lone_sine_render(
	const struct lone_sine *sine, struct cycles *phase, v4f *out, int n)
{
	const uint64_t half = HALF;
	const v4u ordinal = {1, 2, 3, 4};
	uint64_t from = phase->a[0], to = from + sine->step * (uint64_t)n, at = from + half;
	v4u step = (v4u){0} + (uint32_t)((sine->step + half) >> 32);
	v4u first = ordinal * step - QUARTER;
	v4f gain = sine->gain;
	int i = 0;

	step *= N_LANES;
	while (i < n) {
		v4u less_quarter = (uint32_t)(at >> 32) + first;
		int end = int_min(n, i + SINE_PIECE_FRAMES);

#pragma GCC unroll 4
		for (; i < end; i += N_LANES, less_quarter += step)
			put_four(less_quarter, gain, out + i);
		at += sine->step * SINE_PIECE_FRAMES;
	}
	phase->a = phase->b = (v2u){to, to};
}

/* FM's part is rounded to 2^-32 cycles, the frequency is not. */
static inline void lone_sine_render_fm(
	const struct lone_sine *sine, struct cycles *phase, v4f *out, int n, const v4f *fm)
{
	const v4u none = {0, 0, 0, 0};
	uint64_t from = phase->a[0], to;
	v4u base = sine->base, now = (v4u){0} + (uint32_t)(from >> 32) - QUARTER;
	v4f scale = sine->fm_scale, least = sine->least, most = sine->most, gain = sine->gain;

	for (v4f *end = out + n; out < end; out += N_LANES, fm += N_LANES) {
		v4f more = lanes_firsts(fm) * scale;
		v4u sum = base + (v4u)lanes_to_int(lanes_clamp(more, least, most));

		sum += __builtin_shufflevector(sum, none, 4, 0, 1, 2);
		sum += __builtin_shufflevector(sum, none, 4, 4, 0, 1);
		sum += now;
		now = __builtin_shufflevector(sum, sum, 3, 3, 3, 3);
		put_four(sum, gain, out);
	}
	to = (uint32_t)from + (uint64_t)(uint32_t)sine->step * (uint32_t)n;
	to += (uint64_t)(now[0] + QUARTER) << 32;
	phase->a = phase->b = (v2u){to, to};
}

#endif
