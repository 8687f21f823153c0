/* progress.h - lines that say how far a long request is, for whoever waits for its answer.
 * Threads: [init] */
#ifndef CARD_PROGRESS_H
#define CARD_PROGRESS_H

#include "base/util.h"

struct progress {
	void (*say)(void *user, const char *line); /* NULL: nobody listens */
	void *user;
};

void progress_say(const struct progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
