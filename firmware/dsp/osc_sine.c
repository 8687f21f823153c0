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

void lone_sine_render(const struct lone_sine *sine, struct cycles *phase, v4f *out, int n)
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

/* What FM adds is rounded to 2^-32 cycles, the frequency is not. */
void lone_sine_render_fm(
	const struct lone_sine *sine, struct cycles *phase, v4f *out, int n, const v4f *fm)
{
	const v4u none = {0, 0, 0, 0};
	uint64_t to = phase->a[0] + sine->step * (uint64_t)n;
	uint32_t base = (uint32_t)(sine->step >> 32), from = (uint32_t)(phase->a[0] >> 32);
	v4u bases = (v4u){0} + base, now = (v4u){0} + from - QUARTER;
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
	to += (uint64_t)(now[0] + QUARTER - from - base * (uint32_t)n) << 32;
	phase->a = phase->b = (v2u){to, to};
}
