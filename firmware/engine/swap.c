#include "engine/swap.h"

#include "engine/beat.h"
#include "engine/lookahead.h"

#include "base/rt_poison.h"

enum { MEASURE_FRAMES = 1024 };

enum verdict { NOT_YET, AS_PLANNED, SAME, BLIND };

void swap_set_live(struct engine *engine, int slot)
{
	atomic_store_explicit(&engine->live, (uint32_t)slot, memory_order_release);
	atomic_store_explicit(&engine->stats->live, (uint32_t)slot, memory_order_relaxed);
}

/* ---- which fade */

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

	if (atomic_load_explicit(&old->is_broken, memory_order_acquire) &&
		n_left * (uint64_t)block_frames < (uint64_t)fade->n_frames)
		fade->n_frames = (int)n_left * block_frames;
}

static void begin_fade(struct engine *engine, const struct slot *old, const struct slot *new,
	uint64_t n, enum verdict verdict)
{
	struct fade *fade = &engine->rt.fade;
	struct correlation correlation;

	if (verdict == AS_PLANNED && new->plan.n_frames) {
		fade_begin_at(fade, new->plan.offset, new->plan.n_frames, new->plan.makeup);
		return;
	}
	correlation_init(&correlation, fade->shortest_frames);
	measure(engine, old, new, n, &correlation);
	fade_begin(fade, &correlation);
	end_with(fade, old, n, engine->config.block_frames);
}

/* ---- when */

static uint64_t load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

/* The block at which the swap is due if no fade has been chosen for it, or can be; UINT64_MAX: not
 * known yet, or the fade begins as it was planned. */
static uint64_t due_unplanned(const struct engine *engine, const struct slot *new, uint64_t clock)
{
	uint64_t lookahead_end = load(&new->lookahead_end), first = load(&new->first_start);

	if (lookahead_end == 0)
		return UINT64_MAX;
	if (lookahead_end >= LOOKAHEAD_SAME)
		return first;
	if (atomic_load_explicit(&new->planned_for, memory_order_acquire) != lookahead_end)
		return first + (uint64_t)lookahead_patience_blocks(engine);
	return new->plan.block < clock ? first : UINT64_MAX; /* none, or it was missed */
}

static uint64_t due(const struct engine *engine, const struct slot *new)
{
	uint64_t ready = load(&new->ready_block);

	if (new->is_planned)
		return due_unplanned(engine, new, load(&engine->clock));
	if (new->told.blind_blocks < 0)
		return beat_next_block(engine, ready);
	return ready + (uint64_t)(engine->n_lookahead_blocks ? new->told.blind_blocks
							     : new->told.tempo_blocks);
}

void swap_announce(struct engine *engine, uint64_t stamped, uint64_t rung)
{
	struct slot *old = &engine->slots[live_index(engine)],
		    *new = &engine->slots[1 - old->index];
	bool is_announced = load(&old->leave_block) != 0;
	uint64_t block;

	if (slot_state(new) != SLOT_READY) {
		if (is_announced && slot_state(old) == SLOT_LIVE)
			atomic_store_explicit(&old->leave_block, 0, memory_order_release);
		return;
	}
	if (is_announced || load(&new->next_block) < load(&engine->clock)) /* it is late now */
		return;
	block = due(engine, new);
	if (block >= rung)
		return;
	if (!new->is_planned)
		atomic_store_explicit(&new->first_start, block, memory_order_relaxed);
	/* and only then a look whether the desk takes it back: so one of us sees the other */
	atomic_store(&old->leave_block, block > stamped ? block : stamped);
	if (atomic_load(&new->is_wanted))
		atomic_store(&old->leave_block, 0);
}

static enum verdict judge_announced(const struct slot *old, const struct slot *new, uint64_t n)
{
	uint64_t leave = load(&old->leave_block);
	uint64_t told = load(&new->ready_block) + (uint64_t)int_max(new->told.blind_blocks, 0);

	if (!block_ring_take(&old->ring, n))
		return BLIND; /* nobody is heard */
	return leave && n >= leave && n >= told ? BLIND : NOT_YET;
}

static enum verdict judge_planned(
	const struct engine *engine, const struct slot *old, const struct slot *new, uint64_t n)
{
	uint64_t lookahead_end = atomic_load_explicit(&new->lookahead_end, memory_order_relaxed);
	uint64_t first = atomic_load_explicit(&new->first_start, memory_order_relaxed);
	uint64_t latest = first + (uint64_t)lookahead_patience_blocks(engine);

	if (lookahead_end == 0 || n < first)
		return NOT_YET;
	if (lookahead_end >= LOOKAHEAD_SAME)
		return lookahead_end == LOOKAHEAD_SAME && n == first ? SAME : BLIND;
	if (atomic_load_explicit(&new->planned_for, memory_order_acquire) == lookahead_end)
		return n == new->plan.block ? AS_PLANNED : n < new->plan.block ? NOT_YET : BLIND;
	if (atomic_load_explicit(&old->is_broken, memory_order_acquire))
		return BLIND; /* it will never reach the end of the lookahead */
	return n < latest ? NOT_YET : BLIND;
}

static enum verdict judge(
	const struct engine *engine, const struct slot *old, const struct slot *new, uint64_t n)
{
	enum verdict verdict =
		new->is_planned ? judge_planned(engine, old, new, n) : judge_announced(old, new, n);
	uint64_t leave = load(&old->leave_block);

	if (verdict == BLIND && !atomic_load_explicit(&old->is_broken, memory_order_acquire) &&
		block_ring_take(&old->ring, n) && (leave == 0 || n < leave))
		return NOT_YET; /* what it renders ahead is to know first */
	return verdict;
}

/* What a rendering of the same events could not know by itself: -1: nothing. */
static int blind_blocks(const struct engine *engine, const struct slot *new, uint64_t n)
{
	uint64_t ready = atomic_load_explicit(&new->ready_block, memory_order_relaxed);
	const struct slot *old = &engine->slots[1 - new->index];
	bool is_expected = !new->is_planned &&new->told.blind_blocks < 0 &&
			   n == load(&new->first_start) && n == load(&old->leave_block);

	return is_expected ? -1 : (int)(n - ready);
}

void swap_if_ready(struct engine *engine, uint64_t n)
{
	struct slot *old = &engine->slots[live_index(engine)],
		    *new = &engine->slots[1 - old->index];
	enum verdict verdict;

	if (slot_state(new) != SLOT_READY || !slot_is_of_now(new, n) || !slot_take_good(new, n))
		return;
	verdict = judge(engine, old, new, n);
	if (verdict == NOT_YET || !slot_move(new, SLOT_READY, SLOT_LIVE))
		return;
	begin_fade(engine, old, new, n, verdict);
	tail_begin(&engine->rt.tail, engine->config.tail_frames);
	engine->rt.cut_block = 0;
	if (!load(&old->leave_block))
		atomic_store_explicit(&old->leave_block, n, memory_order_release);
	atomic_store_explicit(&new->blind_blocks,
		verdict == BLIND ? blind_blocks(engine, new, n) : -1, memory_order_relaxed);
	atomic_store_explicit(&new->live_since, n, memory_order_relaxed);
	atomic_store_explicit(&new->left_block, load(&old->leave_block), memory_order_relaxed);
	slot_move(old, SLOT_LIVE, SLOT_RETIRING);
	swap_set_live(engine, new->index);
	stats_add(engine->stats, WRITER_PRODUCER, STAT_COMMITS, 1);
	stats_add(engine->stats, WRITER_PRODUCER, STAT_BLIND, verdict == BLIND && new->is_planned);
}
