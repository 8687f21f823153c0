/* engine.h - two slots, a producer, and what the desk may ask of them.
 *
 * Opaque: struct engine is known to firmware/engine alone (internal.h).
 * Threads: a tag at each function.
 * Errors:  0 or a negative errno, the reason in diag. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "audio/sink.h"
#include "base/rt_thread.h"
#include "engine/event.h"
#include "engine/fault.h"
#include "engine/slot_state.h"
#include "engine/stats.h"
#include "patch/patch.h"

struct engine;
struct program;

struct engine_config {
	int rate_hz;
	int block_frames;
	int lead_blocks; /* 0 only with a timeless sink */
	int prime_blocks;
	size_t arena_bytes;
	int fade_frames;
	int tail_frames;       /* spillover; 0: off */
	double quantize_beats; /* commits wait for a multiple of this; 0: they do not wait */
	/* a patch that costs more a block (prime_cost.h) is refused; 0: any is taken */
	int64_t budget_ns;
	bool has_mirror; /* false: the standby is parked between commits */
	/* the producer waits until the workers have rendered all they were told to */
	bool in_lockstep;
	/* with in_lockstep and a timeless sink: no thread is made, engine_serve() does their work */
	bool in_one_thread;
	bool begins_softly; /* the first frames rise from digital zero, as at a device */
	bool lock_memory;
	struct rt_wish producer, workers[N_SLOTS];
};

/* [init] Makes everything that will ever exist, threads included; nothing sounds yet. sink and
 * stats stay the caller's. */
int engine_open(struct engine **engine, const struct engine_config *config, struct sink *sink,
	struct stats_page *stats, struct diag *diag);
/* [init] Builds the first patch in slot A (and its mirror in B) and starts the producer. */
int engine_start(struct engine *engine, const struct patch *patch, struct diag *diag);
/* [desk] Renders and delivers what fits into the sink; only in one thread. */
void engine_serve(struct engine *engine);
/* [init] Fades out, ends the threads. Harmless when not started. */
void engine_stop(struct engine *engine);
/* [init] */
void engine_close(struct engine *engine);

/* ---- the standby: one commit, or a new mirror */

/* [desk] Asks for the slot that is not heard. true: it is parked and the desk's. */
bool engine_take_standby(struct engine *engine, int slot);
/* [desk] Takes that back: it went live first. */
void engine_leave_standby(struct engine *engine, int slot);
/* [desk] How the next fade into this slot is to be chosen. */
void engine_set_replay_hint(struct engine *engine, int slot, const struct replay_hint *hint);
/* [desk] Builds patch in the parked slot and lets it take over from the live one (whose patch is
 * live_patch), to become ready for a commit or a mirror. On error the slot stays parked. */
int engine_build(struct engine *engine, int slot, const struct patch *patch,
	const struct patch *live_patch, bool is_for_commit, struct diag *diag);
/* [desk] The same without taking over: for when there is nobody to take over from. */
int engine_build_fresh(
	struct engine *engine, int slot, const struct patch *patch, struct diag *diag);
/* [desk] A slot that takes over from a live one that has failed is parked. */
void engine_end_adoption(struct engine *engine, int slot);
/* [desk] From now on the standby is parked between commits. */
void engine_make_no_mirrors(struct engine *engine);
/* [desk] The tail under the live patch ends soon, from the next block on that is not rendered
 * yet. */
bool engine_cut_tail(struct engine *engine);

/* ---- events */

/* [desk] Appends an event; false: the log is full, try again later. at[].generation is filled in
 * here. */
bool engine_send(struct engine *engine, struct event *event);
/* [desk] The last event's position in the log. */
int64_t engine_last_event(const struct engine *engine);
/* [desk] The block that an event was stamped with: -1 while it is not. */
int64_t engine_event_block(const struct engine *engine, int64_t position);
/* [desk] Likewise its frame, counted from the first one of block 0. */
int64_t engine_event_frame(const struct engine *engine, int64_t position);
/* [desk] It was meant for a module of the patch that was just left, but is stamped with a block of
 * the live one, which has no such module. */
bool engine_event_is_lost(const struct engine *engine, int64_t position);
/* [desk] Plants a fault in slot (N_SLOTS: both) at the next block that is not rendered yet. */
bool engine_plant(struct engine *engine, int slot, enum fault_kind kind, float value);
/* [desk] Planted: each block of this slot takes so much longer. */
void engine_set_late_us(struct engine *engine, int slot, uint32_t late_us);

/* ---- the desk reads */

/* [any] The slot that is heard. */
int engine_live(const struct engine *engine);
/* [any] */
enum slot_state engine_slot_state(const struct engine *engine, int slot);
/* [any] The block clock: the next block to deliver. */
uint64_t engine_clock(const struct engine *engine);
/* [any] How often the producer has asked the device. */
uint64_t engine_rounds(const struct engine *engine);
/* [any] There is no device to play to (gone, or asleep): the block clock stands, nothing is
 * rendered. */
bool engine_is_away(const struct engine *engine);
/* [any] The workers were told to render beyond the lead (lookahead.h): an event sent now happens
 * later than one that is sent when this is over. */
bool engine_is_ahead(const struct engine *engine);
/* [any] The producer has faded out and ended. */
bool engine_has_ended(const struct engine *engine);

/* A worker's last fault. */
struct slot_fault {
	bool is_broken; /* since the slot was built */
	uint64_t block;
	int signal;
};
/* [desk] */
struct slot_fault engine_slot_fault(const struct engine *engine, int slot);
/* [desk] Cost of a block in the slot's last priming (prime_cost.h). */
uint64_t engine_cost_ns(const struct engine *engine, int slot);
/* [desk] NULL: none was built yet. It stands until the desk builds the next one. */
const struct program *engine_program(const struct engine *engine, int slot);

/* How and when a slot's patch came to be heard, or will be, and when it is left. */
struct transition_facts {
	uint64_t ready_block; /* the first that may be heard */
	uint64_t live_since;  /* the first heard of the last commit */
	/* from these on events for modules that only the one patch has are not for the other: of
	 * the last commit into this slot; and out of it, 0: it stays */
	uint64_t left_block, leave_block;
	/* The last commit's fade, as far as a rendering of the same events cannot know it: */
	bool is_same;     /* nothing was planned, the two sounded the same */
	int late_blocks;  /* so many starts could not be reached; 0: none */
	int blind_blocks; /* from ready_block to the blind fade; -1: it was not blind */
	int tempo_blocks; /* from ready_block to the first block at another tempo; -1: none */
};
/* [desk] */
struct transition_facts engine_transition(const struct engine *engine, int slot);

/* ---- for reports and statistics */

/* [any] */
const struct engine_config *engine_config(const struct engine *engine);
/* [any] */
struct stats_page *engine_stats(const struct engine *engine);
/* [init] The result of locking memory; 0 where it was not asked for. */
int engine_lock_err(const struct engine *engine);
/* [init] One of the producer and the workers. */
const struct rt_thread *engine_thread(const struct engine *engine, enum stats_writer thread);

#endif
