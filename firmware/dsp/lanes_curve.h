/* lanes_curve.h - tangent, hyperbolic tangent, logarithm and powers of ten on lanes: what filters
 * and dynamics are computed from.
 *
 * Coefficients: minimax fits (Lawson weights) over the stated ranges; rationals after Sanathanan
 * and Koerner. No table, no branch.
 * Threads: [any], pure. */
#ifndef DSP_LANES_CURVE_H
#define DSP_LANES_CURVE_H

#include "dsp/lanes_math.h"

/* tan(x) = over / under, 0 <= x <= 0.49 pi, within 1e-5 of the value (as a cutoff: 0.02 cents). */
#define TAN_OVER_3  -9.7580260e-02f
#define TAN_UNDER_0 1.0000096918f
#define TAN_UNDER_2 -4.3099207282e-01f
#define TAN_UNDER_4 1.04176414e-02f
struct ratio {
	v4f over, under;
};
static inline struct ratio lanes_tan_ratio(v4f x)
{
	v4f x2 = x * x;

	return (struct ratio){
		.over = x + x * (x2 * TAN_OVER_3),
		.under = (x2 * TAN_UNDER_4 + TAN_UNDER_2) * x2 + TAN_UNDER_0,
	};
}

static inline v4f lanes_tan(v4f x)
{
	struct ratio tan = lanes_tan_ratio(x);

	return tan.over / tan.under;
}

/* tanh(x) within 6e-5, odd, never beyond +-1; any x that is a number. */
static inline v4f lanes_tanh(v4f x)
{
	v4f y = lanes_clamp(x, lanes_of(-5.0f), lanes_of(5.0f));
	v4f y2 = y * y;
	v4f over = (y2 * 6.7223253e-04f + 1.0250422336e-01f) * y2 + 1.0f;
	v4f under = (y2 * 1.28402821e-02f + 4.3557252104e-01f) * y2 + 1.0f;

	return y * over / under;
}

/* log2(x), x > 0 and normal, within 2.5e-6. */
static inline v4f lanes_log2(v4f x)
{
	v4i bits = (v4i)x - 0x3f3504f3; /* so that the mantissa is sqrt(1/2) .. sqrt(2) */
	v4i exponent = bits >> 23;
	v4f f = (v4f)((v4i)x - (exponent << 23)) - 1.0f;
	v4f p = lanes_of(-2.0645638654e-01f);

	p = p * f + 3.2199287039e-01f;
	p = p * f + -3.6747365173e-01f;
	p = p * f + 4.7936246215e-01f;
	p = p * f + -7.2113322356e-01f;
	p = p * f + 1.4427132361f;
	return p * f + lanes_from_int(exponent);
}

/* 10^(db / 20), |db| < 700 */
static inline v4f lanes_gain_of_db(v4f db)
{
	return lanes_exp2(db * 0.16609640474f);
}

/* 20 log10(x), x > 0 and normal, within 2e-5 dB */
static inline v4f lanes_db_of_gain(v4f x)
{
	return lanes_log2(x) * 6.0205999133f;
}

#endif
