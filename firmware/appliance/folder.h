/* folder.h - the runtime folder of a run: one process at a time.
 * Threads: [init] */
#ifndef APPLIANCE_FOLDER_H
#define APPLIANCE_FOLDER_H

#include <stdbool.h>

#include "base/diag.h"

struct run;

struct run_folder {
	bool is_ours; /* it is there, and this run's alone */
	int lock;     /* descriptor; below 0: none */
};

/* Before anything is written there: -EBUSY and the pid where another one plays in it; an appliance
 * goes on without a folder that cannot be had. */
int run_folder_claim(struct run *run, struct diag *diag);
void run_folder_leave(struct run *run); /* last of all */

#endif
