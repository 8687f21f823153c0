/* restarts.c - how many starts in a row ended at once: what was kept may be what ends them.
 *
 * The number is a file in the runtime folder, so it is forgotten with the power.
 * Tested by: e2e/test_appliance */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/atomic_file.h"
#include "base/runtime_dir.h"
#include "base/sys_file.h"
#include "appliance/run.h"

enum { SOON_MS = 3000, WITHOUT_STATE = 5, WITHOUT_PATCH = 8 };

static const char file_name[] = "starts";

void run_starts_begin(struct run *run)
{
	char folder[300], text[16];
	int n = 0;

	if (!run->options->is_appliance || !run->folder.is_ours ||
		runtime_path(folder, sizeof(folder), "") < 0)
		return;
	if (sys_read(text, sizeof(text), folder, "/%s", file_name) > 0)
		n = int_max(atoi(text), 0);
	run->starts.skips_state = n >= WITHOUT_STATE;
	run->starts.skips_patch = n >= WITHOUT_PATCH;
	if (run->starts.skips_state)
		warning_set(&run->warnings, "start",
			"%d starts in a row ended within %d s; playing %s, and not what was kept",
			n, SOON_MS / 1000,
			run->starts.skips_patch ? "the built-in patch" : "the start patch");
	n = snprintf(text, sizeof(text), "%d\n", n + 1);
	if (atomic_file_replace(folder, file_name, text, (size_t)n, false) < 0)
		return; /* not counted then */
	run->starts.counts = true;
}

void run_starts_good(struct run *run)
{
	char path[300];

	if (run->starts.counts && runtime_path(path, sizeof(path), file_name) == 0)
		unlink(path);
	run->starts.counts = false;
}

void run_starts_tick(struct run *run, int64_t now_ns)
{
	if (run->starts.counts && run->service.alive.is_ready &&
		now_ns - run->service.alive.opened_ns > SOON_MS * NS_PER_MS)
		run_starts_good(run);
}
