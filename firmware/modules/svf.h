/* svf.h - the state of the module svf, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_SVF_H
#define MODULES_SVF_H

#include "dsp/effect.h"
#include "dsp/module.h"

enum { SVF_MODE, SVF_CUTOFF, SVF_RESONANCE, SVF_N_PARAMS };
enum { SVF_IN, SVF_N_INS };
enum svf_mode {
	MODE_LOWPASS,
	MODE_HIGHPASS,
	MODE_BANDPASS,
	MODE_NOTCH,
	MODE_PEAK,
	MODE_ALLPASS,
	N_MODES
};
enum { OF_IN, OF_BAND, OF_LOW, N_PARTS };

/* svf_step()'s: with b = 2 / (1 + g (g + k)) */
struct svf_coeffs {
	v4f keep;        /* b - 1 */
	v4f once, twice; /* g b, g g b */
	v4f k_half;
};

/* Two frames at once, x and y the inputs:
 *     s1 = keep s1 + past_x x + once y - cross s2,
 *     s2 = s2 + (cross s1 + rise_x x + twice y - fall s2) */
struct svf_pair {
	struct svf_coeffs one;
	v4f keep, cross;
	v4f past_x, rise_x, fall;
};

struct svf {
	v4f s1, s2;       /* the integrators */
	v4f mix[N_PARTS]; /* of the output; moves to a row of mixtures[] */
	v4f mode;         /* whose row has been reached; NO_MODE: none */
	float mix_step;
	float radians_per_hz; /* pi / rate */
	float max_hz;
	int32_t is_lowpass;   /* mode, in all lanes */
	struct svf_pair pair; /* of a constant lowpass */
};

static inline v4f damping_of(v4f resonance)
{
	v4f rest = 1.0f - resonance;

	return rest * rest * 1.96f + 0.04f;
}

static inline struct svf_coeffs coeffs_of(const struct svf *svf, v4f cutoff_hz, v4f k)
{
	v4f g = lanes_tan(lanes_min(cutoff_hz, lanes_of(svf->max_hz)) * svf->radians_per_hz);
	v4f b = 2.0f / (1.0f + g * (g + k)), once = g * b;

	return (struct svf_coeffs){
		.keep = b - 1.0f, .once = once, .twice = g * once, .k_half = k * 0.5f};
}

/* A frame: the low part; the band is half of what s1 was and is. As the states stand alone in their
 * products, no more than three operations wait for each other from frame to frame. */
static inline v4f svf_step(v4f *s1, v4f *s2, const struct svf_coeffs *c, v4f x)
{
	v4f rise = (c->once * *s1 + c->twice * x) - c->twice * *s2, low = *s2 + rise * 0.5f;

	*s1 = (c->keep * *s1 + c->once * x) - c->once * *s2;
	*s2 += rise;
	return low;
}

/* A block of a lowpass whose input moves and whose resonance does not. Must equal the reference,
 * svf_run(). false: it is no such block, and nothing is done. */
bool svf_fast(struct svf *svf, const struct module_io *io) RT_SAFE;

#endif
