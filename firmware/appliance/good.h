/* good.h - copies of the settings and of the patch that have sounded, in the state folder.
 * Threads: load, patch, settings, close [init]; look, next [desk] */
#ifndef APPLIANCE_GOOD_H
#define APPLIANCE_GOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"

struct run;

struct patch;

enum good { GOOD_SETTINGS, GOOD_PATCH, N_GOOD };
extern const char *const good_names[N_GOOD]; /* of the files */

struct run_good {
	char *settings; /* as they were read, until they are copied; NULL: not good, or copied */
	size_t n_settings_bytes;
	char path[SETTINGS_PATH_BYTES]; /* of the patch that is heard, */
	uint64_t n_commits, since;      /* after so many commits, since this block */
	bool is_copied;
};

/* A copy into *text, which the caller frees; NULL where there is none. */
int run_good_load(const struct run *run, enum good good, char **text, size_t *n_bytes);
/* The copy of a patch, if it is of this file. */
int run_good_patch(const struct run *run, const char *path, struct patch **patch);
/* Settings that are good, once they have sounded: the run's from then on. NULL: none are. */
void run_good_settings(struct run *run, char *text, size_t n_bytes);
void run_good_look(struct run *run); /* often: since when is it heard? */
/* true: *text, the caller's then, is to be copied now. */
bool run_good_next(struct run *run, enum good *good, char **text, size_t *n_bytes);
void run_good_close(struct run *run);

#endif
