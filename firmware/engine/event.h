/* event.h - everything that happens, in one order, stamped with the block and frame it happens at.
 *
 * One array, four cursors: the desk appends (head); the producer stamps what is due by its time
 * (time_base.h), and never before the first block that no worker has been told to render yet
 * (stamped); each worker reads in order (cursor). Both workers see the same events at the same
 * frames, so they can stay equal bit for bit. Nothing overtakes: an event is stamped with the frame
 * of the one before it at the earliest, and what is not due yet holds up those behind it.
 * Threads: a tag at each function.
 * Errors:  push fails when the slowest reader is EVENT_LOG_CELLS behind; the desk keeps
 *          the event. */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"
#include "engine/time_base.h"

enum { EVENT_LOG_CELLS = 4096 };

enum event_kind {
	EVENT_PARAM, /* at[slot].module, param, value */
	EVENT_GATE,  /* at[slot].module, value */
	EVENT_NOTE,  /* at[slot].module; param is the note, value its velocity, 0: it goes up */
	/* bytes: a message of a MIDI channel, for every module that plays (at[slot].module: any that
	 * there is) */
	EVENT_MIDI,
	EVENT_ADOPT, /* slot takes over from the other one, which plays */
	/* slot (or N_SLOTS: both) fails on purpose: param is the fault_kind, value its
	 * milliseconds */
	EVENT_FAULT,
	EVENT_CUT, /* the tail under what plays ends soon: for the producer alone */
};

struct event {
	union {
		int64_t time_ns; /* when it happened (time_base.h); 0: as soon as it can be */
		uint64_t block;  /* stamped */
	};
	uint8_t kind;
	uint8_t slot;
	uint8_t frame; /* stamped: of the block */
	uint8_t pad[3];
	int16_t param;
	union {
		float value;
		uint8_t bytes[4];
	};
	struct {
		uint32_t generation; /* of the program that is meant; another one ignores it */
		int32_t module;      /* -1: that program has no such module */
	} at[2];
};

struct event_log {
	struct event cells[EVENT_LOG_CELLS];
	_Atomic uint64_t head;    /* writer: [desk] */
	_Atomic uint64_t stamped; /* writer: [producer] */
	uint64_t last_frame;      /* of the newest that is stamped, counted over all blocks: the
				   * producer's own */
};

/* Blocks that events may be stamped with now: `from` is the first that is not rendered yet. */
struct event_window {
	const struct time_base *time;
	uint64_t from, until;
	int block_frames;
};

/* [desk] oldest: the least cursor that still matters. Returns the event's position, or -1 when
 * full. */
int64_t event_log_push(struct event_log *log, const struct event *event, uint64_t oldest);
/* [producer] Stamps what was pushed and is due before the window ends. Returns how many. */
int event_log_stamp(struct event_log *log, const struct event_window *window) RT_SAFE;
/* [worker] true: nothing that is stamped comes at or after position cursor. */
static inline bool event_log_is_read(const struct event_log *log, uint64_t cursor)
{
	return cursor == atomic_load_explicit(&log->stamped, memory_order_acquire);
}
/* [worker] The event at position cursor if it is stamped with a block <= up_to, else NULL. */
const struct event *event_log_peek(struct event_log *log, uint64_t cursor, uint64_t up_to) RT_SAFE;

#endif
