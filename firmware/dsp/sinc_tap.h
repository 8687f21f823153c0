/* sinc_tap.h - reading a delay line between two frames by a windowed sinc of sixteen, for an echo that
 * goes through it again and again.
 *
 * Kernel:  sinc under a Kaiser window (beta 9), 256 places between two frames, straight lines between
 *          those; each row adds up to 1. At 48 kHz never louder than what was written, and at most
 *          0.01 dB quieter at 16 kHz, 0.23 at 18 kHz, 1.5 at 20 kHz. Exact at whole frames.
 * Memory:  a ring of one v4f a frame; the head is where the next frame is written.
 * Threads: sinc_tap_init [desk], before the first is read; any number of times. The others [any],
 *          pure. */
#ifndef DSP_SINC_TAP_H
#define DSP_SINC_TAP_H

#include "dsp/module.h"
#include "dsp/tap.h"

enum {
	SINC_TAPS = 16, /* frames that are read, the same number before and after the place */
	SINC_HALF = SINC_TAPS / 2,
	SINC_MARGIN = SINC_HALF + 2, /* frames around a place that reading it needs */
};

/* A place to read: so many frames behind the head, weights for the frames around it. */
struct sinc_tap {
	float frames;
	uint32_t back; /* of the oldest that is read */
	float pad[2];
	v4f weight[SINC_TAPS]; /* the oldest first */
};

void sinc_tap_init(void);

/* SINC_MARGIN frames or more behind the head */
struct sinc_tap sinc_tap_at(double frames) RT_SAFE;

/* From the oldest frame on, none of them behind the ring's end */
static inline v4f sinc_tap_sum(const struct sinc_tap *tap, const v4f *x)
{
	const v4f *w = tap->weight;
	v4f even = x[0] * w[0], odd = x[1] * w[1];

	for (int k = 2; k < SINC_TAPS; k += 2) {
		even += x[k] * w[k];
		odd += x[k + 1] * w[k + 1];
	}
	return even + odd;
}

static inline v4f sinc_tap_read(
	const struct sinc_tap *tap, const v4f *memory, uint32_t size, uint32_t head)
{
	uint32_t at = ring_behind(head, tap->back, size);
	v4f around[SINC_TAPS];

	if (at + SINC_TAPS <= size)
		return sinc_tap_sum(tap, memory + at);
	for (uint32_t k = 0; k < SINC_TAPS; k++, at = ring_next(at, size))
		around[k] = memory[at];
	return sinc_tap_sum(tap, around);
}

#endif
