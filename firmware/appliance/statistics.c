/* statistics.c - the page of counters: opened, and looked at once a second. See statistics.h.
 * Tested by: e2e/test_two_runs */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/core_speed.h"
#include "base/log.h"
#include "base/pi_board.h"
#include "base/runtime_dir.h"
#include "base/sys_file.h"
#include "appliance/run.h"

int run_statistics_open(struct run *run, struct diag *diag)
{
	struct diag why;
	int err = 0;

	run->statistics.path[0] = '\0';
	if (run->folder.is_ours)
		err = runtime_path(run->statistics.path, sizeof(run->statistics.path), "stats");
	if (err < 0)
		return diag_set(diag, err, "the runtime folder's name is too long");
	if (run->folder.is_ours && stats_open(&run->stats, run->statistics.path, &why) == 0)
		return 0;
	run->statistics.path[0] = '\0';
	err = stats_open(&run->stats, NULL, diag);
	if (!err && run->folder.is_ours)
		run_degrade(run,
			"%.200s; `chronus stats` shows nothing of this run: make room there, and "
			"start again",
			why.text);
	return err;
}

static void give_hints(struct run *run)
{
	unsigned burst = atomic_load(&run->stats->ahead.burst_max);
	char hint[STATS_TEXT_BYTES];

	if (run->statistics.has_hinted || burst <= (unsigned)run->settings.engine.lead_blocks)
		return;
	run->statistics.has_hinted = true;
	snprintf(hint, sizeof(hint),
		"the device takes up to %u blocks at once, lead_blocks is %d: set lead_blocks = %u",
		burst, run->settings.engine.lead_blocks, burst);
	stats_set_text(run->stats, run->stats->texts.hint, sizeof(run->stats->texts.hint), hint);
	log_line(LOG_LEVEL_WARNING, "%s", hint);
}

/* Throttling comes and goes: measured once a second, for 30 us. */
static void measure_clock(struct run *run)
{
	const struct pi_board *board;
	char model[128];

	if (!atomic_load(&run->stats->core.core_mhz) &&
		sys_read(model, sizeof(model), "", "/proc/device-tree/model") > 0) {
		board = pi_board_find(model);
		atomic_store(&run->stats->core.board_mhz, board ? board->full_mhz : 0);
	}
	atomic_store(&run->stats->core.core_mhz, core_speed_mhz());
}

void run_statistics_tick(struct run *run, int64_t now_ns)
{
	stats_tick(run->stats, &run->statistics.history, now_ns);
	measure_clock(run);
	give_hints(run);
}

void run_statistics_close(struct run *run)
{
	if (run->stats)
		stats_close(run->stats, run->statistics.path[0] ? run->statistics.path : NULL);
	run->stats = NULL;
}
