/* stats_read.c - the statistics page in numbers for people. See stats_read.h.
 * Tested by: unit/engine/test_stats */
#include "engine/stats_read.h"

#include "base/core_speed.h"

#include <string.h>

#include "base/clock.h"

const enum stat_id stats_shown[] = {
	STAT_BLOCKS,
	STAT_NONE,
	STAT_LATE,
	STAT_DROP,
	STAT_XRUN,
	STAT_SUSPENDS,
	STAT_DEVICE_LOST,
	STAT_COMMITS,
	STAT_BLIND,
	STAT_REFUSED,
	STAT_FAILOVERS,
	STAT_REANCHORS,
	STAT_RESETS,
	STAT_RESYNCS,
	STAT_EVENTS,
	STAT_FAULTS,
	STAT_MISMATCH,
	STAT_GPIO_DETENTS,
	STAT_GPIO_LOST,
	STAT_GPIO_ILLEGAL,
	STAT_GPIO_GONE,
	STAT_MIDI_UNHEARD,
	STAT_MIDI_FAULTS,
};
const int n_stats_shown = ARRAY_LEN(stats_shown);

static void text_copy(char *to, const char *from, size_t n_bytes)
{
	memcpy(to, from, n_bytes);
	to[n_bytes - 1] = '\0';
}

/* The desk's version is odd while it writes; a desk that died in there does not hold us up. */
static void texts_copy(const struct stats_page *page, struct stats_look *look)
{
	for (int tries = 0; tries < 1000; tries++) {
		uint32_t before = atomic_load(&page->text_version);

		text_copy(look->texts.sink, page->texts.sink, sizeof(look->texts.sink));
		text_copy(look->texts.patch, page->texts.patch, sizeof(look->texts.patch));
		text_copy(look->texts.hint, page->texts.hint, sizeof(look->texts.hint));
		text_copy(look->texts.refused_why, page->texts.refused_why,
			sizeof(look->texts.refused_why));
		text_copy(look->texts.degraded, page->texts.degraded, sizeof(look->texts.degraded));
		text_copy(look->texts.warnings, page->texts.warnings, sizeof(look->texts.warnings));
		if (before % 2 == 0 && before == atomic_load(&page->text_version))
			return;
	}
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static void slots_look(const struct stats_page *page, struct stats_look *look)
{
	for (int i = 0; i < N_SLOTS; i++) {
		uint32_t state = atomic_load(&page->slot_states[i]);
		double busy_us = (double)atomic_load(&page->window.busy_ns[i]) / NS_PER_US;
		double worst_us = (double)atomic_load(&page->window.worst_ns[i]) / NS_PER_US;
		double rendered = (double)atomic_load(&page->window.rendered[i]);

		look->states[i] = state < N_SLOT_STATES ? (enum slot_state)state : SLOT_PARKED;
		look->loads[i].mean_percent = 100 * ratio(busy_us, rendered * look->block_us);
		look->loads[i].worst_percent = 100 * ratio(worst_us, look->block_us);
		look->loads[i].p50_us = (double)atomic_load(&page->window.p50_ns[i]) / NS_PER_US;
		look->loads[i].p99_us = (double)atomic_load(&page->window.p99_ns[i]) / NS_PER_US;
		look->loads[i].max_us = worst_us;
		look->has_mirror = look->has_mirror || look->states[i] == SLOT_MIRROR;
	}
}

static void threads_look(const struct stats_page *page, struct stats_look *look)
{
	for (int i = 0; i < STATS_THREADS; i++) {
		const struct stats_thread *thread = &page->threads[i];

		look->threads[i].tid = atomic_load(&thread->tid);
		look->threads[i].cpu = atomic_load(&thread->cpu);
		look->threads[i].priority = atomic_load(&thread->priority);
		look->threads[i].minor_faults = atomic_load(&thread->minor_faults);
		look->threads[i].major_faults = atomic_load(&thread->major_faults);
		look->threads[i].preempted = atomic_load(&thread->preempted);
	}
}

void stats_look(const struct stats_page *page, int64_t now_ns, struct stats_look *look)
{
	double window_us;
	uint32_t occ_min;

	memset(look, 0, sizeof(*look));
	look->pid = page->pid;
	look->audio = page->audio;
	look->piece_max_bytes = atomic_load(&page->piece_max_bytes);
	look->core.core_mhz = atomic_load(&page->core.core_mhz);
	look->core.board_mhz = atomic_load(&page->core.board_mhz);
	if (atomic_load(&page->mirror_since_ns))
		look->mirror_since_s =
			(double)(now_ns - (int64_t)atomic_load(&page->mirror_since_ns)) / NS_PER_S;
	if (atomic_load(&page->away_since_ns)) {
		look->is_away = true;
		look->away_s =
			(double)(now_ns - (int64_t)atomic_load(&page->away_since_ns)) / NS_PER_S;
	}
	texts_copy(page, look);

	look->uptime_s = (double)(now_ns - (int64_t)atomic_load(&page->started_ns)) / NS_PER_S;
	for (int s = 0; s < N_STATS; s++) {
		look->totals[s] = stats_total(page, (enum stat_id)s);
		look->window[s] = atomic_load(&page->window.counts[s]);
	}
	window_us = (double)atomic_load(&page->window.ns) / NS_PER_US;
	look->window_s = window_us / 1e6;
	look->block_us = ratio(1e6 * page->audio.block_frames, page->audio.rate_hz);
	look->period_us = ratio(window_us, (double)look->window[STAT_BLOCKS]);
	look->ahead.occ_blocks = (int)atomic_load(&page->ahead.occ);
	occ_min = atomic_load(&page->window.occ_min);
	look->ahead.occ_min_blocks = occ_min == UINT32_MAX ? look->ahead.occ_blocks : (int)occ_min;
	look->ahead.burst_max_blocks = (int)atomic_load(&page->ahead.burst_max);
	look->ahead.occ_mean_blocks =
		ratio((double)look->window[STAT_OCC_SUM], (double)look->window[STAT_BLOCKS]);
	look->live = atomic_load(&page->live) ? 1 : 0;
	slots_look(page, look);
	threads_look(page, look);
}

enum stats_health stats_health(const struct stats_look *look)
{
	bool is_stuck = look->window_s > 0.5 && look->window[STAT_BLOCKS] == 0;

	if (look->is_away || look->totals[STAT_BLOCKS] == 0 || is_stuck)
		return STATS_NOT_PLAYING;
	if (look->texts.warnings[0] || look->texts.degraded[0] ||
		core_speed_is_low(look->core.core_mhz, look->core.board_mhz))
		return STATS_DEGRADED;
	return STATS_GOOD;
}
