#include "engine/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rt_memory.h"
#include "engine/lookahead.h"
#include "engine/lockstep.h"
#include "patch/carry.h"

static void leave(struct engine *engine)
{
	atomic_store(&engine->must_leave, 1);
	for (int s = 0; s < N_SLOTS; s++) {
		doorbell_ring(&engine->slots[s].bell);
		rt_thread_join(&engine->slots[s].thread);
	}
}

static int open_slot(struct engine *engine, int s, struct diag *diag)
{
	struct slot *slot = &engine->slots[s];
	int err;

	slot->engine = engine;
	slot->index = s;
	slot->rt.adopting = -1;
	err = engine->config.in_lockstep
		      ? arena_open_untouched(&slot->arena, engine->config.arena_bytes)
		      : arena_open(&slot->arena, engine->config.arena_bytes);
	if (err < 0)
		return diag_set(diag, err,
			"engine: no memory for a slot's arena of %zu MB; lower arena_mb in "
			"[engine]",
			engine->config.arena_bytes >> 20);
	return 0;
}

static int start_workers(struct engine *engine, struct diag *diag)
{
	for (int s = 0; s < N_SLOTS && !engine->config.in_one_thread; s++) {
		int err = rt_thread_start(&engine->slots[s].thread, &engine->config.workers[s],
			worker_run, &engine->slots[s]);

		if (err < 0)
			return diag_set(diag, err, "engine: worker %c cannot be started: %s",
				'A' + s, strerror(-err));
	}
	return 0;
}

int engine_open(struct engine **out, const struct engine_config *config, struct sink *sink,
	struct stats_page *stats, struct diag *diag)
{
	struct engine *engine = aligned_alloc(64, (sizeof(*engine) + 63) / 64 * 64);
	int err = 0;

	if (!engine)
		return diag_set(diag, -ENOMEM, "engine: out of memory");
	memset(engine, 0, sizeof(*engine));
	engine->config = *config;
	engine->sink = sink;
	engine->stats = stats;
	engine->transition.n_lookahead_blocks = lookahead_blocks(config);
	transition_init(&engine->transition, config->fade_frames);
	time_base_init(&engine->rt.time, sink->is_timeless, config->rate_hz,
		config->lead_blocks * config->block_frames);
	stats->audio.rate_hz = config->rate_hz;
	stats->audio.block_frames = config->block_frames;
	stats->audio.lead_blocks = config->lead_blocks;
	stats_set_text(stats, stats->texts.sink, sizeof(stats->texts.sink), sink->name);
	for (int s = 0; s < N_SLOTS && !err; s++)
		err = open_slot(engine, s, diag);
	fault_handlers_install();
	if (!err && config->lock_memory)
		engine->lock_err = rt_lock_memory();
	if (!err)
		err = start_workers(engine, diag);
	if (err < 0) {
		engine_close(engine);
		return err;
	}
	*out = engine;
	return 0;
}

static int compile(struct engine *engine, int s, const struct patch *patch, struct diag *diag)
{
	struct slot *slot = &engine->slots[s];
	struct program_config config = {
		.rate_hz = (float)engine->config.rate_hz,
		.block_frames = engine->config.block_frames,
		.generation = ++engine->n_generations,
	};

	return program_compile(patch, &config, &slot->arena, &slot->program, diag);
}

int engine_start(struct engine *engine, const struct patch *patch, struct diag *diag)
{
	int n_slots = engine->config.has_mirror ? N_SLOTS : 1;
	int err;

	for (int s = 0; s < n_slots; s++) {
		err = compile(engine, s, patch, diag);
		if (err < 0)
			return err;
		atomic_store(&engine->slots[s].state, s == 0 ? SLOT_LIVE : SLOT_MIRROR);
	}
	atomic_store(&engine->stats->started_ns, (uint64_t)clock_now_ns());
	atomic_store(&engine->target_block, (uint64_t)engine->config.lead_blocks);
	for (int s = 0; s < n_slots; s++)
		doorbell_ring(&engine->slots[s].bell);
	if (engine->config.in_one_thread) {
		rt_flush_denormals();
		fault_enter(NULL);
		producer_begin(engine);
		return 0;
	}
	err = rt_thread_start(&engine->producer, &engine->config.producer, producer_run, engine);
	if (err < 0)
		return diag_set(
			diag, err, "engine: the producer cannot be started: %s", strerror(-err));
	return 0;
}

void engine_serve(struct engine *engine)
{
	producer_serve(engine);
}

void engine_stop(struct engine *engine)
{
	atomic_store(&engine->must_stop, 1);
	doorbell_ring(&engine->done);
	rt_thread_join(&engine->producer);
	leave(engine);
	if (engine->config.in_one_thread)
		fault_leave();
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	engine_stop(engine);
	for (int s = 0; s < N_SLOTS; s++)
		arena_close(&engine->slots[s].arena);
	free(engine);
}

bool engine_take_standby(struct engine *engine, int s)
{
	struct slot *slot = &engine->slots[s];

	if (slot_state(slot) != SLOT_PARKED) {
		atomic_store(&slot->is_wanted, 1);
		for (int i = 0; i < N_SLOTS; i++) /* while it takes over, the other one's */
			doorbell_ring(&engine->slots[i].bell);
		lockstep_wait(engine);
	}
	if (slot_state(slot) != SLOT_PARKED)
		return false;
	atomic_store(&slot->is_wanted, 0);
	return true;
}

/* The oldest event that somebody still has to read. */
static uint64_t oldest_cursor(const struct engine *engine)
{
	uint64_t oldest = atomic_load_explicit(&engine->unrendered_cursor, memory_order_acquire);

	for (int s = 0; s < N_SLOTS; s++) {
		const struct slot *slot = &engine->slots[s];
		uint64_t cursor = atomic_load_explicit(&slot->cursor, memory_order_acquire);

		if ((slot_renders(slot_state(slot)) || slot_state(slot) == SLOT_ADOPTING) &&
			cursor < oldest)
			oldest = cursor;
	}
	return oldest;
}

bool engine_send(struct engine *engine, struct event *event)
{
	for (int s = 0; s < N_SLOTS; s++)
		event->at[s].generation =
			engine->slots[s].program ? engine->slots[s].program->generation : 0;
	return event_log_push(&engine->events, event, oldest_cursor(engine)) >= 0;
}

static void prepare_slot(struct engine *engine, struct slot *slot, bool is_for_commit)
{
	slot->task.n_to_prime = is_for_commit ? (uint32_t)engine->config.prime_blocks : 1;
	slot->task.is_for_commit = slot->task.has_budget = is_for_commit;
	slot->carried_cursor = 0;
	atomic_store(&slot->is_wanted, 0);
	atomic_store(&slot->health.is_broken, 0);
	transition_prepare(engine, slot, is_for_commit);
	slot->rt.cost = (struct prime_cost){0};
	atomic_store(&slot->cost_ns, 0);
}

int engine_build(struct engine *engine, int s, const struct patch *patch,
	const struct patch *live_patch, bool is_for_commit, struct diag *diag)
{
	struct slot *slot = &engine->slots[s];
	const struct program *live = engine->slots[1 - s].program;
	struct event adopt = {.kind = EVENT_ADOPT, .slot = (uint8_t)s};
	int err = compile(engine, s, patch, diag);

	if (err < 0)
		return err;
	err = carry_prepare(slot->program, patch, live, live_patch, &slot->arena);
	if (err < 0)
		return diag_set(diag, err,
			"%s: no room left in the slot; raise arena_mb in [engine]", patch->path);
	prepare_slot(engine, slot, is_for_commit);
	atomic_store(&slot->cursor, atomic_load(&engine->events.head) + 1);
	atomic_store(&slot->state, SLOT_ADOPTING);
	if (!engine_send(engine, &adopt)) {
		atomic_store(&slot->state, SLOT_PARKED);
		return diag_set(diag, -EAGAIN, "the event log is full; try again");
	}
	return 0;
}

int engine_build_fresh(struct engine *engine, int s, const struct patch *patch, struct diag *diag)
{
	struct slot *slot = &engine->slots[s];
	/* a block that nobody was told to render yet */
	uint64_t begin = atomic_load(&engine->target_block) + 2;
	int err = compile(engine, s, patch, diag);

	if (err < 0)
		return err;
	prepare_slot(engine, slot, true);
	side_of(slot)->is_planned = false; /* there is nothing to fade from */
	side_of(slot)->hint = REPLAY_HINT_NONE;
	slot->task.has_budget = false; /* rather a dear patch than silence */
	slot->rt.n_primed = 0;
	atomic_store(&slot->cursor, atomic_load(&engine->events.head));
	atomic_store(&slot->next_block, begin);
	atomic_store(&slot->ready_block, begin + slot->task.n_to_prime);
	atomic_store(&slot->state, SLOT_PRIMING);
	return 0;
}

bool engine_plant(struct engine *engine, int s, enum fault_kind kind, float value)
{
	struct event event = {
		.kind = EVENT_FAULT, .slot = (uint8_t)s, .param = (int16_t)kind, .value = value};

	return engine_send(engine, &event);
}

bool engine_cut_tail(struct engine *engine)
{
	struct event event = {.kind = EVENT_CUT, .at = {{.module = -1}, {.module = -1}}};

	return engine_send(engine, &event);
}
