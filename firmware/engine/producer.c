/* producer.c - the device asks, the producer answers: block n, from whoever has it.
 *
 * For each time the device wakes it: take block n of the live slot for every block that fits (or
 * the mirror's, and swap the roles), hand it over, then stamp what the desk sent and ring both
 * bells, once a wake-up. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "engine/beat.h"
#include "engine/internal.h"
#include "engine/lockstep.h"
#include "engine/transition.h"

#include "base/rt_poison.h"

#define NAP_NS (NS_PER_MS / 4)
enum { PATIENCE_NAPS = 400 }; /* 100 ms */

static uint64_t clock_of(const struct engine *engine)
{
	return atomic_load_explicit(&engine->clock, memory_order_relaxed);
}

static void count(struct engine *engine, enum stat_id stat, uint64_t n)
{
	stats_add(engine->stats, WRITER_PRODUCER, stat, n);
}

static const struct block *fail_over(struct engine *engine, uint64_t n)
{
	struct slot *old = &engine->slots[live_index(engine)],
		    *new = &engine->slots[1 - old->index];
	const struct block *block = slot_state(new) == SLOT_MIRROR && slot_is_of_now(new, n)
					    ? slot_take_good(new, n)
					    : NULL;

	if (!block || !slot_move(new, SLOT_MIRROR, SLOT_LIVE))
		return NULL;
	slot_move(old, SLOT_LIVE, SLOT_FAILED);
	set_live(engine, new->index);
	count(engine, STAT_FAILOVERS, 1);
	return block;
}

/* A mirror that is not the live one bit for bit is none: the desk makes a new one. */
static void compare_mirror(struct engine *engine, const struct block *block, uint64_t n)
{
	struct slot *other = &engine->slots[1 - live_index(engine)];
	const struct block *copy;

	if (slot_state(other) != SLOT_MIRROR || !slot_is_of_now(other, n))
		return;
	copy = block_ring_take(&other->ring, n);
	if (!copy || (copy->checksum == block->checksum && copy->flags == block->flags))
		return;
	if (slot_move(other, SLOT_MIRROR, SLOT_RETIRED))
		count(engine, STAT_MISMATCH, 1);
}

/* While the device is being filled nothing is lost by waiting; but a worker that is gone is not
 * waited for. */
static bool is_patient(const struct engine *engine)
{
	return !engine->sink->is_running && engine->rt.n_naps < PATIENCE_NAPS;
}

/* The level meter's: the larger of what the desk has not seen yet and this. */
static void note_peak(struct engine *engine, float peak)
{
	uint32_t bits;

	memcpy(&bits, &peak, sizeof(bits)); /* floats above zero have the order of their bits */
	if (bits > atomic_load_explicit(&engine->stats->peak_bits, memory_order_relaxed))
		atomic_store_explicit(&engine->stats->peak_bits, bits, memory_order_relaxed);
}

/* The samples of block n, or NULL while the device is not running and they are still being made. */
static const float *find_block(struct engine *engine, uint64_t n)
{
	struct shape *shape = &engine->rt.shape;
	int n_frames = engine->config.block_frames;
	const struct block *block;
	const float *stereo;

	stereo = transition_block(engine, n, engine->rt.mix, &block);
	if (!block && is_patient(engine))
		return NULL;
	if (!block)
		block = fail_over(engine, n);
	if (!block) {
		transition_abandon(engine);
		count(engine, STAT_NONE, 1);
		shape_starve(shape, engine->rt.mix, n_frames);
		return engine->rt.mix;
	}
	if (!stereo)
		stereo = block->stereo;
	compare_mirror(engine, block, n);
	note_peak(engine, block->peak);
	if (shape->is_starved)
		shape_begin_in(shape);
	if (!shape_is_flat(shape)) {
		shape_apply(shape, stereo, engine->rt.mix, n_frames);
		stereo = engine->rt.mix;
	}
	shape_keep_last(shape, stereo, n_frames);
	return stereo;
}

static void note_occupancy(struct engine *engine, uint64_t n)
{
	const struct slot *live = &engine->slots[live_index(engine)];
	uint64_t next = atomic_load_explicit(&live->next_block, memory_order_acquire);
	uint64_t occ = next > n ? next - n : 0;

	atomic_store_explicit(&engine->stats->ahead.occ, (uint32_t)occ, memory_order_relaxed);
	if (occ < atomic_load_explicit(&engine->stats->ahead.occ_min, memory_order_relaxed))
		atomic_store_explicit(
			&engine->stats->ahead.occ_min, (uint32_t)occ, memory_order_relaxed);
	count(engine, STAT_OCC_SUM, occ);
}

/* 0, 1 when the block has to be waited for, or the sink's error. */
static int deliver(struct engine *engine)
{
	uint64_t n = clock_of(engine);
	const float *stereo = find_block(engine, n);
	int err;

	if (!stereo)
		return 1;
	note_occupancy(engine, n);
	err = engine->sink->ops->write(engine->sink, stereo);
	if (err < 0)
		return err;
	atomic_store_explicit(&engine->clock, n + 1, memory_order_release);
	atomic_store_explicit(&engine->stats->away_since_ns, 0, memory_order_relaxed);
	count(engine, STAT_BLOCKS, 1);
	return 0;
}

/* While a transition is near, one block at a time: the first one may be where a lookahead ends. */
static void stamp_events(struct engine *engine, uint64_t stamp, uint64_t due)
{
	enum slot_state state = slot_state(&engine->slots[1 - live_index(engine)]);
	bool is_near = state == SLOT_PRIMING || state == SLOT_READY;
	const struct event_window window = {.time = &engine->rt.time,
		.from = stamp,
		.until = due <= stamp || is_near ? stamp + 1 : due,
		.block_frames = engine->config.block_frames};
	uint64_t first = atomic_load_explicit(&engine->events.stamped, memory_order_relaxed);
	int n_events = event_log_stamp(&engine->events, &window);

	for (int i = 0; i < n_events; i++) {
		const struct event *event =
			&engine->events.cells[(first + (uint64_t)i) % EVENT_LOG_CELLS];

		if (event->kind == EVENT_CUT)
			transition_cut(engine, event->block);
	}
	if (n_events)
		count(engine, STAT_EVENTS, (uint64_t)n_events);
}

/* due: what the device needs them to render below. */
static void ring_workers(struct engine *engine, uint64_t due)
{
	uint64_t stamp = atomic_load_explicit(&engine->target_block, memory_order_relaxed);
	uint64_t target;

	stamp_events(engine, stamp, due);
	beat_note_rendered(engine);
	target = transition_schedule(engine, stamp, due);
	atomic_store_explicit(&engine->is_ahead, target > due, memory_order_release);
	atomic_store_explicit(&engine->target_block, target, memory_order_release);
	for (int s = 0; s < N_SLOTS; s++)
		doorbell_ring(&engine->slots[s].bell);
}

static void note_burst(struct engine *engine, int n_fit)
{
	_Atomic uint32_t *burst_max = &engine->stats->ahead.burst_max;

	if (engine->sink->is_running &&
		(uint32_t)n_fit > atomic_load_explicit(burst_max, memory_order_relaxed))
		atomic_store_explicit(burst_max, (uint32_t)n_fit, memory_order_relaxed);
}

static int deliver_all(struct engine *engine, int n_fit)
{
	int64_t now_ns;
	int err = 0;

	note_burst(engine, n_fit);
	for (int i = 0; i < n_fit && !err; i++)
		err = deliver(engine);
	if (err == 1) { /* the device waits too: look again when a worker may be done */
		engine->rt.n_naps++;
		clock_sleep_until_ns(clock_now_ns() + NAP_NS);
	} else {
		engine->rt.n_naps = 0;
	}
	now_ns = clock_now_ns();
	atomic_store_explicit(&engine->stats->delivered_ns, (uint64_t)now_ns, memory_order_relaxed);
	if (!err && engine->sink->is_running)
		time_base_note(&engine->rt.time, now_ns,
			clock_of(engine) * (uint64_t)engine->config.block_frames);
	return err == 1 ? 0 : err;
}

/* One wake-up by the device. */
static int serve(struct engine *engine)
{
	uint64_t lead = (uint64_t)engine->config.lead_blocks;
	int n_fit = engine->sink->ops->wait(engine->sink);
	int err;

	atomic_fetch_add_explicit(&engine->rounds, 1, memory_order_relaxed);
	if (n_fit <= 0)
		return n_fit;
	if (lead == 0) { /* what is delivered is rendered now: a timeless sink */
		ring_workers(engine, clock_of(engine) + (uint64_t)n_fit);
		lockstep_wait(engine);
	}
	err = deliver_all(engine, n_fit);
	if (lead > 0) {
		ring_workers(engine, clock_of(engine) + lead);
		lockstep_wait(engine);
	}
	return err;
}

/* The block clock stands still until the next block is taken; that one comes in softly. */
static void recover(struct engine *engine, int err)
{
	stats_add_loss(engine->stats, engine->sink->ops->recover(engine->sink, err));
	time_base_forget(&engine->rt.time);
	shape_begin_in(&engine->rt.shape);
}

static void fade_out(struct engine *engine)
{
	int n_frames = engine->config.rate_hz / 50;
	/* a device that takes nothing is not waited for */
	int64_t give_up_ns = clock_now_ns() + NS_PER_S / 2;
	uint64_t end = clock_of(engine) + (uint64_t)(n_frames / engine->config.block_frames) + 2;

	if (engine->sink->is_timeless)
		return;
	shape_begin_out(&engine->rt.shape, n_frames);
	while (clock_of(engine) < end && clock_now_ns() < give_up_ns) {
		int err = serve(engine);

		if (err >= 0)
			continue;
		recover(engine, err); /* it was cut off already: what is left is silence */
		engine->rt.shape.gain = engine->rt.shape.step = 0.0f;
	}
}

void producer_begin(struct engine *engine)
{
	shape_init(&engine->rt.shape);
	if (engine->config.begins_softly)
		shape_begin_in(&engine->rt.shape);
	lockstep_wait(engine);
}

void producer_serve(struct engine *engine)
{
	int err = serve(engine);

	if (err < 0)
		recover(engine, err);
}

void *producer_run(void *arg)
{
	struct engine *engine = arg;

	producer_begin(engine);
	while (!atomic_load_explicit(&engine->must_stop, memory_order_acquire))
		producer_serve(engine);
	fade_out(engine);
	atomic_store_explicit(&engine->has_ended, 1, memory_order_release);
	return NULL;
}
