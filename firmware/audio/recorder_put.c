/* recorder_put.c - the producer's side of a recorder.
 * Tested by: e2e/test_render */
#include "audio/recorder_ring.h"

#include <string.h>

#include "base/rt_poison.h"

static int has_room(const struct recorder *recorder)
{
	uint64_t head = atomic_load_explicit(&recorder->head, memory_order_relaxed);

	return head - atomic_load_explicit(&recorder->tail, memory_order_acquire) <
	       recorder->n_cells;
}

static void put(struct recorder *recorder, const float *stereo)
{
	uint64_t head = atomic_load_explicit(&recorder->head, memory_order_relaxed);

	memcpy(recorder_cell(recorder, head), stereo,
		sizeof(float) * 2 * (size_t)recorder->block_frames);
	atomic_store_explicit(&recorder->head, head + 1, memory_order_release);
	if (head % 16 == 0) /* the writing thread looks by itself now and then */
		doorbell_ring(&recorder->filled);
}

void recorder_put(struct recorder *recorder, const float *stereo)
{
	if (has_room(recorder))
		put(recorder, stereo);
	else
		atomic_fetch_add_explicit(&recorder->n_lost, 1, memory_order_relaxed);
}

void recorder_put_patiently(struct recorder *recorder, const float *stereo)
{
	unsigned seen = atomic_load(&recorder->room.rings);

	while (!has_room(recorder)) {
		doorbell_ring(&recorder->filled);
		seen = doorbell_wait_for(&recorder->room, seen, 20 * NS_PER_MS);
	}
	put(recorder, stereo);
}
