/* tap.h - reading a delay line between two frames: a cubic through four (Lagrange), never louder
 * than what was written at any frequency, and exact at whole frames.
 *
 * Memory:  a ring of one v4f a frame; the head is where the next frame is written.
 * Threads: [any], pure. */
#ifndef DSP_TAP_H
#define DSP_TAP_H

#include "dsp/lanes.h"

enum { TAP_MARGIN = 4 }; /* frames around a tap that reading it needs */

/* A place to read: so many frames behind the head, weights for the four frames around it. */
struct tap {
	float frames;
	uint32_t back; /* of the oldest of the four */
	float pad[2];
	v4f weight[4];
};

/* The four frames are whole + 2, + 1, + 0, - 1 behind the head; d is the place between the middle
 * two. */
static inline struct tap tap_at(double frames)
{
	uint32_t whole = (uint32_t)frames;
	float d = (float)(frames - (double)whole);

	return (struct tap){
		.frames = (float)frames,
		.back = whole + 2,
		.weight =
			{
				lanes_of((d + 1.0f) * d * (d - 1.0f) / 6.0f),
				lanes_of(-(d + 1.0f) * d * (d - 2.0f) / 2.0f),
				lanes_of((d + 1.0f) * (d - 1.0f) * (d - 2.0f) / 2.0f),
				lanes_of(-d * (d - 1.0f) * (d - 2.0f) / 6.0f),
			},
	};
}

static inline v4f tap_read(const struct tap *tap, const v4f *memory, uint32_t size, uint32_t head)
{
	uint32_t at = head >= tap->back ? head - tap->back : head + size - tap->back;
	const v4f *x = memory + at, *w = tap->weight;
	v4f sum;

	if (at + 3 < size)
		return (x[0] * w[0] + x[1] * w[1]) + (x[2] * w[2] + x[3] * w[3]);
	sum = memory[at] * w[0] + memory[(at + 1) % size] * w[1];
	return sum + (memory[(at + 2) % size] * w[2] + memory[(at + 3) % size] * w[3]);
}

#endif
