/* queries.c - the desk asks, and nothing but the standby moves. See engine.h.
 * Tested by: unit/engine/test_slot_life */
#include "engine/internal.h"

const char *slot_state_name(enum slot_state state)
{
	static const char *const names[N_SLOT_STATES] = {
		[SLOT_PARKED] = "parked",
		[SLOT_ADOPTING] = "adopting",
		[SLOT_PRIMING] = "priming",
		[SLOT_READY] = "ready",
		[SLOT_MIRROR] = "mirror",
		[SLOT_LIVE] = "live",
		[SLOT_RETIRING] = "retiring",
		[SLOT_RETIRED] = "retired",
		[SLOT_FAILED] = "failed",
	};

	return state < N_SLOT_STATES ? names[state] : "?";
}

static uint64_t load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

/* ---- the standby */

void engine_leave_standby(struct engine *engine, int slot)
{
	atomic_store(&engine->slots[slot].is_wanted, 0);
}

void engine_set_replay_hint(struct engine *engine, int slot, const struct replay_hint *hint)
{
	engine->transition.sides[slot].hint = *hint;
}

void engine_end_adoption(struct engine *engine, int slot)
{
	slot_move(&engine->slots[slot], SLOT_ADOPTING, SLOT_PARKED); /* or its worker did */
}

void engine_make_no_mirrors(struct engine *engine)
{
	engine->config.has_mirror = false;
}

void engine_set_late_us(struct engine *engine, int slot, uint32_t late_us)
{
	atomic_store(&engine->slots[slot].late_us, late_us);
}

/* ---- events */

int64_t engine_last_event(const struct engine *engine)
{
	return (int64_t)load(&engine->events.head) - 1;
}

int64_t engine_event_block(const struct engine *engine, int64_t position)
{
	if (position >=
		(int64_t)atomic_load_explicit(&engine->events.stamped, memory_order_acquire))
		return -1;
	return (int64_t)engine->events.cells[position % EVENT_LOG_CELLS].block;
}

int64_t engine_event_frame(const struct engine *engine, int64_t position)
{
	int64_t block = engine_event_block(engine, position);

	return block < 0 ? -1
			 : block * engine->config.block_frames +
				   engine->events.cells[position % EVENT_LOG_CELLS].frame;
}

bool engine_event_is_lost(const struct engine *engine, int64_t position)
{
	const struct slot *live = &engine->slots[live_index(engine)];
	const struct event *event = &engine->events.cells[position % EVENT_LOG_CELLS];

	return event->kind != EVENT_ADOPT && event->kind != EVENT_FAULT &&
	       event->kind != EVENT_CUT &&
	       event->block >= atomic_load(&side_of(live)->left_block) &&
	       event->at[live->index].module < 0 &&
	       event->at[live->index].generation == live->program->generation;
}

/* ---- the engine as a whole */

int engine_live(const struct engine *engine)
{
	return live_index(engine);
}

uint64_t engine_clock(const struct engine *engine)
{
	return atomic_load(&engine->clock);
}

uint64_t engine_rounds(const struct engine *engine)
{
	return load(&engine->rounds);
}

bool engine_is_away(const struct engine *engine)
{
	return load(&engine->stats->away_since_ns) != 0;
}

bool engine_is_ahead(const struct engine *engine)
{
	return atomic_load_explicit(&engine->is_ahead, memory_order_acquire);
}

bool engine_has_ended(const struct engine *engine)
{
	return atomic_load(&engine->has_ended);
}

const struct engine_config *engine_config(const struct engine *engine)
{
	return &engine->config;
}

struct stats_page *engine_stats(const struct engine *engine)
{
	return engine->stats;
}

int engine_lock_err(const struct engine *engine)
{
	return engine->lock_err;
}

const struct rt_thread *engine_thread(const struct engine *engine, enum stats_writer thread)
{
	return thread == WRITER_PRODUCER ? &engine->producer : &engine->slots[thread].thread;
}

/* ---- a slot */

enum slot_state engine_slot_state(const struct engine *engine, int slot)
{
	return slot_state(&engine->slots[slot]);
}

struct slot_fault engine_slot_fault(const struct engine *engine, int s)
{
	const struct slot *slot = &engine->slots[s];

	return (struct slot_fault){.is_broken = atomic_load(&slot->health.is_broken),
		.block = atomic_load(&slot->health.fault_block),
		.signal = (int)atomic_load(&slot->health.fault_signal)};
}

uint64_t engine_cost_ns(const struct engine *engine, int slot)
{
	return atomic_load(&engine->slots[slot].cost_ns);
}

const struct program *engine_program(const struct engine *engine, int slot)
{
	return engine->slots[slot].program;
}
