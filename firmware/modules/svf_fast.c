/* svf_fast.c - the lowpass in fewer instructions. It must equal the reference in svf.c, to rounding;
 * prop/test_fast compares them.
 * Source: see svf.c. */
#include "modules/svf.h"

/* lanes_tan_ratio() of a frequency: its coefficients hold the radians in a hertz. Both sides are divided
 * by the highest of `over`, which is then 1. */
struct tan_of_hz {
	v4f over, under[3];
};

static inline struct tan_of_hz tan_for(float radians_per_hz)
{
	float r = radians_per_hz, r2 = r * r, whole = 1.0f / (TAN_OVER_3 * r2 * r);

	return (struct tan_of_hz){
		.over = lanes_of(r * whole),
		.under = {lanes_of(TAN_UNDER_0 * whole), lanes_of(TAN_UNDER_2 * r2 * whole),
			lanes_of(TAN_UNDER_4 * r2 * r2 * whole)},
	};
}

static inline struct ratio tan_of_hz(v4f hz, const struct tan_of_hz *tan)
{
	v4f hz2 = hz * hz;

	return (struct ratio){
		.over = hz * (tan->over + hz2),
		.under = (hz2 * tan->under[2] + tan->under[1]) * hz2 + tan->under[0],
	};
}

static struct svf_pair pair_of(struct svf_coeffs c)
{
	v4f rise_x = c.twice * (1.0f - c.twice) + c.once * c.once;

	return (struct svf_pair){
		.one = c,
		.keep = c.keep * c.keep - c.once * c.once,
		.cross = c.once * (c.keep + (1.0f - c.twice)),
		.past_x = c.once * (c.keep - c.twice),
		.rise_x = rise_x,
		.fall = rise_x + c.twice,
	};
}

/* Nothing moves, in the mode of most filters; n_frames is a multiple of 4. The states wait for three
 * operations in two frames, which is half of what svf_step() asks for. */
static void constant_lowpass(void *state, const struct module_io *io)
{
	struct svf *svf = state;
	const v4f *in = io->ins[SVF_IN].at;
	v4f *out = io->outs[0], *end = out + io->n_frames, s1 = svf->s1, s2 = svf->s2;
	struct svf_pair p = svf->pair;

#pragma GCC unroll 2
	for (; out < end; in += 2, out += 2) {
		v4f rise = (p.one.once * s1 + p.one.twice * in[0]) - p.one.twice * s2;
		v4f both = (p.cross * s1 + (p.rise_x * in[0] + p.one.twice * in[1])) - p.fall * s2;
		v4f middle = s2 + rise, last = s2 + both;

		s1 = (p.keep * s1 + (p.past_x * in[0] + p.one.once * in[1])) - p.cross * s2;
		out[0] = (s2 + middle) * 0.5f;
		out[1] = (middle + last) * 0.5f;
		s2 = last;
	}
	svf->s1 = s1;
	svf->s2 = s2;
}

/* The cutoff moves. With g = p / q and r = 1 / (q q + p (p + k q)) that costs one division: b = 2 q q r,
 * g b = 2 p q r, g g b = 2 p p r. */
static void sweep_lowpass(struct svf *svf, const struct module_io *io)
{
	const v4f *in = io->ins[SVF_IN].at, *cutoff = io->params[SVF_CUTOFF].at;
	v4f *out = io->outs[0], s1 = svf->s1, s2 = svf->s2;
	v4f k = damping_of(io->params[SVF_RESONANCE].at[0]), max_hz = lanes_of(svf->max_hz);
	struct tan_of_hz tan = tan_for(svf->radians_per_hz);

#pragma GCC unroll 4
	for (int i = 0; i < io->n_frames; i++) {
		struct ratio g = tan_of_hz(lanes_min(cutoff[i], max_hz), &tan);
		v4f r = 2.0f / (g.under * (g.under + k * g.over) + g.over * g.over);
		v4f over = g.over * r, under = g.under * r;
		struct svf_coeffs c = {.keep = g.under * under - 1.0f,
			.once = g.over * under,
			.twice = g.over * over};

		out[i] = svf_step(&s1, &s2, &c, in[i]);
	}
	svf->s1 = s1;
	svf->s2 = s2;
}

static inline __attribute__((always_inline)) v4f in_all(v4f x, const int lane)
{
	v4i bits = (v4i)x;

	switch (lane) {
	case 0:
		return (v4f)__builtin_shufflevector(bits, bits, 0, 0, 0, 0);
	case 1:
		return (v4f)__builtin_shufflevector(bits, bits, 1, 1, 1, 1);
	case 2:
		return (v4f)__builtin_shufflevector(bits, bits, 2, 2, 2, 2);
	default:
		return (v4f)__builtin_shufflevector(bits, bits, 3, 3, 3, 3);
	}
}

/* A sweep of one voice, whose lanes are all the same: the coefficients of four frames take the
 * place of the four lanes. */
static void lone_sweep(struct svf *svf, const struct module_io *io)
{
	const v4f *in = io->ins[SVF_IN].at, *cutoff = io->params[SVF_CUTOFF].at;
	v4f *out = io->outs[0], s1 = svf->s1, s2 = svf->s2;
	v4f k = damping_of(in_all(io->params[SVF_RESONANCE].at[0], 0));
	const struct svf fixed = *svf;

	for (int i = 0; i < io->n_frames; i += N_LANES) {
		struct svf_coeffs c = coeffs_of(&fixed, lanes_firsts(cutoff + i), k);

#pragma GCC unroll 4
		for (int lane = 0; lane < N_LANES; lane++) {
			struct svf_coeffs one = {.keep = in_all(c.keep, lane),
				.once = in_all(c.once, lane),
				.twice = in_all(c.twice, lane)};

			out[i + lane] = svf_step(&s1, &s2, &one, in[i + lane]);
		}
	}
	svf->s1 = s1;
	svf->s2 = s2;
}

bool svf_fast(struct svf *svf, const struct module_io *io)
{
	struct cable cutoff = io->params[SVF_CUTOFF], resonance = io->params[SVF_RESONANCE];
	bool is_whole = io->n_frames % N_LANES == 0;

	if (!svf->is_lowpass || !io->ins[SVF_IN].step || (!cutoff.step && !is_whole))
		return false;
	if (cutoff.step && io->is_lone && is_whole) {
		lone_sweep(svf, io);
	} else if (cutoff.step) {
		sweep_lowpass(svf, io);
	} else {
		svf->pair = pair_of(coeffs_of(svf, cutoff.at[0], damping_of(resonance.at[0])));
		*io->fast_path = constant_lowpass;
		constant_lowpass(svf, io);
	}
	return true;
}
