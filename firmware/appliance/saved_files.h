/* saved_files.h - files that are saved while they play: a patch is staged as `load` does it,
 * settings are checked.
 * Threads: [desk] */
#ifndef APPLIANCE_SAVED_FILES_H
#define APPLIANCE_SAVED_FILES_H

#include <poll.h>
#include <stdbool.h>

#include "control/desk.h"
#include "control/file_watch.h"

struct run;

struct run_saved {
	struct file_watch *watch;    /* NULL: saved files are not seen */
	char told[DESK_REPLY_BYTES]; /* for the screen; empty: it was said */
};

void run_saved_open(struct run *run);
/* Adds the descriptor to poll, for the files of the patch to come and of the settings. Returns its
 * index; 0: there is none. */
int run_saved_poll(struct run *run, struct pollfd *fds, int *n);
void run_saved_serve(struct run *run); /* when poll() reports it, and before a command of others */
/* true: what the screen is to say. */
bool run_saved_take_told(struct run *run, char told[DESK_REPLY_BYTES]);
void run_saved_close(struct run *run);

#endif
