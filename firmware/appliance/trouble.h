/* trouble.h - what is wrong now, each with its own name, so that it can be put right again.
 *
 * Capabilities that a machine lacks for a whole run stand in degraded.h; this is what a person did,
 * or a disk, and what is done about it meanwhile.
 * Threads: [init] [desk] */
#ifndef APPLIANCE_TROUBLE_H
#define APPLIANCE_TROUBLE_H

#include <stdbool.h>

#include "base/util.h"

enum { TROUBLE_MAX = 10, TROUBLE_NAME_BYTES = 16, TROUBLE_BYTES = 400 };

struct trouble {
	char name[TROUBLE_NAME_BYTES]; /* "settings", "state" */
	char text[TROUBLE_BYTES];
};

struct troubles {
	int n;
	unsigned version; /* another one when anything has changed */
	struct trouble at[TROUBLE_MAX];
};

/* Keeps the text under its name and logs it, unless the same stands there already. */
void trouble_set(struct troubles *troubles, const char *name, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* It is right again: logged too. Harmless when it was never wrong. */
void trouble_clear(struct troubles *troubles, const char *name);
const char *trouble_find(const struct troubles *troubles, const char *name); /* or NULL */

#endif
