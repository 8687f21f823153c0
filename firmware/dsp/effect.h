/* effect.h - what filters and effects share: coefficients of one-pole smoothing, a limit for
 * feedback.
 *
 * Threads: [any], pure. */
#ifndef DSP_EFFECT_H
#define DSP_EFFECT_H

#include "dsp/cable.h"
#include "dsp/lanes_curve.h"

/* The part of the way to its input that a one-pole lowpass goes in a frame, for -3 dB at freq_hz
 * whatever the rate: 2 s (sqrt(1 + s^2) - s), s = sin(pi f / rate).
 * Above half the rate: as there. */
static inline v4f one_pole_of_hz(v4f freq_hz, float rate_hz)
{
	v4f x = lanes_min(freq_hz * (3.14159265f / rate_hz), lanes_of(1.57079632f));
	v4f s = lanes_sin_quarter(x);

	return 2.0f * s * (lanes_sqrt(1.0f + s * s) - s);
}

/* The same for a one-pole highpass by the trapezoidal rule: g / (1 + g), g = tan(pi f / rate). With
 * its memory m: v = part (in - m), out = in - m - v, m += 2 v. f < 0.49 rate */
static inline v4f one_pole_highpass_of_hz(v4f freq_hz, float rate_hz)
{
	struct ratio tan = lanes_tan_ratio(freq_hz * (3.14159265f / rate_hz));

	return tan.over / (tan.under + tan.over);
}

/* The same for a time in which 1 - 1/e of the way is gone. */
static inline v4f one_pole_of_ms(v4f time_ms, float rate_hz)
{
	return 1.0f - lanes_exp2(-1442.6950409f / (time_ms * rate_hz));
}

/* Levels of a dry and a wet signal by equal power: two that are as loud as each other, and not the
 * same, stay as loud in any mix. mix 0: 1 and 0; 1: 0 and 1, exactly. */
struct dry_wet {
	v4f dry, wet;
};

static inline struct dry_wet dry_wet_of(v4f mix)
{
	const float quarter = 1.57079632679f, to_one = 1.0f + 2e-7f; /* rounding may miss 1 */
	v4f dry = lanes_sin_quarter((1.0f - mix) * quarter) * to_one;
	v4f wet = lanes_sin_quarter(mix * quarter) * to_one;

	return (struct dry_wet){lanes_min(dry, lanes_of(1.0f)), lanes_min(wet, lanes_of(1.0f))};
}

#define BEND_FROM 2.0f
#define BEND_ROOM 2.0f

/* |x| > BEND_FROM in some lane */
static __attribute__((noinline, unused)) v4f lanes_bend_hard(v4f x)
{
	v4f size = lanes_abs(x);
	v4f over = lanes_clamp(size - BEND_FROM, lanes_of(0.0f), lanes_of(1e6f));
	v4f bent = BEND_FROM + over / (1.0f + over / BEND_ROOM);

	bent = lanes_select(over > 0.0f, bent, size);
	return (v4f)((v4i)bent | ((v4i)x & INT32_MIN));
}

/* Keeps feedback from building up: x itself up to 2, then softly towards 4, never beyond. */
static inline v4f lanes_bend(v4f x)
{
	return lanes_any(lanes_abs(x) > BEND_FROM) ? lanes_bend_hard(x) : x;
}

#endif
