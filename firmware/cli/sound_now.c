/* sound_now.c - a look at the statistics page. See sound_now.h.
 * Tested by: e2e/test_card */
#include "cli/sound_now.h"

#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/runtime_dir.h"
#include "engine/stats_read.h"

void sound_now(struct sound_look *look)
{
	const struct stats_page *page;
	static struct stats_look stats;
	struct diag diag;
	char path[512];

	memset(look, 0, sizeof(*look));
	if (runtime_path_find(path, sizeof(path), "stats") < 0 ||
		stats_map_read(path, &page, &diag) < 0)
		return;
	stats_look(page, clock_now_ns(), &stats);
	munmap((void *)page, sizeof(*page));
	look->is_there = true;
	look->pid = stats.pid;
	look->has_device = !stats.is_away && strncmp(stats.texts.sink, "simulated", 9) != 0;
	look->n_blocks = stats.totals[STAT_BLOCKS];
	look->n_none = stats.totals[STAT_NONE];
	look->n_xruns = stats.totals[STAT_XRUN] + stats.totals[STAT_DEVICE_LOST];
}
