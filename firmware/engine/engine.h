/* engine.h - two slots, a producer, and what the desk may ask of them.
 *
 * Threads: engine_open, _start, _stop, _close [init]; the rest [desk] but for what is
 *          tagged otherwise.
 * Errors:  0 or a negative errno, the reason in diag. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "audio/sink.h"
#include "engine/event.h"
#include "engine/fade.h"
#include "engine/slot.h"
#include "engine/stats.h"
#include "patch/patch.h"

struct engine_config {
	int rate_hz;
	int block_frames;
	int lead_blocks; /* 0 only with a timeless sink */
	int prime_blocks;
	size_t arena_bytes;
	int fade_frames;
	int tail_frames;       /* spillover; 0: off */
	double quantize_beats; /* commits wait for a multiple of this; 0: they do not wait */
	/* a patch whose dearest block costs more is refused; 0: any is taken */
	int64_t budget_ns;
	bool has_mirror; /* false: the standby is parked between commits */
	/* the producer waits until the workers have rendered all they were told to */
	bool in_lockstep;
	bool begins_softly; /* the first frames rise from digital zero, as at a device */
	bool lock_memory;
	struct rt_wish producer, workers[N_SLOTS];
};

struct engine {
	struct engine_config config;
	struct sink *sink;
	struct stats_page *stats;
	struct event_log events;
	struct slot slots[N_SLOTS];
	_Atomic uint64_t clock;      /* next block to deliver; writer: [producer] */
	_Atomic uint64_t rounds;     /* times it asked the device; writer: [producer] */
	_Atomic uint64_t rung;       /* workers render below this; writer: [producer] */
	_Atomic uint32_t is_ahead;   /* rung is beyond the lead; writer: [producer] */
	_Atomic uint32_t live;       /* slot heard; writer: [producer] */
	/* events that what is heard may not have rendered yet begin here; writer: [producer] */
	_Atomic uint64_t unheard_tail;
	_Atomic uint32_t must_stop;  /* writer: [desk]; 1: fade out and end */
	_Atomic uint32_t has_ended;  /* writer: [producer] */
	_Atomic uint32_t must_leave; /* writer: [init]; workers' threads end */
	struct doorbell done;        /* rung by workers: the producer in lockstep waits for it */
	struct rt_thread producer;
	int lock_err;           /* [init]; of lock_memory, 0 where it was not asked for */
	uint32_t n_generations; /* [desk] */
	int n_lookahead_blocks; /* lookahead.h; [init] */

	struct { /* the producer's own */
		struct fade fade;
		struct shape shape;
		struct tail tail;
		uint64_t cut_block; /* the tail is cut here; 0: it is not */
		float mix[2 * BLOCK_MAX_FRAMES];
		int n_naps; /* in a row, waiting for a block while the device waits too */
	} rt;
};

/* Makes everything that will ever exist, threads included; nothing sounds yet. sink and stats
 * stay the caller's. */
int engine_open(struct engine **engine, const struct engine_config *config, struct sink *sink,
	struct stats_page *stats, struct diag *diag);
/* Builds the first patch in slot A (and its mirror in B) and starts the producer. */
int engine_start(struct engine *engine, const struct patch *patch, struct diag *diag);
/* Fades out, ends the threads. Harmless when not started. */
void engine_stop(struct engine *engine);
void engine_close(struct engine *engine);

/* ---- the desk's requests */
static inline int engine_live(const struct engine *engine)
{
	return (int)atomic_load_explicit(&engine->live, memory_order_acquire);
}
/* There is no device to play to (gone, or asleep): the block clock stands, nothing is rendered. */
static inline bool engine_is_away(const struct engine *engine)
{
	return atomic_load_explicit(&engine->stats->away_since_ns, memory_order_relaxed) != 0;
}
/* Asks for the slot that is not heard. true: it is parked and the desk's. */
bool engine_take_standby(struct engine *engine, int slot);
/* Builds patch in the parked slot and lets it take over from the live one (whose patch is
 * live_patch), to become ready for a commit or a mirror. On error the slot stays parked. */
int engine_build(struct engine *engine, int slot, const struct patch *patch,
	const struct patch *live_patch, bool is_for_commit, struct diag *diag);
/* The same without taking over: for when there is nobody to take over from. */
int engine_build_fresh(
	struct engine *engine, int slot, const struct patch *patch, struct diag *diag);
/* Plants a fault in slot (N_SLOTS: both) at the next block that is not rendered yet. */
bool engine_plant(struct engine *engine, int slot, enum fault_kind kind, float value);
/* The tail under what plays ends soon, from the next block on that is not rendered yet. */
bool engine_cut_tail(struct engine *engine);
/* Appends an event; false: the log is full, try again later. at[].generation is filled in here. */
bool engine_send(struct engine *engine, struct event *event);
/* The workers were told to render beyond the lead (lookahead.h): what is sent now happens later
 * than what is sent when this is over. */
static inline bool engine_is_ahead(const struct engine *engine)
{
	return atomic_load_explicit(&engine->is_ahead, memory_order_acquire);
}
/* Where the last event stands in the log, and the block it was stamped with: -1 while it is not. */
static inline int64_t engine_last_event(const struct engine *engine)
{
	return (int64_t)atomic_load_explicit(&engine->events.head, memory_order_relaxed) - 1;
}
static inline int64_t engine_event_block(const struct engine *engine, int64_t position)
{
	if (position >=
		(int64_t)atomic_load_explicit(&engine->events.stamped, memory_order_acquire))
		return -1;
	return (int64_t)engine->events.cells[position % EVENT_LOG_CELLS].block;
}

/* producer.c: the thread's body. */
void *producer_run(void *engine);

#endif
