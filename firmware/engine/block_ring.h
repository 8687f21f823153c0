/* block_ring.h - rendered blocks on their way from one worker to the producer, found by number.
 *
 * Block n lives in cell n mod the ring's length, tagged n + 1 when it is whole. There is no head
 * and no tail: a missing, stale or doubled block is a tag that does not match, never a guess.
 * Shapes:  interleaved stereo float, block_frames frames.
 * Threads: put: the slot's worker, once a block, at most BLOCK_RING_CELLS ahead of the producer.
 *          take: [producer]; what it returns stays valid until block n + BLOCK_RING_CELLS is
 *          put. */
#ifndef ENGINE_BLOCK_RING_H
#define ENGINE_BLOCK_RING_H

#include <stdatomic.h>
#include <stdint.h>

#include "dsp/module.h"

enum { BLOCK_RING_CELLS = 256 };

struct block {
	_Atomic uint64_t tag; /* writer: worker; block number + 1, 0 while being written */
	uint32_t flags;       /* RENDER_FINITE */
	uint32_t checksum;
	float peak;                 /* largest absolute sample */
	struct transport transport; /* where the music is */
	_Alignas(64) float stereo[2 * BLOCK_MAX_FRAMES];
};

struct block_ring {
	struct block cells[BLOCK_RING_CELLS];
};

/* [worker] The cell to render block n into; then block_ring_put makes it visible. */
static inline struct block *block_ring_cell(struct block_ring *ring, uint64_t n)
{
	struct block *cell = &ring->cells[n % BLOCK_RING_CELLS];

	/* acquire: what is written into the cell stays after this */
	atomic_exchange_explicit(&cell->tag, 0, memory_order_acq_rel);
	return cell;
}

/* [worker] */
static inline void block_ring_put(struct block *cell, uint64_t n)
{
	atomic_store_explicit(&cell->tag, n + 1, memory_order_release);
}

/* [any] NULL: block n is not there. */
static inline const struct block *block_ring_take(const struct block_ring *ring, uint64_t n)
{
	const struct block *cell = &ring->cells[n % BLOCK_RING_CELLS];

	return atomic_load_explicit(&cell->tag, memory_order_acquire) == n + 1 ? cell : NULL;
}

#endif
