/* warnings.h - what is wrong now, each with its own name, so that it can be put right again.
 *
 * Capabilities that a machine lacks for a whole run stand in degraded.h; this is what a person did,
 * or a disk, and what is done about it meanwhile.
 * Threads: [init] [desk] */
#ifndef APPLIANCE_WARNINGS_H
#define APPLIANCE_WARNINGS_H

#include <stdbool.h>

#include "base/util.h"

enum { WARNING_MAX = 10, WARNING_NAME_BYTES = 16, WARNING_BYTES = 400 };

struct warning {
	char name[WARNING_NAME_BYTES]; /* "settings", "state" */
	char text[WARNING_BYTES];
};

struct warnings {
	int n;
	unsigned version; /* another one when anything has changed */
	struct warning at[WARNING_MAX];
};

/* Keeps the text under its name and logs it, unless the same stands there already. */
void warning_set(struct warnings *warnings, const char *name, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* It is right again: logged too. Harmless when it was never wrong. */
void warning_clear(struct warnings *warnings, const char *name);
const char *warning_find(const struct warnings *warnings, const char *name); /* or NULL */

#endif
