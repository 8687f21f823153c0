/* osc_sine.c - a lone voice's sine, four frames side by side. See osc_sine.h. */
#include "dsp/osc_sine.h"

/* Four frames, each the same in all lanes. Integers are spread by one instruction. */
static inline void put_four(v4u less_quarter, v4f gain, v4f *out)
{
	v4i x = (v4i)(sine_of(less_quarter) * gain);

	out[0] = (v4f)__builtin_shufflevector(x, x, 0, 0, 0, 0);
	out[1] = (v4f)__builtin_shufflevector(x, x, 1, 1, 1, 1);
	out[2] = (v4f)__builtin_shufflevector(x, x, 2, 2, 2, 2);
	out[3] = (v4f)__builtin_shufflevector(x, x, 3, 3, 3, 3);
}

static __attribute__((noinline)) void render_steady(
	const struct lone_sine *sine, uint64_t from, v4f *out, int n)
{
	const uint64_t half = HALF;
	const v4u ordinal = {1, 2, 3, 4};
	uint64_t at = from + half;
	v4u step = (v4u){0} + (uint32_t)((sine->step + half) >> 32);
	v4u first = ordinal * step - QUARTER;
	v4f gain = sine->gain;
	int i = 0;

	step *= N_LANES;
	while (i < n) {
		v4u phase = (uint32_t)(at >> 32) + first;
		int end = int_min(n, i + SINE_PIECE_FRAMES);

#pragma GCC unroll 4
		for (; i < end; i += N_LANES, phase += step)
			put_four(phase, gain, out + i);
		at += sine->step * SINE_PIECE_FRAMES;
	}
}

/* What FM adds is rounded to 2^-32 cycles, the frequency is not. Returns what it added in all. */
static inline uint32_t render_fm(
	const struct lone_sine *sine, uint64_t phase, const v4f *fm, v4f *out, int n)
{
	const v4u none = {0, 0, 0, 0};
	uint32_t base = (uint32_t)(sine->step >> 32), from = (uint32_t)(phase >> 32) - QUARTER;
	v4u now = (v4u){0} + from, bases = (v4u){0} + base;
	v4f scale = sine->fm_scale, least = sine->least, most = sine->most, gain = sine->gain;

	for (v4f *end = out + n; out < end; out += N_LANES, fm += N_LANES) {
		v4f a = __builtin_shufflevector(fm[0], fm[1], 0, 4, 0, 4);
		v4f b = __builtin_shufflevector(fm[2], fm[3], 0, 4, 0, 4);
		v4f more = __builtin_shufflevector(a, b, 0, 1, 4, 5) * scale;
		v4u sum = bases + (v4u)lanes_to_int(lanes_clamp(more, least, most));

		sum += __builtin_shufflevector(sum, none, 4, 0, 1, 2);
		sum += __builtin_shufflevector(sum, none, 4, 4, 0, 1);
		sum += now;
		now = __builtin_shufflevector(sum, sum, 3, 3, 3, 3);
		put_four(sum, gain, out);
	}
	return now[0] - from - base * (uint32_t)n;
}

void lone_sine_render(
	const struct lone_sine *sine, struct cycles *phase, const v4f *fm, v4f *out, int n)
{
	uint64_t from = phase->a[0], to = from + sine->step * (uint64_t)n;

	if (fm)
		to += (uint64_t)render_fm(sine, from, fm, out, n) << 32;
	else
		render_steady(sine, from, out, n);
	phase->a = phase->b = (v2u){to, to};
}
