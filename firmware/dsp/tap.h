/* tap.h - reading a delay line between two frames: a cubic through four (Lagrange), never louder
 * than what was written at any frequency, and exact at whole frames.
 *
 * Memory:  a ring of one v4f a frame; the head is where the next frame is written.
 * Threads: [any], pure. */
#ifndef DSP_TAP_H
#define DSP_TAP_H

#include "dsp/lanes.h"

enum {
	TAP_FRAMES = 4, /* that are read */
	TAP_MARGIN = 4, /* frames around a tap that reading it needs */
};

/* The entry that was written `back` entries before the head. */
static inline uint32_t ring_behind(uint32_t head, uint32_t back, uint32_t size)
{
	return head >= back ? head - back : head + size - back;
}

static inline uint32_t ring_next(uint32_t head, uint32_t size)
{
	return head + 1 < size ? head + 1 : 0;
}

/* One of each lane: its own place in its own lane of the ring. The newest frame of the ring is 1
 * behind the head. */
struct lanes_tap {
	v4u back; /* of the newest of the four */
	v4f weight[TAP_FRAMES];
};

/* 2 frames or more behind the head. */
static inline struct lanes_tap lanes_tap_at(v4f frames)
{
	v4f whole = lanes_floor(frames), d = frames - whole;
	v4f a = (d - 1.0f) * (d - 2.0f), b = (d + 1.0f) * d;

	return (struct lanes_tap){
		.back = (v4u)lanes_to_int(whole) - 1u,
		.weight = {a * d * (-1.0f / 6.0f), a * (d + 1.0f) * 0.5f, b * (d - 2.0f) * -0.5f,
			b * (d - 1.0f) * (1.0f / 6.0f)},
	};
}

/* Lane k reads lane k & of_lanes of the ring: 3, its own; 1, left or right. */
static inline __attribute__((always_inline)) v4f lanes_tap_read(const struct lanes_tap *tap,
	const v4f *memory, uint32_t size, uint32_t head, const int of_lanes)
{
	v4f sum = lanes_of(0.0f);

	for (uint32_t r = 0; r < TAP_FRAMES; r++) {
		v4f x = {0};

		for (int k = 0; k < N_LANES; k++) {
			uint32_t at = head + size - tap->back[k] - r;

			x[k] = memory[at >= size ? at - size : at][k & of_lanes];
		}
		sum += x * tap->weight[r];
	}
	return sum;
}

#endif
