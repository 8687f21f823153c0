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

static void render_steady(const struct lone_sine *sine, v4f *out)
{
	const struct cycles half = {{HALF, HALF}, {HALF, HALF}};
	const v4u ordinal = {1, 2, 3, 4};
	struct cycles at = cycles_add(sine->from, half);
	struct cycles piece = cycles_times(sine->step, SINE_PIECE_FRAMES);
	v4u step = cycles_high(cycles_add(sine->step, half));
	v4u first = ordinal * step - QUARTER;
	int i = 0;

	step *= N_LANES;
	while (i < sine->n) {
		v4u phase = cycles_high(at) + first;
		int end = int_min(sine->n, i + SINE_PIECE_FRAMES);

#pragma GCC unroll 4
		for (; i < end; i += N_LANES, phase += step)
			put_four(phase, sine->gain, out + i);
		at = cycles_add(at, piece);
	}
}

/* What FM adds is rounded to 2^-32 cycles, the frequency is not. Returns what it added in all. */
static uint32_t render_fm(const struct lone_sine *sine, v4f *out)
{
	const v4f *fm = sine->fm;
	const v4u none = {0, 0, 0, 0};
	v4u base = cycles_high(sine->step), from = cycles_high(sine->from) - QUARTER, now = from;

	for (int i = 0; i < sine->n; i += N_LANES, fm += N_LANES) {
		v4f a = __builtin_shufflevector(fm[0], fm[1], 0, 4, 0, 4);
		v4f b = __builtin_shufflevector(fm[2], fm[3], 0, 4, 0, 4);
		v4f more = __builtin_shufflevector(a, b, 0, 1, 4, 5) * sine->fm_scale;
		v4u sum = base + (v4u)lanes_to_int(lanes_clamp(more, sine->least, sine->most));

		sum += __builtin_shufflevector(sum, none, 4, 0, 1, 2);
		sum += __builtin_shufflevector(sum, none, 4, 4, 0, 1);
		sum += now;
		now = __builtin_shufflevector(sum, sum, 3, 3, 3, 3);
		put_four(sum, sine->gain, out + i);
	}
	return now[0] - from[0] - base[0] * (uint32_t)sine->n;
}

struct cycles lone_sine_render(const struct lone_sine *sine, v4f *out)
{
	struct cycles end = cycles_add(sine->from, cycles_times(sine->step, (uint32_t)sine->n));

	if (sine->fm) {
		uint64_t by = (uint64_t)render_fm(sine, out) << 32;

		end.a += by;
		end.b += by;
	} else {
		render_steady(sine, out);
	}
	return end;
}
