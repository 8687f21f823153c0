#include "engine/lookahead.h"

#include <math.h>

#include "engine/beat.h"

#include "base/rt_poison.h"

enum {
	KNOWN_BLOCKS = 4,   /* the producer has seen by then that priming began */
	AHEAD_BLOCKS = 3,   /* from telling the workers to the first start, at least */
	AHEAD_FRAMES = 192, /* and at least that long */
	SAME_BLOCKS = 32,   /* that are compared, at most */
	SEARCH_BLOCKS = 2,  /* a search takes no longer */
	MAX_AHEAD_BLOCKS = BLOCK_RING_CELLS * 3 / 4,
};

static int blocks_of(const struct engine_config *config, int n_frames)
{
	return (n_frames + config->block_frames - 1) / config->block_frames;
}

static int window_frames(const struct engine_config *config)
{
	return config->rate_hz / 100;
}

/* Starts that are tried: a period of a beat of 150 Hz. */
static int start_frames(const struct engine_config *config)
{
	return config->rate_hz / 150;
}

static int ahead_blocks(const struct engine_config *config)
{
	return int_max(AHEAD_BLOCKS, blocks_of(config, AHEAD_FRAMES));
}

int lookahead_blocks(const struct engine_config *config)
{
	int n = blocks_of(
		config, start_frames(config) + config->fade_frames + window_frames(config));

	if (config->fade_frames == 0 || config->fade_frames > window_frames(config) ||
		config->tail_frames > 0 ||
		n + ahead_blocks(config) + config->lead_blocks > MAX_AHEAD_BLOCKS ||
		n * config->block_frames > PLAN_MAX_FRAMES - window_frames(config))
		return 0;
	return n;
}

int lookahead_patience_blocks(const struct engine *engine)
{
	return blocks_of(&engine->config, 2 * start_frames(&engine->config));
}

/* ---- [producer] */

static uint64_t first_start(const struct engine *engine, const struct slot *new)
{
	uint64_t ready = atomic_load_explicit(&new->ready_block, memory_order_relaxed);
	uint64_t seen = ready - new->task.n_to_prime + KNOWN_BLOCKS +
			(uint64_t)ahead_blocks(&engine->config);

	return beat_next_block(engine, seen > ready ? seen : ready);
}

/* Of the blocks primed so far, without those that the workers were told a moment ago. */
static uint64_t judge_sameness(
	const struct slot *old, const struct slot *new, uint64_t first, uint64_t stamped)
{
	uint64_t from = atomic_load_explicit(&new->ready_block, memory_order_relaxed) -
			new->task.n_to_prime;
	bool is_same = true;

	if (from + SAME_BLOCKS < first) /* it has waited for its beat */
		from = first - SAME_BLOCKS;
	for (uint64_t n = from; n + 1 < stamped; n++) {
		const struct block *x = slot_take_good(old, n), *y = slot_take_good(new, n);

		if (side_of(new)->hint.is_same)
			break;
		if (!x || !y)
			return LOOKAHEAD_NONE;
		is_same = is_same && x->checksum == y->checksum;
	}
	/* another tempo begins with the fade, and will be heard later */
	return is_same && !side_of(new)->has_tempo_to_come ? LOOKAHEAD_SAME : 0;
}

/* Without a lookahead before it, the tempo may still move the beat, until events are stamped behind
 * it. */
static bool is_settled(const struct engine *engine, const struct slot *new, uint64_t stamped)
{
	const struct transition_side *to = side_of(new);
	uint64_t lookahead_end = atomic_load_explicit(&to->lookahead_end, memory_order_relaxed);

	if (lookahead_end < LOOKAHEAD_SAME || engine->config.quantize_beats <= 0.0)
		return lookahead_end != 0;
	return atomic_load_explicit(&to->first_start, memory_order_relaxed) <= stamped;
}

uint64_t lookahead_extend(
	struct engine *engine, struct slot *new, uint64_t stamped, uint64_t target)
{
	struct transition_side *to = side_of(new);
	uint64_t first, lookahead_end;

	if (!to->is_planned || is_settled(engine, new, stamped))
		return target;
	first = first_start(engine, new);
	lookahead_end = atomic_load_explicit(&to->lookahead_end, memory_order_relaxed);
	if (lookahead_end && first == atomic_load_explicit(&to->first_start, memory_order_relaxed))
		return target;
	if (target + (uint64_t)ahead_blocks(&engine->config) < first) {
		atomic_store_explicit(&to->lookahead_end, 0, memory_order_relaxed);
		return target;
	}
	lookahead_end = judge_sameness(&engine->slots[1 - new->index], new, first, stamped);
	if (lookahead_end == 0)
		lookahead_end = first + (uint64_t)engine->transition.n_lookahead_blocks;
	if (stamped + (uint64_t)ahead_blocks(&engine->config) >= first || target > lookahead_end) {
		lookahead_end = LOOKAHEAD_NONE; /* an event may have been stamped within */
		if (first < stamped)
			first = stamped; /* the first block that is not rendered yet */
	}
	/* a producer that hands over a block at a time looks one block before it is too late */
	atomic_store_explicit(&to->is_same_hint,
		lookahead_end == LOOKAHEAD_SAME &&
			stamped + (uint64_t)ahead_blocks(&engine->config) + 1 != first,
		memory_order_relaxed);
	atomic_store_explicit(&to->first_start, first, memory_order_relaxed);
	atomic_store_explicit(&to->lookahead_end, lookahead_end, memory_order_release);
	return lookahead_end >= LOOKAHEAD_SAME ? target : lookahead_end;
}

static bool has_rendered(const struct slot *slot, uint64_t lookahead_end)
{
	return atomic_load_explicit(&slot->next_block, memory_order_acquire) >= lookahead_end;
}

static bool is_due(const struct slot *slot, const struct transition_side *to)
{
	const struct slot *live = &slot->engine->slots[1 - slot->index];
	uint64_t lookahead_end = atomic_load_explicit(&to->lookahead_end, memory_order_acquire);

	return lookahead_end && lookahead_end < LOOKAHEAD_SAME &&
	       atomic_load_explicit(&to->planned_for, memory_order_relaxed) != lookahead_end &&
	       has_rendered(slot, lookahead_end) && has_rendered(live, lookahead_end);
}

/* ---- [worker] */

bool lookahead_is_reached(const struct slot *slot, uint64_t n)
{
	const struct slot *other = &slot->engine->slots[1 - slot->index];

	return n == atomic_load_explicit(&side_of(other)->lookahead_end, memory_order_acquire);
}

/* The first of the live one's blocks before `first` that is still there, n_max at most. */
static uint64_t first_known(const struct slot *live, uint64_t first, int n_max)
{
	uint64_t since = atomic_load_explicit(&live->ready_block, memory_order_relaxed) -
			 live->task.n_to_prime;
	uint64_t from = first;

	while (n_max-- > 0 && from > since && slot_take_good(live, from - 1))
		from--;
	return from;
}

/* Both signals, from as far back as the ring reaches to the end of the lookahead. false: one has a
 * block that cannot be played. */
static bool load(struct slot *slot, uint64_t first, uint64_t lookahead_end)
{
	const struct engine_config *config = &slot->engine->config;
	const struct slot *live = &slot->engine->slots[1 - slot->index];
	struct plan_table *table = &slot->rt.table;
	int n_ahead = slot->engine->transition.n_lookahead_blocks, n_frames = config->block_frames;
	/* 50 ms: a period of the slowest beats between tones that are heard as two */
	int n_max = int_min(config->rate_hz / 19, PLAN_MAX_FRAMES - n_ahead * n_frames) / n_frames;
	uint64_t from =
		first_known(live, first, int_min(n_max, BLOCK_RING_CELLS - MAX_AHEAD_BLOCKS));

	table->n_before = (int)(first - from) * n_frames;
	table->n_frames = (int)(lookahead_end - from) * n_frames;
	table->n_window_frames = window_frames(config);
	for (uint64_t n = from; n < lookahead_end; n++) {
		const struct block *x = slot_take_good(live, n), *y = slot_take_good(slot, n);

		if (!x || (n >= first && !y))
			return false;
		plan_load(table, (int)(n - from) * n_frames, x->stereo,
			n >= first ? y->stereo : NULL, n_frames);
	}
	return true;
}

/* The first block that can still be reached. Told by a journal, or by the clock. */
static uint64_t earliest(const struct slot *slot, uint64_t first)
{
	uint64_t clock = atomic_load_explicit(&slot->engine->clock, memory_order_acquire);
	uint64_t hinted = first + (uint64_t)side_of(slot)->hint.late_blocks;

	return clock + SEARCH_BLOCKS > hinted ? clock + SEARCH_BLOCKS : hinted;
}

static struct slot_plan choose(struct slot *slot, uint64_t first, uint64_t lookahead_end)
{
	const struct engine_config *config = &slot->engine->config;
	const struct plan_table *table = &slot->rt.table;
	uint64_t early = earliest(slot, first);
	int n_late = (int)(early - first), from, to, patience;
	struct plan plan;

	patience = lookahead_patience_blocks(slot->engine);
	if (n_late >= patience || !load(slot, first, lookahead_end))
		return (struct slot_plan){0};
	from = table->n_before + n_late * config->block_frames;
	to = int_min(from + start_frames(config), table->n_frames - config->fade_frames);
	to = int_min(to, table->n_before + patience * config->block_frames);
	plan = plan_choose(&slot->rt.table, from, int_max(to, from), config->fade_frames);
	plan.start -= table->n_before;
	return (struct slot_plan){.block = first + (uint64_t)(plan.start / config->block_frames),
		.offset = plan.start % config->block_frames,
		.n_frames = plan.n_frames,
		.makeup = plan.makeup,
		.n_late_blocks = n_late};
}

bool lookahead_plan_if_due(struct slot *slot)
{
	struct transition_side *to;
	uint64_t lookahead_end;

	if (slot_state(slot) != SLOT_READY)
		return false;
	to = side_of(slot);
	if (!is_due(slot, to))
		return false;
	lookahead_end = atomic_load_explicit(&to->lookahead_end, memory_order_relaxed);
	to->plan = choose(
		slot, atomic_load_explicit(&to->first_start, memory_order_relaxed), lookahead_end);
	atomic_store_explicit(&to->planned_for, lookahead_end, memory_order_release);
	return true;
}
