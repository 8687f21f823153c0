/* lanes_math.h - sine, roots and powers of two on lanes, by polynomials; no table, no branch.
 *
 * Coefficients: minimax fits (Lawson weights) over the stated ranges.
 * Threads: [any], pure. */
#ifndef DSP_LANES_MATH_H
#define DSP_LANES_MATH_H

#include "dsp/lanes.h"

/* sin(x), |x| <= pi/2. Error of the polynomial 5e-9 (-167 dB): float rounding is what remains. */
static inline v4f lanes_sin_quarter(v4f x)
{
	v4f x2 = x * x;
	v4f p = lanes_of(2.6000548409e-06f);

	p = p * x2 + -1.9806615236e-04f;
	p = p * x2 + 8.3330172921e-03f;
	p = p * x2 + -1.6666657097e-01f;
	return x + x * (x2 * p);
}

static inline v4f lanes_sqrt(v4f x)
{
	for (int k = 0; k < N_LANES; k++)
		x[k] = __builtin_sqrtf(x[k]);
	return x;
}

/* 2^x, |x| < 126; whole numbers are exact, others within 1.6e-7 (0.0003 cent). */
static inline v4f lanes_exp2(v4f x)
{
	v4f whole = lanes_floor(x + 0.5f);
	v4f part = x - whole; /* -0.5 .. 0.5 */
	v4f p = lanes_of(1.5476300543e-04f);
	v4i exponent = (lanes_to_int(whole) + 127) << 23;

	p = p * part + 1.3400269584e-03f;
	p = p * part + 9.6180038910e-03f;
	p = p * part + 5.5503277914e-02f;
	p = p * part + 2.4022651346e-01f;
	p = p * part + 6.9314720625e-01f;
	p = p * part + 1.0f;
	return p * (v4f)exponent;
}

#endif
