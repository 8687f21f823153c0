#include "engine/transition.h"

#include "engine/beat.h"
#include "engine/internal.h"
#include "engine/lookahead.h"

#include "base/rt_poison.h"

enum { MEASURE_FRAMES = 1024 };

enum verdict { NOT_YET, AS_PLANNED, SAME, BLIND };

static uint64_t load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

void transition_init(struct transition *transition, int fade_frames)
{
	for (int s = 0; s < N_SLOTS; s++)
		transition->sides[s].hint = REPLAY_HINT_NONE;
	transition->rt.fade = (struct fade){.shortest_frames = fade_frames};
}

/* ---- which law */

/* The blocks that both rendered while the new one primed say what the two have in common; the
 * last 1024 frames of them, so that the swap costs the producer the same few microseconds at any
 * block size. */
static void measure(const struct engine *engine, const struct slot *old, const struct slot *new,
	uint64_t n, struct correlation *correlation)
{
	int n_primed =
		int_min(engine->config.prime_blocks, MEASURE_FRAMES / engine->config.block_frames);
	uint64_t from = n > (uint64_t)n_primed ? n - (uint64_t)n_primed : 0;

	for (uint64_t i = from; i < n; i++) {
		const struct block *x = slot_take_good(old, i), *y = slot_take_good(new, i);

		if (x && y)
			correlation_add(
				correlation, x->stereo, y->stereo, engine->config.block_frames);
	}
}

/* A patch that has failed ahead of the device fades while it still has blocks. */
static void end_with(struct fade *fade, const struct slot *old, uint64_t n, int block_frames)
{
	uint64_t next = atomic_load_explicit(&old->next_block, memory_order_acquire);
	uint64_t n_left = next > n ? next - n : 0;

	if (atomic_load_explicit(&old->health.is_broken, memory_order_acquire) &&
		n_left * (uint64_t)block_frames < (uint64_t)fade->n_frames)
		fade->n_frames = (int)n_left * block_frames;
}

static void begin_fade(struct engine *engine, const struct slot *old, const struct slot *new,
	uint64_t n, enum verdict verdict)
{
	struct fade *fade = &engine->transition.rt.fade;
	const struct slot_plan *plan = &side_of(new)->plan;
	struct correlation correlation;

	if (verdict == AS_PLANNED && plan->n_frames) {
		fade_begin_at(fade, plan->offset, plan->n_frames, plan->makeup);
		return;
	}
	correlation_init(&correlation, fade->shortest_frames);
	measure(engine, old, new, n, &correlation);
	fade_begin(fade, &correlation);
	end_with(fade, old, n, engine->config.block_frames);
}

/* ---- when */

/* The block at which the swap is due if no fade has been chosen for it, or can be; UINT64_MAX: not
 * known yet, or the fade begins as it was planned. */
static uint64_t due_unplanned(
	const struct engine *engine, const struct transition_side *to, uint64_t clock)
{
	uint64_t lookahead_end = load(&to->lookahead_end), first = load(&to->first_start);

	if (lookahead_end == 0)
		return UINT64_MAX;
	if (lookahead_end >= LOOKAHEAD_SAME)
		return first;
	if (atomic_load_explicit(&to->planned_for, memory_order_acquire) != lookahead_end)
		return first + (uint64_t)lookahead_patience_blocks(engine);
	return to->plan.block < clock ? first : UINT64_MAX; /* none, or it was missed */
}

static uint64_t due(const struct engine *engine, const struct slot *new)
{
	const struct transition_side *to = side_of(new);
	uint64_t ready = load(&new->ready_block);

	if (to->is_planned)
		return due_unplanned(engine, to, load(&engine->clock));
	if (to->hint.blind_blocks < 0)
		return beat_next_block(engine, ready);
	return ready + (uint64_t)(engine->transition.n_lookahead_blocks ? to->hint.blind_blocks
									: to->hint.tempo_blocks);
}

/* A swap whose fade is not chosen ahead (lookahead.h) is announced before its first block is
 * rendered: from then on events belong to the new patch, its tempo begins, and the old one rings
 * out. */
static void announce_if_due(struct engine *engine, struct transition_side *from, struct slot *new,
	uint64_t stamped, uint64_t target)
{
	struct transition_side *to = side_of(new);
	uint64_t block;

	if (load(&from->leave_block) || load(&new->next_block) < load(&engine->clock))
		return; /* it is announced, or late now */
	block = due(engine, new);
	if (block >= target)
		return;
	if (!to->is_planned)
		atomic_store_explicit(&to->first_start, block, memory_order_relaxed);
	/* and only then a look whether the desk takes it back: so one of us sees the other */
	atomic_store(&from->leave_block, block > stamped ? block : stamped);
	if (atomic_load(&new->is_wanted))
		atomic_store(&from->leave_block, 0);
}

uint64_t transition_schedule(struct engine *engine, uint64_t stamped, uint64_t due)
{
	int live = live_index(engine);
	struct slot *new = &engine->slots[1 - live];
	struct transition_side *from = &engine->transition.sides[live];
	enum slot_state state = slot_state(new);
	/* at least stamped: the lookahead of the last fade may still be ahead */
	uint64_t target = due < stamped ? stamped : due;

	if (state == SLOT_PRIMING || state == SLOT_READY)
		target = lookahead_extend(engine, new, stamped, target);
	if (slot_state(new) == SLOT_READY)
		announce_if_due(engine, from, new, stamped, target);
	else if (load(&from->leave_block) && slot_state(&engine->slots[live]) == SLOT_LIVE)
		/* the new one has failed before it was heard */
		atomic_store_explicit(&from->leave_block, 0, memory_order_release);
	return target;
}

/* ---- is it time? */

static enum verdict judge_announced(const struct slot *old, const struct slot *new, uint64_t n)
{
	uint64_t leave = load(&side_of(old)->leave_block);
	uint64_t hinted =
		load(&new->ready_block) + (uint64_t)int_max(side_of(new)->hint.blind_blocks, 0);

	if (!block_ring_take(&old->ring, n))
		return BLIND; /* nobody is heard */
	return leave && n >= leave && n >= hinted ? BLIND : NOT_YET;
}

static enum verdict judge_planned(const struct engine *engine, const struct slot *old,
	const struct transition_side *to, uint64_t n)
{
	uint64_t lookahead_end = load(&to->lookahead_end), first = load(&to->first_start);
	uint64_t latest = first + (uint64_t)lookahead_patience_blocks(engine);

	if (lookahead_end == 0 || n < first)
		return NOT_YET;
	if (lookahead_end >= LOOKAHEAD_SAME)
		return lookahead_end == LOOKAHEAD_SAME && n == first ? SAME : BLIND;
	if (atomic_load_explicit(&to->planned_for, memory_order_acquire) == lookahead_end)
		return n == to->plan.block ? AS_PLANNED : n < to->plan.block ? NOT_YET : BLIND;
	if (atomic_load_explicit(&old->health.is_broken, memory_order_acquire))
		return BLIND; /* it will never reach the end of the lookahead */
	return n < latest ? NOT_YET : BLIND;
}

static enum verdict judge(
	const struct engine *engine, const struct slot *old, const struct slot *new, uint64_t n)
{
	enum verdict verdict = side_of(new)->is_planned
				       ? judge_planned(engine, old, side_of(new), n)
				       : judge_announced(old, new, n);
	uint64_t leave = load(&side_of(old)->leave_block);

	if (verdict == BLIND &&
		!atomic_load_explicit(&old->health.is_broken, memory_order_acquire) &&
		block_ring_take(&old->ring, n) && (leave == 0 || n < leave))
		return NOT_YET; /* what it renders ahead is to know first */
	return verdict;
}

/* From ready_block to the swap, as far as a rendering of the same events could not know it; -1: it
 * could. */
static int blind_blocks(const struct engine *engine, const struct slot *new, uint64_t n)
{
	const struct transition_side *to = side_of(new);
	const struct transition_side *from = &engine->transition.sides[1 - new->index];
	bool is_expected = !to->is_planned && to->hint.blind_blocks < 0 &&
			   n == load(&to->first_start) && n == load(&from->leave_block);

	return is_expected ? -1 : (int)(n - load(&new->ready_block));
}

static void note_swap(struct engine *engine, const struct slot *old, const struct slot *new,
	uint64_t n, enum verdict verdict)
{
	struct transition_side *from = side_of(old), *to = side_of(new);

	if (!load(&from->leave_block))
		atomic_store_explicit(&from->leave_block, n, memory_order_release);
	atomic_store_explicit(&to->blind_blocks,
		verdict == BLIND ? blind_blocks(engine, new, n) : -1, memory_order_relaxed);
	atomic_store_explicit(&to->live_since, n, memory_order_relaxed);
	atomic_store_explicit(&to->left_block, load(&from->leave_block), memory_order_relaxed);
}

/* true: it is heard from block n on. */
static __attribute__((noinline)) bool swap_if_time(
	struct engine *engine, struct slot *old, struct slot *new, uint64_t n)
{
	enum verdict verdict = judge(engine, old, new, n);

	if (verdict == NOT_YET || !slot_move(new, SLOT_READY, SLOT_LIVE))
		return false;
	begin_fade(engine, old, new, n, verdict);
	tail_begin(&engine->transition.rt.tail, engine->config.tail_frames);
	engine->transition.rt.cut_block = 0;
	note_swap(engine, old, new, n, verdict);
	slot_move(old, SLOT_LIVE, SLOT_RETIRING);
	set_live(engine, new->index);
	stats_add(engine->stats, WRITER_PRODUCER, STAT_COMMITS, 1);
	stats_add(engine->stats, WRITER_PRODUCER, STAT_BLIND,
		verdict == BLIND && side_of(new)->is_planned);
	return true;
}

/* A primed patch waits. The only place where a commit becomes audible. */
static inline bool begin_if_ready(
	struct engine *engine, struct slot *old, struct slot *new, uint64_t n)
{
	if (slot_state(new) != SLOT_READY || !slot_is_of_now(new, n) || !slot_take_good(new, n))
		return false;
	return swap_if_time(engine, old, new, n);
}

/* ---- how far it is */

void transition_cut(struct engine *engine, uint64_t n)
{
	engine->transition.rt.cut_block = n;
}

void transition_abandon(struct engine *engine)
{
	slot_move(&engine->slots[1 - live_index(engine)], SLOT_RETIRING, SLOT_RETIRED);
}

/* Two patches at once: the old one's block n under the new one's. */
static __attribute__((noinline)) const float *mix_old(
	struct engine *engine, struct slot *old, const struct block *block, uint64_t n, float *mix)
{
	const struct block *under = slot_take_good(old, n);
	struct fade *fade = &engine->transition.rt.fade;
	struct tail *tail = &engine->transition.rt.tail;
	uint64_t cut_block = engine->transition.rt.cut_block;
	int n_frames = engine->config.block_frames;
	bool has_tail = tail->n_left > 0;

	if (has_tail && cut_block && n >= cut_block)
		tail_cut(tail, engine->config.rate_hz / 50);
	if (under && has_tail)
		tail_mix(tail, fade, under->stereo, block->stereo, mix, n_frames);
	else if (under && fade_is_on(fade))
		fade_mix(fade, under->stereo, block->stereo, mix, n_frames);
	else
		under = NULL;
	if (!under || (has_tail ? tail->n_left == 0 : !fade_is_on(fade)))
		slot_move(old, SLOT_RETIRING, SLOT_RETIRED);
	return under ? mix : block->stereo;
}

const float *transition_block(
	struct engine *engine, uint64_t n, float *mix, const struct block **live)
{
	int i = live_index(engine);
	struct slot *heard = &engine->slots[i], *other = &engine->slots[1 - i];
	const struct block *block;

	if (begin_if_ready(engine, heard, other, n)) {
		heard = other;
		other = &engine->slots[i];
	}
	block = *live = slot_take_good(heard, n);
	if (!block)
		return NULL;
	return slot_state(other) == SLOT_RETIRING ? mix_old(engine, other, block, n, mix)
						  : block->stereo;
}

/* ---- the desk's */

void transition_prepare(struct engine *engine, struct slot *slot, bool is_for_commit)
{
	struct transition_side *side = side_of(slot);

	side->is_planned = is_for_commit && engine->transition.n_lookahead_blocks > 0 &&
			   side->hint.blind_blocks < 0;
	side->has_tempo_to_come = slot->program->tempo_to_come > 0.0f;
	atomic_store(&side->leave_block, 0);
	atomic_store(&side->lookahead_end, 0);
	atomic_store(&side->is_same_hint, false);
	atomic_store(&side->planned_for, 0);
	atomic_store(&side->tempo_block, 0);
	side->plan = (struct slot_plan){0};
}

/* The plan is the worker's until it is live by it. */
static int late_blocks(const struct engine *engine, const struct slot *slot, int blind_blocks)
{
	const struct transition_side *to = side_of(slot);
	bool is_planned = to->is_planned && blind_blocks < 0 && live_index(engine) == slot->index &&
			  to->plan.block;

	return is_planned ? to->plan.n_late_blocks : 0;
}

struct transition_facts engine_transition(const struct engine *engine, int s)
{
	const struct slot *slot = &engine->slots[s];
	const struct transition_side *side = side_of(slot);
	int blind_blocks = atomic_load_explicit(&side->blind_blocks, memory_order_relaxed);

	return (struct transition_facts){
		.ready_block = atomic_load(&slot->ready_block),
		.live_since = atomic_load(&side->live_since),
		.left_block = atomic_load(&side->left_block),
		.leave_block = atomic_load(&side->leave_block),
		.is_same = side->is_same_hint && blind_blocks < 0,
		.late_blocks = late_blocks(engine, slot, blind_blocks),
		.blind_blocks = blind_blocks,
		.tempo_blocks = beat_tempo_blocks(slot),
	};
}
