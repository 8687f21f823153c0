/* folders.c - the runtime folder of `chronus run`: its own alone, and what it does without one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/folder_lock.h"
#include "base/log.h"
#include "base/runtime_dir.h"
#include "appliance/run.h"

static int refuse(const char *folder, int holder, struct diag *diag)
{
	char who[40] = "another process", how[40] = "end that one";

	if (holder) {
		snprintf(who, sizeof(who), "another chronus, pid %d,", holder);
		snprintf(how, sizeof(how), "end it first (kill %d)", holder);
	}
	return diag_set(diag, -EBUSY,
		"%s plays in the runtime folder %s; %s, or let CHRONUS_RUNTIME_DIR name another "
		"folder for this one",
		who, folder, how);
}

int run_claim_folder(struct run *run, struct diag *diag)
{
	char folder[300];
	int holder = 0, err = runtime_dir_make(diag);

	if (!err && runtime_path(folder, sizeof(folder), "") < 0)
		err = diag_set(diag, -ENAMETOOLONG, "the runtime folder's name is too long");
	if (err < 0 && !run->options->is_appliance)
		return err;
	if (err < 0) {
		trouble_set(&run->troubles, "runtime",
			"%.250s; playing without statistics, commands and status page", diag->text);
		return 0;
	}
	run->runtime_lock = folder_lock(folder, &holder);
	if (run->runtime_lock == -EBUSY)
		return refuse(folder, holder, diag);
	if (run->runtime_lock < 0)
		log_line(LOG_LEVEL_WARNING,
			"runtime folder %s cannot be locked: %s; another `chronus run` there would "
			"not be noticed",
			folder, strerror(-run->runtime_lock));
	run->has_folder = true;
	return 0;
}

void run_leave_folder(struct run *run)
{
	if (run->runtime_lock >= 0)
		close(run->runtime_lock);
	run->runtime_lock = -1;
	run->has_folder = false;
}

int run_open_stats(struct run *run, struct diag *diag)
{
	struct diag why;
	int err = 0;

	run->stats_path[0] = '\0';
	if (run->has_folder)
		err = runtime_path(run->stats_path, sizeof(run->stats_path), "stats");
	if (err < 0)
		return diag_set(diag, err, "the runtime folder's name is too long");
	if (run->has_folder && stats_open(&run->stats, run->stats_path, &why) == 0)
		return 0;
	run->stats_path[0] = '\0';
	err = stats_open(&run->stats, NULL, diag);
	if (!err && run->has_folder)
		run_degrade(run,
			"%.200s; `chronus stats` shows nothing of this run: make room there, and "
			"start again",
			why.text);
	return err;
}
