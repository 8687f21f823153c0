/* block_times.h - how long blocks took: a worker counts each into a bin, the desk reads quantiles.
 *
 * Bins are an eighth of an octave wide, from 1 us to 67 ms; a quantile is the middle of its bin, at most
 * 6 % from the truth. What is shorter or longer counts into the first or last bin.
 * Threads: a tag at each function. */
#ifndef ENGINE_BLOCK_TIMES_H
#define ENGINE_BLOCK_TIMES_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

enum {
	BLOCK_TIME_PER_OCTAVE = 8,
	BLOCK_TIME_FIRST_OCTAVE = 10, /* 1024 ns */
	BLOCK_TIME_BINS = 16 * BLOCK_TIME_PER_OCTAVE
};

struct block_times {
	_Alignas(64) _Atomic uint32_t n[BLOCK_TIME_BINS]; /* writer: one worker */
};

/* [any] */
static inline int block_time_bin(uint64_t ns)
{
	int octave = 63 - __builtin_clzll(ns | 1) - BLOCK_TIME_FIRST_OCTAVE;

	if (octave < 0)
		return 0;
	if (octave >= BLOCK_TIME_BINS / BLOCK_TIME_PER_OCTAVE)
		return BLOCK_TIME_BINS - 1;
	return octave * BLOCK_TIME_PER_OCTAVE +
	       (int)(ns >> (octave + BLOCK_TIME_FIRST_OCTAVE - 3) & (BLOCK_TIME_PER_OCTAVE - 1));
}

/* [worker] */
static inline void block_times_add(struct block_times *times, uint64_t ns)
{
	_Atomic uint32_t *n = &times->n[block_time_bin(ns)];

	atomic_store_explicit(
		n, atomic_load_explicit(n, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* [any] The time that so many percent of the counted blocks did not exceed; 0 where there are none. */
uint64_t block_times_quantile_ns(const uint32_t n[BLOCK_TIME_BINS], int percent);

#endif
