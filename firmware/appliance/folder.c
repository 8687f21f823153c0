/* folder.c - the runtime folder: locked, or played without. See folder.h.
 * Tested by: e2e/test_two_runs */
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

int run_folder_claim(struct run *run, struct diag *diag)
{
	char folder[300];
	int holder = 0, err = runtime_dir_make(diag);

	if (!err && runtime_path(folder, sizeof(folder), "") < 0)
		err = diag_set(diag, -ENAMETOOLONG, "the runtime folder's name is too long");
	if (err < 0 && !run->options->is_appliance)
		return err;
	if (err < 0) {
		warning_set(&run->warnings, "runtime",
			"%.250s; playing without statistics, commands and status page", diag->text);
		return 0;
	}
	run->folder.lock = folder_lock(folder, &holder);
	if (run->folder.lock == -EBUSY)
		return refuse(folder, holder, diag);
	if (run->folder.lock < 0)
		log_line(LOG_LEVEL_WARNING,
			"runtime folder %s cannot be locked: %s; another `chronus run` there would "
			"not be noticed",
			folder, strerror(-run->folder.lock));
	run->folder.is_ours = true;
	return 0;
}

void run_folder_leave(struct run *run)
{
	if (run->folder.lock >= 0)
		close(run->folder.lock);
	run->folder.lock = -1;
	run->folder.is_ours = false;
}
