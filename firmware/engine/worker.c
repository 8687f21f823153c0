/* worker.c - renders one slot's blocks in order, whenever its bell rings.
 *
 * It renders what it was told to and never more: the producer tells at most lead blocks ahead of
 * the device, so there is no catching-up to run away with. Too late to be heard, it jumps once
 * to where the producer is (live), or gives the slot back (anything else: it would no longer be
 * the same). */
#include <math.h>

#include "base/clock.h"
#include "engine/apply.h"
#include "engine/beat.h"
#include "engine/internal.h"
#include "engine/lookahead.h"

#include "base/rt_poison.h"

enum { LOST_BLOCKS = 4, LOOK_BLOCKS = 32 };

static enum stats_writer writer_of(const struct slot *slot)
{
	return slot->index == 0 ? WRITER_WORKER_A : WRITER_WORKER_B;
}

/* In lockstep time means nothing, and asking for it costs as much as a small block. */
static int64_t now_ns(const struct slot *slot)
{
	return slot->engine->config.in_lockstep ? 0 : clock_now_ns();
}

static void count_block(struct slot *slot, uint64_t n, int64_t cost_ns, bool is_live)
{
	struct stats_page *stats = slot->engine->stats;
	enum stats_writer me = writer_of(slot);
	_Atomic uint64_t *worst = &stats->rows[me].worst_ns;

	stats_add(stats, me, STAT_RENDERED, 1);
	stats_add(stats, me, STAT_BUSY_NS, (uint64_t)cost_ns);
	block_times_add(&stats->times[me], (uint64_t)cost_ns);
	if ((uint64_t)cost_ns > atomic_load_explicit(worst, memory_order_relaxed))
		atomic_store_explicit(worst, (uint64_t)cost_ns, memory_order_relaxed);
	if (n < atomic_load_explicit(&slot->engine->clock, memory_order_acquire)) {
		stats_add(stats, me, STAT_LATE, 1);
		stats_add(stats, me, STAT_DROP, is_live);
	}
}

static void be_late(const struct slot *slot, int64_t begin_ns)
{
	int64_t late_ns =
		NS_PER_US * (int64_t)atomic_load_explicit(&slot->late_us, memory_order_relaxed);

	if (late_ns && !slot->engine->config.in_lockstep)
		clock_sleep_until_ns(begin_ns + late_ns);
}

/* A block's cost in processor time, which being held up by others does not lengthen. In lockstep
 * only planted lateness counts. */
static void note_cost(struct slot *slot, int64_t begin_cpu_ns)
{
	uint64_t cost_ns =
		1000 * (uint64_t)atomic_load_explicit(&slot->late_us, memory_order_relaxed);

	if (!slot->engine->config.in_lockstep)
		cost_ns += (uint64_t)(clock_thread_cpu_ns() - begin_cpu_ns);
	prime_cost_note(&slot->rt.cost, cost_ns);
	atomic_store_explicit(&slot->cost_ns, prime_cost_ns(&slot->rt.cost), memory_order_relaxed);
}

/* A fault that was asked for. true: the block is not rendered now. */
static bool strike(struct slot *slot, struct block *block)
{
	enum fault_kind kind = slot->rt.strike;

	slot->rt.strike = FAULT_NONE;
	if (kind == FAULT_STALL) {
		atomic_store_explicit(
			&slot->health.stalled_until, slot->rt.stall_ends, memory_order_release);
		return true;
	}
	fault_strike(kind);
	if (kind == FAULT_NAN) {
		block->flags = 0;
		block->stereo[0] = NAN;
	}
	return false;
}

static void render_block(struct slot *slot, uint64_t n, enum slot_state state)
{
	bool is_priming = state == SLOT_PRIMING;
	int64_t begin_ns = now_ns(slot), begin_cpu_ns = is_priming ? clock_thread_cpu_ns() : 0;
	uint64_t n_resets = slot->program->n_resets;
	struct block *block;
	struct render_result result;

	if (slot->rt.adopting >= 0)
		apply_adopt_step(slot, n);
	if (n % LOOK_BLOCKS == 0)
		program_look_at_one(slot->program, n / LOOK_BLOCKS);
	apply_events(slot, n);
	if (slot->engine->config.tail_frames > 0)
		program_leave(slot->program, apply_has_left(slot, n));
	beat_take_tempo_if_due(slot, n);
	block = block_ring_cell(&slot->ring, n);
	if (slot->rt.strike == FAULT_STALL && strike(slot, block))
		return;
	result = program_render(slot->program, block->stereo);
	block->flags = result.flags;
	block->checksum = result.checksum;
	block->peak = result.peak;
	block->transport = *slot->program->transport;
	if (slot->rt.strike)
		strike(slot, block);
	block_ring_put(block, n);
	atomic_store_explicit(&slot->next_block, n + 1, memory_order_release);
	if (slot->program->n_resets != n_resets)
		stats_add(slot->engine->stats, writer_of(slot), STAT_RESETS,
			slot->program->n_resets - n_resets);
	if (!(result.flags & RENDER_FINITE))
		slot->rt.n_primed = 0;
	else
		slot->rt.n_primed++;
	if (is_priming)
		note_cost(slot, begin_cpu_ns);
	be_late(slot, begin_ns);
	count_block(slot, n, now_ns(slot) - begin_ns, state == SLOT_LIVE);
}

/* Farther behind than any burst: rendering all that is too late anyway would only prolong the
 * silence. */
static bool is_lost(const struct slot *slot, uint64_t n, uint64_t clock)
{
	return n + (uint64_t)(slot->engine->config.lead_blocks + LOST_BLOCKS) < clock;
}

static void re_anchor(struct slot *slot, uint64_t clock, uint64_t target)
{
	uint64_t n = clock + 1 < target ? clock + 1 : target - 1;

	apply_events(slot, n);
	atomic_store_explicit(&slot->next_block, n, memory_order_release);
	stats_add(slot->engine->stats, writer_of(slot), STAT_REANCHORS, 1);
}

static void end_priming(struct slot *slot)
{
	uint64_t budget_ns = (uint64_t)slot->engine->config.budget_ns;

	if (slot->rt.n_primed < slot->task.n_to_prime)
		return;
	if (slot->task.has_budget && budget_ns &&
		atomic_load_explicit(&slot->cost_ns, memory_order_relaxed) > budget_ns) {
		slot_move(slot, SLOT_PRIMING, SLOT_PARKED); /* the desk finds cost_ns and refuses */
		return;
	}
	slot_move(slot, SLOT_PRIMING, slot->task.is_for_commit ? SLOT_READY : SLOT_MIRROR);
	if (!slot->task.is_for_commit)
		stats_add(slot->engine->stats, writer_of(slot), STAT_RESYNCS, 1);
}

/* It will be heard: the other one may have left already (transition_schedule). */
static bool is_announced(const struct slot *slot)
{
	return atomic_load(&slot->engine->transition.sides[1 - slot->index].leave_block) != 0;
}

/* Lets go of the arena when nobody needs this slot's sound. */
static bool park_if_asked(struct slot *slot, enum slot_state state)
{
	bool is_asked = atomic_load(&slot->is_wanted) &&
			(state == SLOT_PRIMING || state == SLOT_MIRROR ||
				(state == SLOT_READY && !is_announced(slot)));

	if (!is_asked && state != SLOT_RETIRED && state != SLOT_FAILED)
		return false;
	slot->rt.adopting = -1;
	return slot_move(slot, state, SLOT_PARKED);
}

/* A commit does not wait until a mirror has taken over: the desk gets that slot back before the
 * next block. */
static bool let_go_if_asked(struct slot *slot)
{
	struct slot *to = &slot->engine->slots[1 - slot->index];

	if (slot_state(to) != SLOT_ADOPTING ||
		!atomic_load_explicit(&to->is_wanted, memory_order_acquire))
		return false;
	slot->rt.adopting = -1;
	return slot_move(to, SLOT_ADOPTING, SLOT_PARKED);
}

static bool is_stalled(struct slot *slot, uint64_t clock)
{
	uint64_t until = atomic_load_explicit(&slot->health.stalled_until, memory_order_relaxed);

	if (clock < until)
		return true;
	if (until)
		atomic_store_explicit(&slot->health.stalled_until, 0, memory_order_release);
	return false;
}

/* One block, or one change of state. false: nothing to do until the bell rings. Not inlined: who
 * calls sigsetjmp() keeps nothing in registers over a call. */
static __attribute__((noinline)) bool take_turn(struct slot *slot)
{
	struct engine *engine = slot->engine;
	enum slot_state state = slot_state(slot);
	uint64_t n = atomic_load_explicit(&slot->next_block, memory_order_relaxed);
	uint64_t clock = atomic_load_explicit(&engine->clock, memory_order_acquire);
	uint64_t target = atomic_load_explicit(&engine->target_block, memory_order_acquire);

	if (is_stalled(slot, clock))
		return false;
	if (park_if_asked(slot, state) || let_go_if_asked(slot) || lookahead_plan_if_due(slot))
		return true;
	if (!slot_renders(state) || n >= target ||
		atomic_load_explicit(&slot->health.is_broken, memory_order_relaxed))
		return false;
	if (is_lost(slot, n, clock)) {
		if (state != SLOT_LIVE && !(state == SLOT_READY && is_announced(slot)))
			return slot_move(slot, state, SLOT_PARKED);
		re_anchor(slot, clock, target);
		return true;
	}
	render_block(slot, n, state);
	if (state == SLOT_PRIMING)
		end_priming(slot);
	if (lookahead_is_reached(slot, n + 1))
		doorbell_ring(&engine->slots[1 - slot->index].bell);
	return true;
}

/* After a fault: the program is not trusted any more. The live slot stays so until the producer
 * takes the mirror's block; anything else goes back to the desk. */
static void contained(struct slot *slot, int number)
{
	enum slot_state state = slot_state(slot);

	rt_flush_denormals();
	stats_add(slot->engine->stats, writer_of(slot), STAT_FAULTS, 1);
	atomic_store_explicit(&slot->health.fault_signal, (uint64_t)number, memory_order_relaxed);
	atomic_store_explicit(
		&slot->health.fault_block, atomic_load(&slot->next_block), memory_order_relaxed);
	atomic_store_explicit(&slot->health.is_broken, 1, memory_order_release);
	if (slot->rt.adopting >= 0)
		slot_move(&slot->engine->slots[slot->rt.adopting], SLOT_ADOPTING, SLOT_PARKED);
	slot->rt.adopting = -1;
	slot->rt.strike = FAULT_NONE;
	/* the last blocks of one that leaves are still played */
	if (state != SLOT_LIVE && state != SLOT_RETIRING && slot_renders(state))
		slot_move(slot, state, SLOT_PARKED);
}

/* All it can do for the rings seen. */
static void answer(struct slot *slot, unsigned seen)
{
	while (take_turn(slot))
		;
	atomic_store_explicit(&slot->answered, seen, memory_order_release);
}

static void work(struct slot *slot)
{
	struct engine *engine = slot->engine;
	unsigned seen = atomic_load(&slot->bell.rings) - 1; /* look once, whatever was missed */

	while (!atomic_load_explicit(&engine->must_leave, memory_order_acquire)) {
		seen = doorbell_wait(&slot->bell, seen);
		answer(slot, seen);
		if (engine->config.in_lockstep)
			doorbell_ring(&engine->done);
	}
}

void worker_answer(struct slot *slot)
{
	int number;

	fault_return_to(&slot->rt.safe_place);
	number = sigsetjmp(slot->rt.safe_place, 1);
	if (number)
		contained(slot, number);
	answer(slot, atomic_load(&slot->bell.rings));
	fault_return_to(NULL);
}

void *worker_run(void *arg)
{
	struct slot *slot = arg;
	int number;

	fault_enter(&slot->rt.safe_place);
	number = sigsetjmp(slot->rt.safe_place, 1);
	if (number)
		contained(slot, number);
	work(slot);
	fault_leave();
	return NULL;
}
