/* slot.h - A or B: a worker thread, its arena, its ring. Storage stays with the slot; roles move.
 *
 * One atomic word says who owns the arena. Every change of it is one of these, made by the owner
 * named, by compare-and-swap where another one could move it too:
 *
 *   parked   [desk]         -> adopting  desk: a program is built, its carry planned
 *   adopting [live worker]  -> priming   live worker: the carry is complete
 *   priming  [worker]       -> ready | mirror   worker: enough blocks rendered, all finite
 *   ready    [worker]       -> live      producer: at the next boundary
 *   mirror   [worker]       -> live      producer: failover
 *   mirror   [worker]       -> retired   producer: it was not equal to the live one
 *   live     [worker]       -> retiring  producer: another slot went live
 *                           -> failed    producer: failover
 *   retiring [worker]       -> retired   producer: the fade has ended
 *   adopting                -> parked    live worker: it has failed and cannot hand over, or the desk
 *                                        asked (a commit waits for no mirror)
 *   priming, ready, mirror  -> parked    worker: the desk asked, it is too far behind, too dear, or
 *                                        has failed
 *   retiring, retired       -> parked    worker: it has failed, or the fade has ended
 *   failed   [nobody]       -> parked    worker: it is alive and lets go
 * Threads: [any] reads. */
#ifndef ENGINE_SLOT_H
#define ENGINE_SLOT_H

#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/doorbell.h"
#include "base/rt_thread.h"
#include "engine/block_ring.h"
#include "engine/fault.h"
#include "engine/plan.h"
#include "engine/prime_cost.h"
#include "engine/slot_state.h"
#include "patch/program.h"

struct engine;

/* A worker that has failed. Writer: the worker; the desk clears is_broken when it builds. */
struct slot_health {
	_Atomic uint32_t is_broken;     /* a contained fault since the slot was built */
	_Atomic uint64_t fault_block;   /* of the last fault */
	_Atomic uint64_t fault_signal;  /* likewise */
	_Atomic uint64_t stalled_until; /* a planted stall ends when the clock is here; 0: none */
};

/* The task of the program that was built last. Writer: the parked slot's owner. */
struct slot_task {
	uint32_t n_to_prime; /* blocks to render before it is ready */
	bool is_for_commit;  /* priming ends in ready (true) or mirror */
	bool has_budget;     /* refused when too dear; a rescue is not */
};

struct slot {
	_Atomic uint32_t state; /* writers: see above */
	/* ---- writer: [desk] */
	_Atomic uint32_t is_wanted; /* 1: the desk asks for the slot, please park */
	_Atomic uint32_t late_us;   /* planted: every block takes this much longer */

	/* ---- writer: the worker; before it, who builds or hands over the program in it */
	struct slot_health health;
	_Atomic uint64_t next_block; /* all below are rendered or given up */
	_Atomic uint64_t cost_ns;    /* of the last priming (prime_cost.h) */
	/* rings of the bell that it has done all it could for */
	_Atomic unsigned answered;

	/* ---- writer: the arena's owner in the state that is named */
	struct slot_task task;
	struct program *program;      /* parked; in the arena */
	_Atomic uint64_t ready_block; /* adopting; the first block that may be heard */
	_Atomic uint64_t cursor;      /* any; events read */
	uint64_t carried_cursor;      /* adopting; events before this are in what was taken over */

	/* ---- writer: [init], or their own */
	struct engine *engine;
	int index;
	struct arena arena;
	struct doorbell bell;
	struct rt_thread thread;
	struct block_ring ring;

	struct { /* the worker's own */
		uint32_t n_primed;
		struct prime_cost cost; /* [desk] while parked */
		uint64_t stall_ends;    /* block; of the stall that is planted next */
		enum fault_kind strike; /* planted, for the block at hand */
		sigjmp_buf safe_place;
		int adopting; /* the slot that takes over from this one, or -1 */
		struct plan_table table;
	} rt;
};

/* [any] */
static inline enum slot_state slot_state(const struct slot *slot)
{
	return (enum slot_state)atomic_load_explicit(&slot->state, memory_order_acquire);
}

/* [any] The table above says who may. */
static inline bool slot_move(struct slot *slot, enum slot_state from, enum slot_state to)
{
	uint32_t expected = from;

	return atomic_compare_exchange_strong(&slot->state, &expected, to);
}

/* [any] */
static inline bool slot_renders(enum slot_state state)
{
	return state >= SLOT_PRIMING && state <= SLOT_RETIRING;
}

/* [any] A finite block n, or NULL. */
static inline const struct block *slot_take_good(const struct slot *slot, uint64_t n)
{
	const struct block *block = block_ring_take(&slot->ring, n);

	return block && block->flags & RENDER_FINITE ? block : NULL;
}

/* [producer] The ring may still hold blocks of a program that played before this one was built. */
static inline bool slot_is_of_now(const struct slot *slot, uint64_t n)
{
	return n >= atomic_load_explicit(&slot->ready_block, memory_order_relaxed);
}

/* [worker] The thread's body: worker.c. */
void *worker_run(void *slot);
/* [desk] All that the worker can do for its last ring; only in one thread. */
void worker_answer(struct slot *slot);

#endif
