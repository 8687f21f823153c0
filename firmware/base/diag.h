/* diag.h - one error, told once: what, where, why, what to do.
 *
 * A function that can be refused takes a struct diag, fills it where the context is known, and
 * returns a negative errno; callers pass both up. Bad input changes nothing else.
 * Threads: [desk] [init] */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/util.h"

struct diag {
	char text[400]; /* one line, no newline; empty: no error */
};

/* Formats the reason into diag->text (cut at its size, control characters made visible as '?').
 * Returns err (< 0), so that `return diag_set(diag, -EINVAL, "...")` reads as one sentence. */
int diag_set(struct diag *diag, int err, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
