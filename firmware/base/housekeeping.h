/* housekeeping.h - ordinary threads beside the real-time ones: disk, devices that come back.
 *
 * They are kept to the desk's core from their first instruction on, so that none ever runs where a
 * worker or the producer does.
 * Threads: [init]. Join with pthread_join.
 * Errors:  0 or a negative errno (no thread could be made). A core that is not there is not
 *          insisted on: the desk, which wants the same one, has told it. */
#ifndef BASE_HOUSEKEEPING_H
#define BASE_HOUSEKEEPING_H

#include <pthread.h>

struct housekeeping {
	const char *name; /* at most 15 characters, as top -H shows it */
	int cpu;          /* -1: anywhere */
	void *(*run)(void *arg);
	void *arg;
};

int housekeeping_start(pthread_t *out, const struct housekeeping *wish);

#endif
