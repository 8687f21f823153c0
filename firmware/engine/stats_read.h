/* stats_read.h - one look at the statistics page, in the numbers that people are shown.
 *
 * The page counts on while it is read: each number is right by itself, the texts are taken whole.
 * Threads: [any] */
#ifndef ENGINE_STATS_READ_H
#define ENGINE_STATS_READ_H

#include <stdbool.h>

#include "engine/slot_state.h"
#include "engine/stats.h"
#include "engine/time_base.h"

struct stats_look {
	int pid;
	struct stats_audio audio;
	struct stats_texts texts;
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
	struct {
		int core_mhz, board_mhz; /* measured; a board's full speed; 0: not known */
	} core;
	struct {
		int occ_blocks, occ_min_blocks, burst_max_blocks;
		double occ_mean_blocks;
	} ahead; /* of the device */
	struct {
		int tid, cpu, priority; /* as granted; tid 0: nothing is known of it */
		uint64_t minor_faults, major_faults, preempted;
	} threads[STATS_THREADS];
	struct {
		double mean_percent, worst_percent; /* of a block's time */
		double p50_us, p99_us, max_us;      /* what blocks took */
	} loads[N_SLOTS];
};

enum stats_health {
	STATS_GOOD,
	STATS_NOT_PLAYING, /* there is no device, or it takes nothing */
	STATS_DEGRADED,    /* it plays; something is wrong or missing */
};
/* [any] */
enum stats_health stats_health(const struct stats_look *look);

/* [any] From a hand to the device: time for the desk (time_base.h), the blocks ahead, those in the
 * device. */
static inline int stats_latency_frames(const struct stats_look *look)
{
	return (look->audio.lead_blocks + look->audio.periods) * look->audio.block_frames +
	       time_base_slack_frames(look->audio.rate_hz);
}
static inline double stats_latency_ms(const struct stats_look *look)
{
	return look->audio.rate_hz ? 1e3 * stats_latency_frames(look) / look->audio.rate_hz : 0.0;
}

/* [any] */
void stats_look(const struct stats_page *page, int64_t now_ns, struct stats_look *look);

/* The counters that people look at, in their order. */
extern const enum stat_id stats_shown[];
extern const int n_stats_shown;

#endif
