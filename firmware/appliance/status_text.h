/* status_text.h - the answer to "why is there no sound?", in a screen of plain text.
 * Threads: [any], pure. */
#ifndef APPLIANCE_STATUS_TEXT_H
#define APPLIANCE_STATUS_TEXT_H

#include <stddef.h>

#include "engine/stats_read.h"

enum { STATUS_TEXT_BYTES = 12000 };

struct status_facts {
	const struct stats_look *look;
	const char *settings; /* the file; empty: defaults */
	const char *state;    /* what is kept, in words */
	double quiet_s;       /* since when the patch gives nothing that could be heard */
};

/* The whole text, cut at n_bytes; its first line is what it all comes to. Returns its length. */
size_t status_text(const struct status_facts *facts, char *text, size_t n_bytes);

#endif
