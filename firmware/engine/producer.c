/* producer.c - the device asks, the producer answers: block n, from whoever has it.
 *
 * For each time the device wakes it: take block n of the live slot for every block that fits (or
 * the mirror's, and swap the roles), hand it over, then stamp what the desk sent and ring both
 * bells, once a wake-up. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine.h"

#include "base/rt_poison.h"

#define ROUNDING 1e-6 /* of a beat: what adding up may have lost */
#define NAP_NS   (NS_PER_MS / 4)
enum { MEASURE_FRAMES = 1024 };
enum { PATIENCE_NAPS = 400 }; /* 100 ms */

static uint64_t clock_of(const struct engine *engine)
{
	return atomic_load_explicit(&engine->clock, memory_order_relaxed);
}

static void count(struct engine *engine, enum stat_id stat, uint64_t n)
{
	stats_add(engine->stats, WRITER_PRODUCER, stat, n);
}

static const struct block *take_good(const struct slot *slot, uint64_t n)
{
	const struct block *block = block_ring_take(&slot->ring, n);

	return block && block->flags & RENDER_FINITE ? block : NULL;
}

/* A slot's ring may still hold what the slot played before it was built anew. */
static bool is_of_now(const struct slot *slot, uint64_t n)
{
	return n >= atomic_load_explicit(&slot->ready_block, memory_order_relaxed);
}

static void set_live(struct engine *engine, int slot)
{
	atomic_store_explicit(&engine->live, (uint32_t)slot, memory_order_release);
	atomic_store_explicit(&engine->stats->live, (uint32_t)slot, memory_order_relaxed);
}

/* Does a beat (or a bar) begin with block n, or has one begun since block n - 1? */
static bool is_on_time(const struct engine *engine)
{
	double unit = engine->config.quantize_beats;

	if (unit <= 0.0 || engine->rt.beats == 0.0)
		return true;
	return floor(engine->rt.beats / unit + ROUNDING) !=
	       floor((engine->rt.beats - engine->rt.beats_a_block) / unit + ROUNDING);
}

/* Block by block: the musical clock runs at the tempo of what is heard. */
static void move_beats(struct engine *engine)
{
	const struct slot *live = &engine->slots[engine_live(engine)];

	engine->rt.beats_a_block = (double)live->program->tempo_bpm / 60.0 *
				   engine->config.block_frames / engine->config.rate_hz;
	engine->rt.beats += engine->rt.beats_a_block;
}

/* The blocks that both rendered while the new one primed say what the two have in common; the
 * last 1024 frames of them, so that the swap costs the producer the same few microseconds at any
 * block size. */
static void measure(const struct engine *engine, const struct slot *old, const struct slot *new,
	uint64_t n, struct likeness *likeness)
{
	int n_primed =
		int_min(engine->config.prime_blocks, MEASURE_FRAMES / engine->config.block_frames);
	uint64_t from = n > (uint64_t)n_primed ? n - (uint64_t)n_primed : 0;

	for (uint64_t i = from; i < n; i++) {
		const struct block *x = take_good(old, i), *y = take_good(new, i);

		if (x && y)
			likeness_add(likeness, x->stereo, y->stereo, engine->config.block_frames);
	}
}

/* A primed patch waits: from block n on it is heard. The only place where a commit becomes
 * audible. */
static void swap_if_ready(struct engine *engine, uint64_t n)
{
	struct slot *old = &engine->slots[engine_live(engine)],
		    *new = &engine->slots[1 - old->index];
	struct likeness likeness;

	if (slot_state(new) != SLOT_READY || !is_of_now(new, n) || !take_good(new, n) ||
		!is_on_time(engine) || !slot_move(new, SLOT_READY, SLOT_LIVE))
		return;
	likeness_init(&likeness, engine->rt.fade.shortest_frames);
	measure(engine, old, new, n, &likeness);
	fade_begin(&engine->rt.fade, &likeness);
	engine->rt.tail.n_left = engine->config.tail_frames;
	if (engine->config.tail_frames > 0)
		atomic_store_explicit(&old->close_block, n + (uint64_t)engine->config.close_blocks,
			memory_order_release);
	atomic_store_explicit(&new->live_since, n, memory_order_relaxed);
	slot_move(old, SLOT_LIVE, SLOT_RETIRING);
	set_live(engine, new->index);
	count(engine, STAT_COMMITS, 1);
}

static const struct block *fail_over(struct engine *engine, uint64_t n)
{
	struct slot *old = &engine->slots[engine_live(engine)],
		    *new = &engine->slots[1 - old->index];
	const struct block *block =
		slot_state(new) == SLOT_MIRROR && is_of_now(new, n) ? take_good(new, n) : NULL;

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
	struct slot *other = &engine->slots[1 - engine_live(engine)];
	const struct block *copy;

	if (slot_state(other) != SLOT_MIRROR || !is_of_now(other, n))
		return;
	copy = block_ring_take(&other->ring, n);
	if (!copy || (copy->checksum == block->checksum && copy->flags == block->flags))
		return;
	if (slot_move(other, SLOT_MIRROR, SLOT_RETIRED))
		count(engine, STAT_MISMATCH, 1);
}

/* Two patches at once: the old one's block n under the new one's. */
static const float *mix_old(struct engine *engine, const struct block *block, uint64_t n)
{
	struct slot *old = &engine->slots[1 - engine_live(engine)];
	const struct block *under = take_good(old, n);
	struct fade *fade = &engine->rt.fade;
	struct tail *tail = &engine->rt.tail;
	int n_frames = engine->config.block_frames;
	bool has_tail = tail->n_left > 0;

	if (has_tail && atomic_load_explicit(&old->is_wanted, memory_order_relaxed))
		/* the next commit wants the slot */
		tail->n_left = int_min(tail->n_left, fade->n_frames + 1);
	if (under && has_tail)
		tail_mix(tail, fade, under->stereo, block->stereo, engine->rt.mix, n_frames);
	else if (under && fade_is_on(fade))
		fade_mix(fade, under->stereo, block->stereo, engine->rt.mix, n_frames);
	else
		under = NULL;
	if (!under || (has_tail ? tail->n_left == 0 : !fade_is_on(fade)))
		slot_move(old, SLOT_RETIRING, SLOT_RETIRED);
	return under ? engine->rt.mix : block->stereo;
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

	swap_if_ready(engine, n);
	block = take_good(&engine->slots[engine_live(engine)], n);
	if (!block && is_patient(engine))
		return NULL;
	if (!block)
		block = fail_over(engine, n);
	if (!block) {
		/* nothing to fade to: the old one lets go, or who should rescue the new one
		 * waits for ever */
		slot_move(&engine->slots[1 - engine_live(engine)], SLOT_RETIRING, SLOT_RETIRED);
		count(engine, STAT_NONE, 1);
		shape_starve(shape, engine->rt.mix, n_frames);
		return engine->rt.mix;
	}
	compare_mirror(engine, block, n);
	note_peak(engine, block->peak);
	stereo = block->stereo;
	if (slot_state(&engine->slots[1 - engine_live(engine)]) == SLOT_RETIRING)
		stereo = mix_old(engine, block, n);
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
	const struct slot *live = &engine->slots[engine_live(engine)];
	uint64_t next = atomic_load_explicit(&live->next_block, memory_order_acquire);
	uint64_t occ = next > n ? next - n : 0;

	atomic_store_explicit(&engine->stats->occ, (uint32_t)occ, memory_order_relaxed);
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
	move_beats(engine);
	return 0;
}

static void ring_workers(struct engine *engine, uint64_t rung)
{
	int n_events = event_log_stamp(
		&engine->events, atomic_load_explicit(&engine->rung, memory_order_relaxed));

	if (n_events)
		count(engine, STAT_EVENTS, (uint64_t)n_events);
	atomic_store_explicit(&engine->rung, rung, memory_order_release);
	for (int s = 0; s < N_SLOTS; s++)
		doorbell_ring(&engine->slots[s].bell);
}

static bool is_done(const struct slot *slot, uint64_t rung)
{
	enum slot_state state = slot_state(slot);

	if (atomic_load_explicit(&slot->is_stalled, memory_order_acquire))
		return true;
	if (state == SLOT_RETIRED || state == SLOT_FAILED)
		return false;
	return !slot_renders(state) ||
	       atomic_load_explicit(&slot->is_broken, memory_order_acquire) ||
	       atomic_load_explicit(&slot->next_block, memory_order_acquire) >= rung;
}

/* The live one first: when it is done, it has handed over what it had to, and the other's state
 * stands. */
static bool are_done(const struct engine *engine)
{
	uint64_t rung = atomic_load_explicit(&engine->rung, memory_order_relaxed);
	int live = engine_live(engine);

	return is_done(&engine->slots[live], rung) && is_done(&engine->slots[1 - live], rung);
}

static void wait_for_workers(struct engine *engine)
{
	unsigned seen = atomic_load(&engine->done.rings);

	while (!are_done(engine) && !atomic_load_explicit(&engine->must_stop, memory_order_acquire))
		seen = doorbell_wait_for(&engine->done, seen, 100 * NS_PER_MS);
}

static void note_burst(struct engine *engine, int n_fit)
{
	_Atomic uint32_t *burst_max = &engine->stats->burst_max;

	if (engine->sink->is_running &&
		(uint32_t)n_fit > atomic_load_explicit(burst_max, memory_order_relaxed))
		atomic_store_explicit(burst_max, (uint32_t)n_fit, memory_order_relaxed);
}

static int deliver_all(struct engine *engine, int n_fit)
{
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
	atomic_store_explicit(
		&engine->stats->delivered_ns, (uint64_t)clock_now_ns(), memory_order_relaxed);
	return err == 1 ? 0 : err;
}

/* One wake-up by the device. */
static int serve(struct engine *engine)
{
	uint64_t lead = (uint64_t)engine->config.lead_blocks;
	int n_fit = engine->sink->ops->wait(engine->sink);
	int err;

	if (n_fit <= 0)
		return n_fit;
	if (lead == 0) { /* what is delivered is rendered now: a timeless sink */
		ring_workers(engine, clock_of(engine) + (uint64_t)n_fit);
		wait_for_workers(engine);
	}
	err = deliver_all(engine, n_fit);
	if (lead > 0)
		ring_workers(engine, clock_of(engine) + lead);
	if (lead > 0 && engine->config.in_lockstep)
		wait_for_workers(engine);
	return err;
}

/* The block clock stands still until the next block is taken; that one comes in softly. */
static void recover(struct engine *engine, int err)
{
	stats_add_loss(engine->stats, engine->sink->ops->recover(engine->sink, err));
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

void *producer_run(void *arg)
{
	struct engine *engine = arg;

	shape_init(&engine->rt.shape);
	if (engine->config.begins_softly)
		shape_begin_in(&engine->rt.shape);
	if (engine->config.in_lockstep && engine->config.lead_blocks > 0)
		wait_for_workers(engine);
	while (!atomic_load_explicit(&engine->must_stop, memory_order_acquire)) {
		int err = serve(engine);

		if (err < 0)
			recover(engine, err);
	}
	fade_out(engine);
	atomic_store_explicit(&engine->has_ended, 1, memory_order_release);
	return NULL;
}
