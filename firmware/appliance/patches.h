/* patches.h - a patch by its path: its file, the built-in one, or the copy of one that has sounded;
 * and run->patch, the one that a run begins with.
 * Threads: [init] [desk] */
#ifndef APPLIANCE_PATCHES_H
#define APPLIANCE_PATCHES_H

#include <stdbool.h>

#include "base/diag.h"

struct run;

struct patch;

/* Puts patch in the place of run->patch (NULL: none yet), and returns that: the caller's now. */
struct patch *run_patch_swap(struct run *run, struct patch *patch);
int run_patch_built_in(struct run *run, struct diag *diag); /* in the place of run->patch */
/* A patch of the state, for struct state_opener; ctx: the run. */
int run_patch_open(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag);

#endif
