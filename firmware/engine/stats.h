/* stats.h - what is counted, in a page of memory that other programs may map and read.
 *
 * Every counter has one writer, so real-time threads count with a plain load and store. Nobody ever
 * waits for a reader. The desk adds the sums of the last 10 s once a second.
 * Threads: a tag at each function. */
#ifndef ENGINE_STATS_H
#define ENGINE_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "engine/block_times.h"

enum stat_id {
	STAT_BLOCKS,      /* delivered to the device */
	STAT_NONE,        /* of these, blocks that nobody had rendered in time */
	STAT_LATE,        /* blocks that were whole only after their time */
	STAT_DROP,        /* blocks of the live slot that were never played */
	STAT_XRUN,        /* the device ran dry */
	STAT_SUSPENDS,    /* the system slept, and the device with it */
	STAT_DEVICE_LOST, /* the device was gone (or could not be made to play again) */
	STAT_COMMITS,
	STAT_BLIND,     /* of these, with a fade that could not be chosen in time */
	STAT_REFUSED,   /* commits, and patches to load, that were refused */
	STAT_FAILOVERS, /* the mirror's block was played and the roles swapped */
	STAT_REANCHORS, /* a stall was skipped instead of caught up with */
	STAT_FAULTS,    /* signals contained in a worker */
	STAT_MISMATCH,  /* blocks in which the mirror was not the live one bit for bit */
	STAT_RESETS,    /* modules reset after a non-finite sample */
	STAT_EVENTS,    /* parameters, gates and commits stamped */
	STAT_RESYNCS,   /* times the standby became a mirror again */
	/* inputs on GPIO; writer: [desk] */
	STAT_GPIO_DETENTS, /* of all knobs, either way, before acceleration */
	STAT_GPIO_LOST,    /* edges that the kernel dropped */
	STAT_GPIO_ILLEGAL, /* changes of both lines of a knob at once */
	STAT_GPIO_GONE,    /* times the chip went away */
	/* MIDI; writer: [desk] */
	STAT_MIDI_UNHEARD, /* notes that no module of the patch plays */
	STAT_MIDI_FAULTS,  /* bytes that belong to no message */
	STAT_BUSY_NS,      /* time a worker spent rendering */
	STAT_RENDERED,     /* blocks a worker rendered */
	STAT_OCC_SUM,      /* blocks ready ahead of the device, summed over blocks */
	N_STATS
};

enum stats_writer { WRITER_WORKER_A, WRITER_WORKER_B, WRITER_PRODUCER, WRITER_DESK, N_WRITERS };

enum {
	STATS_WINDOW_S = 10,
	STATS_TEXT_BYTES = 128,
	STATS_DEGRADED_BYTES = 4608,
	STATS_WARNINGS_BYTES = 4608
};

struct stats_row {
	_Alignas(64) _Atomic uint64_t counts[N_STATS];
	_Atomic uint64_t worst_ns; /* longest block since the desk last looked (workers) */
};

/* A real-time thread as the desk sees it: what it was granted, and what the kernel counted since it
 * began to run. Writer: [desk] */
struct stats_thread {
	_Atomic int32_t tid, cpu, priority; /* cpu -1: any; priority 0: ordinary scheduling */
	_Atomic uint64_t minor_faults, major_faults, preempted;
};
enum { STATS_THREADS = 3 }; /* by enum stats_writer: both workers and the producer */

/* Writer: [desk] */
struct stats_texts {
	/* the device and what it granted; while it is away, the devices that are looked for */
	char sink[STATS_TEXT_BYTES];
	char patch[STATS_TEXT_BYTES];
	char hint[STATS_TEXT_BYTES];
	char refused_why[STATS_TEXT_BYTES * 3];
	char degraded
		[STATS_DEGRADED_BYTES]; /* missing capabilities, a line each with its newline */
	char warnings[STATS_WARNINGS_BYTES]; /* present warnings, the same */
};

/* Writer: [init] */
struct stats_audio {
	int32_t rate_hz, block_frames, lead_blocks, periods;
};

/* Sums of the last 10 s. Writer: [desk] */
struct stats_window {
	_Atomic uint64_t counts[N_STATS];
	_Atomic uint64_t ns;
	_Atomic uint64_t busy_ns[2], rendered[2], worst_ns[2], p50_ns[2], p99_ns[2];
	_Atomic uint32_t occ_min; /* fewest blocks ready ahead */
};

/* The clock of the desk's core as measured, and a board's full speed; 0: not known. Writer: [desk] */
struct stats_core {
	_Atomic int32_t core_mhz, board_mhz;
};

/* The device and those who play for it. Writer: [producer] */
struct stats_ahead {
	_Atomic uint32_t occ;       /* blocks that were ready when the last one was handed over */
	_Atomic uint32_t occ_min;   /* fewest since the desk last looked */
	_Atomic uint32_t burst_max; /* most blocks that the device took at once */
};

struct stats_page {
	char magic[8]; /* STATS_MAGIC */
	uint32_t page_bytes;
	int32_t pid;
	struct stats_audio audio;

	struct stats_row rows[N_WRITERS];
	struct block_times times[2]; /* of the workers' blocks */

	/* writer: [producer] */
	_Atomic uint64_t delivered_ns; /* when the last block was handed over */
	struct stats_ahead ahead;
	_Atomic uint32_t live; /* slot heard */
	/* since when there is no device to play to; 0: there is one */
	_Atomic uint64_t away_since_ns;
	/* loudest sample since the desk last looked, a float's bits */
	_Atomic uint32_t peak_bits;

	/* writer: the live worker */
	_Atomic uint64_t piece_max_bytes; /* largest copy made between two blocks */

	/* writer: [desk] */
	_Atomic uint32_t slot_states[2];
	struct stats_window window;
	_Atomic uint64_t started_ns;
	_Atomic uint64_t mirror_since_ns; /* 0: there is no mirror now */
	struct stats_core core;

	_Atomic uint32_t text_version; /* odd while the texts change */
	struct stats_texts texts;

	struct stats_thread threads[STATS_THREADS]; /* writer: [desk] */
};
#define STATS_MAGIC "chronus1"

/* The thread of writer. */
static inline void stats_add(
	struct stats_page *page, enum stats_writer writer, enum stat_id stat, uint64_t n)
{
	_Atomic uint64_t *count = &page->rows[writer].counts[stat];

	atomic_store_explicit(
		count, atomic_load_explicit(count, memory_order_relaxed) + n, memory_order_relaxed);
}

/* [producer] The device failed: err is what its sink's recover() says it was. */
void stats_add_loss(struct stats_page *page, int err) RT_SAFE;
/* [any] Sum over all writers. */
uint64_t stats_total(const struct stats_page *page, enum stat_id stat);
/* [any] */
const char *stat_name(enum stat_id stat);

/* [init] Makes the page, in FILE (NULL: in plain memory: nobody else sees it). 0, or a negative
 * errno and the reason; then there is no file. */
int stats_open(struct stats_page **page, const char *path, struct diag *diag);
/* [init] */
void stats_close(struct stats_page *page, const char *path);
/* [any] Maps a running program's page. 0 or a negative errno and the reason. */
int stats_map_read(const char *path, const struct stats_page **page, struct diag *diag);

/* The desk's second hand. */
struct stats_history {
	uint64_t counts[STATS_WINDOW_S][N_STATS];
	uint64_t busy_ns[STATS_WINDOW_S][2], rendered[STATS_WINDOW_S][2],
		worst_ns[STATS_WINDOW_S][2];
	uint32_t times[STATS_WINDOW_S][2][BLOCK_TIME_BINS], occ_min[STATS_WINDOW_S];
	int64_t at_ns[STATS_WINDOW_S];
	int n, next;
};
/* [desk] Moves the window on. */
void stats_tick(struct stats_page *page, struct stats_history *history, int64_t now_ns);

/* [desk] Replaces one of the page's texts (sink, patch, hint, refused_why, degraded, warnings). */
void stats_set_text(struct stats_page *page, char *where, size_t where_bytes, const char *text);

#endif
