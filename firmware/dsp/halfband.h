/* halfband.h - to twice the rate and back: half-band filters of two chains of allpasses, what a
 * module that bends a signal is rendered between.
 *
 * Up:      the two frames of a frame x are chain(0, x), the sooner, and chain(1, x), the later.
 * Down:    a frame is half the sum of chain(0, later) and chain(1, sooner).
 * Filters: even coefficients are one chain, odd ones the other. 8 of them pass to 0.46 of the rate
 *          and stop from 0.54 on by 99 dB, 4 to 0.43 and from 0.57 on by 60 dB.
 * Memory:  struct halfband is part of a module's state; zeros at first.
 * Threads: [worker].
 * Source:  Valenzuela and Constantinides, "Digital signal processing schemes for efficient
 *          interpolation and decimation", IEE Proc. G 130 (1983): elliptic half-band filters. */
#ifndef DSP_HALFBAND_H
#define DSP_HALFBAND_H

#include "dsp/lanes.h"

enum { HALFBAND_STEEP = 8, HALFBAND_SHORT = 4, HALFBAND_MAX = HALFBAND_STEEP };

static const float halfband_steep[HALFBAND_STEEP] = {0.040633461f, 0.150505129f, 0.300757056f,
	0.460774505f, 0.609524315f, 0.738503841f, 0.84922381f, 0.949742784f};
static const float halfband_short[HALFBAND_SHORT] = {
	0.099740238f, 0.337602885f, 0.607482125f, 0.865306286f};

/* Of each chain what went in a frame ago, then what came out of each allpass. */
struct halfband {
	v4f past[2][HALFBAND_MAX / 2 + 1];
};

/* Chain 0 or 1 of n coefficients */
static inline __attribute__((always_inline)) v4f halfband_chain(
	struct halfband *half, const float *coeffs, int n, int which, v4f x)
{
	v4f *past = half->past[which];

	for (int k = 0; k < n / 2; k++) {
		v4f y = (x - past[k + 1]) * coeffs[2 * k + which] + past[k];

		past[k] = x;
		x = y;
	}
	past[n / 2] = x;
	return x;
}

static inline __attribute__((always_inline)) v4f halfband_down(
	struct halfband *half, const float *coeffs, int n, v4f sooner, v4f later)
{
	return (halfband_chain(half, coeffs, n, 0, later) +
		       halfband_chain(half, coeffs, n, 1, sooner)) *
	       0.5f;
}

#endif
