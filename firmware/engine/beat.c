#include "engine/beat.h"

#include <math.h>

#include "base/rt_poison.h"

enum { LOOK_BACK_BLOCKS = 16 };

/* ---- [producer] */

static const struct block *take(const struct slot *slot, uint64_t n)
{
	return n == UINT64_MAX ? NULL : block_ring_take(&slot->ring, n);
}

static uint64_t n_stamped(const struct engine *engine)
{
	return atomic_load_explicit(&engine->events.stamped, memory_order_relaxed);
}

static uint64_t next_of(const struct slot *slot)
{
	return atomic_load_explicit(&slot->next_block, memory_order_acquire);
}

void beat_note_rendered(struct engine *engine)
{
	uint64_t cursor = atomic_load_explicit(&engine->unrendered_cursor, memory_order_relaxed);
	uint64_t stamped = n_stamped(engine);
	uint64_t next = next_of(&engine->slots[live_index(engine)]);

	while (cursor < stamped && engine->events.cells[cursor % EVENT_LOG_CELLS].block < next)
		cursor++;
	atomic_store_explicit(&engine->unrendered_cursor, cursor, memory_order_release);
}

static bool is_tempo(const struct slot *live, const struct event *event)
{
	return event->kind == EVENT_PARAM && event->param == PATCH_CLOCK_TEMPO_BPM &&
	       event->at[live->index].module == PATCH_CLOCK &&
	       event->at[live->index].generation == live->program->generation;
}

/* May a quantized commit be heard from block n on, which is there? Unquantized: always. */
static bool is_met(const struct engine *engine, const struct slot *live, uint64_t n)
{
	const struct block *block = take(live, n), *last = take(live, n - 1);
	double before;

	if (!block)
		return true;
	before = last ? last->transport.beat
		      : block->transport.beat -
				 engine->config.block_frames * block->transport.beats_per_frame;
	return patch_clock_passes(before, block->transport.beat, engine->config.quantize_beats);
}

/* A beat may have been rendered already, where the producer was held up. Returns a block after
 * last where there was none. */
static uint64_t find_rendered(
	const struct engine *engine, const struct slot *live, uint64_t from, uint64_t last)
{
	if (from + LOOK_BACK_BLOCKS <= last)
		from = last + 1 - LOOK_BACK_BLOCKS;
	while (from <= last && !is_met(engine, live, from))
		from++;
	return from;
}

/* A time at one tempo: it begins with this block. */
struct tempo_span {
	uint64_t block;
	double beat, beats_a_block;
};

static uint64_t find_ahead(struct tempo_span at, uint64_t from, double unit_beats)
{
	uint64_t last = from > at.block ? from - 1 : at.block;
	double beat = at.beat + at.beats_a_block * (double)(last - at.block);
	double next = patch_clock_next_multiple(beat, unit_beats);

	return at.block + (uint64_t)ceil((next - at.beat) / at.beats_a_block);
}

/* From block `last` on, which was rendered: at its tempo, and at those that are stamped. */
static uint64_t foresee(const struct engine *engine, const struct slot *live,
	const struct block *block, uint64_t last, uint64_t from)
{
	const struct engine_config *config = &engine->config;
	struct tempo_span at = {last, block->transport.beat,
		block->transport.beats_per_frame * config->block_frames};
	uint64_t stamped = n_stamped(engine);

	for (uint64_t i = atomic_load_explicit(&engine->unrendered_cursor, memory_order_relaxed);
		i < stamped; i++) {
		const struct event *event = &engine->events.cells[i % EVENT_LOG_CELLS];
		uint64_t found;

		if (event->block <= last || !is_tempo(live, event))
			continue;
		found = find_ahead(at, from, config->quantize_beats);
		if (found <= event->block)
			return found;
		at.beat += at.beats_a_block * (double)(event->block - at.block);
		at.block = event->block;
		at.beats_a_block = config->block_frames * patch_clock_beats_per_frame(event->value,
								  (float)config->rate_hz);
	}
	return find_ahead(at, from, config->quantize_beats);
}

uint64_t beat_next_block(const struct engine *engine, uint64_t from)
{
	const struct slot *live = &engine->slots[live_index(engine)];
	uint64_t last = next_of(live) - 1, found;
	const struct block *block = take(live, last);

	if (engine->config.quantize_beats <= 0.0)
		return from;
	if (!block)
		return atomic_load_explicit(&live->health.is_broken, memory_order_acquire)
			       ? from
			       : UINT64_MAX;
	found = find_rendered(engine, live, from, last);
	return found <= last ? found : foresee(engine, live, block, last, from);
}

/* ---- [worker] */

static bool is_due(const struct slot *slot, uint64_t n)
{
	const struct transition_side *to = side_of(slot);
	const struct slot *other = &slot->engine->slots[1 - slot->index];
	uint64_t leave;

	if (to->is_planned)
		return atomic_load_explicit(&to->lookahead_end, memory_order_acquire) &&
		       n >= atomic_load_explicit(&to->first_start, memory_order_relaxed);
	if (slot->engine->transition
			.n_lookahead_blocks) /* it was planned where it was heard first */
		return to->hint.blind_blocks >= 0 &&
		       n >= atomic_load_explicit(&slot->ready_block, memory_order_relaxed) +
				       (uint64_t)to->hint.tempo_blocks;
	leave = atomic_load_explicit(&side_of(other)->leave_block, memory_order_acquire);
	return leave && n >= leave;
}

void beat_take_tempo_if_due(struct slot *slot, uint64_t n)
{
	if (slot->program->tempo_to_come <= 0.0f || !is_due(slot, n))
		return;
	program_take_tempo(slot->program);
	atomic_store_explicit(&side_of(slot)->tempo_block, n, memory_order_relaxed);
}

/* ---- [desk] */

int beat_tempo_blocks(const struct slot *slot)
{
	const struct slot *other = &slot->engine->slots[1 - slot->index];
	uint64_t n = atomic_load_explicit(slot->engine->transition.n_lookahead_blocks
						  ? &side_of(slot)->tempo_block
						  : &side_of(other)->leave_block,
		memory_order_relaxed);

	return n ? (int)(n - atomic_load_explicit(&slot->ready_block, memory_order_relaxed)) : -1;
}
