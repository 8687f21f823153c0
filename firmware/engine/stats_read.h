/* stats_read.h - one look at the statistics page, in the numbers that people are shown.
 *
 * The page counts on while it is read: each number is right by itself, the texts are taken whole.
 * Threads: [any] */
#ifndef ENGINE_STATS_READ_H
#define ENGINE_STATS_READ_H

#include <stdbool.h>

#include "engine/slot_state.h"
#include "engine/stats.h"

struct stats_look {
	int pid, rate_hz, block_frames, lead_blocks, periods;
	char sink[STATS_TEXT_BYTES], patch[STATS_TEXT_BYTES], hint[STATS_TEXT_BYTES];
	char refused_why[STATS_TEXT_BYTES * 3];
	bool is_away;  /* there is no device to play to */
	double away_s; /* since when: ago */
	double uptime_s;
	int live;
	enum slot_state states[N_SLOTS];
	bool has_mirror;
	double mirror_since_s; /* ago */
	uint64_t piece_max_bytes;
	uint64_t totals[N_STATS], window[N_STATS];
	double window_s;
	double block_us, period_us; /* as asked for; as measured over the window */
	int core_mhz, board_mhz;    /* measured; what this board has; 0: not known */
	int occ_blocks, burst_max_blocks;
	double occ_mean_blocks;
	char degraded[STATS_DEGRADED_BYTES]; /* a line each */
	char troubles[STATS_TROUBLES_BYTES]; /* the same */
	struct {
		int tid, cpu, priority; /* as granted; tid 0: nothing is known of it */
		uint64_t minor_faults, major_faults, preempted;
	} threads[STATS_THREADS];
	double load_mean_percent[N_SLOTS], load_worst_percent[N_SLOTS]; /* of a block's time */
};

/* [any] */
void stats_look(const struct stats_page *page, int64_t now_ns, struct stats_look *look);

/* The counters that people look at, in their order. */
extern const enum stat_id stats_shown[];
extern const int n_stats_shown;

#endif
