/* internal.h - the engine's insides: for the files of firmware/engine and for tests only.
 * Whoever is above asks through engine.h (tests/rt/check_layers.sh).
 * Threads: each field names its writer. */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "engine/engine.h"
#include "engine/slot.h"
#include "engine/transition.h"

struct engine {
	struct engine_config config;
	struct sink *sink;
	struct stats_page *stats;
	struct event_log events;
	struct slot slots[N_SLOTS];
	struct transition transition;  /* from one slot to the other */
	_Atomic uint64_t clock;        /* next block to deliver; writer: [producer] */
	_Atomic uint64_t rounds;       /* times it asked the device; writer: [producer] */
	_Atomic uint64_t target_block; /* workers render below this; writer: [producer] */
	_Atomic uint32_t is_ahead;     /* target_block is beyond the lead; writer: [producer] */
	_Atomic uint32_t live;         /* slot heard; writer: [producer] */
	/* events that what is heard may not have rendered yet begin here; writer: [producer] */
	_Atomic uint64_t unrendered_cursor;
	_Atomic uint32_t must_stop;  /* writer: [desk]; 1: fade out and end */
	_Atomic uint32_t has_ended;  /* writer: [producer] */
	_Atomic uint32_t must_leave; /* writer: [init]; workers' threads end */
	struct doorbell done;        /* rung by workers: the producer in lockstep waits for it */
	struct rt_thread producer;
	int lock_err;           /* [init]; of lock_memory, 0 where it was not asked for */
	uint32_t n_generations; /* [desk] */

	struct { /* the producer's own */
		struct shape shape;
		float mix[2 * BLOCK_MAX_FRAMES];
		struct time_base time;
		int n_naps; /* in a row, waiting for a block while the device waits too */
	} rt;
};

/* [any] */
static inline int live_index(const struct engine *engine)
{
	return (int)atomic_load_explicit(&engine->live, memory_order_acquire);
}

/* [producer] */
static inline void set_live(struct engine *engine, int slot)
{
	atomic_store_explicit(&engine->live, (uint32_t)slot, memory_order_release);
	atomic_store_explicit(&engine->stats->live, (uint32_t)slot, memory_order_relaxed);
}

/* [any] */
static inline struct transition_side *side_of(const struct slot *slot)
{
	return &slot->engine->transition.sides[slot->index];
}

/* [producer] The thread's body: producer.c. */
void *producer_run(void *engine);
/* [producer] Its beginning, and one wake-up by the device: for where there is no such thread. */
void producer_begin(struct engine *engine);
void producer_serve(struct engine *engine);

#endif
