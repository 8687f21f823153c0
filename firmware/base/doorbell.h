/* doorbell.h - one thread sleeps, others wake it: a futex and a count, no lock.
 *
 * The count only grows. A waiter says which count it has seen, so a ring between looking and
 * sleeping is never lost; several rings before it wakes are one. Ringing costs a system call only
 * when somebody sleeps.
 * Threads: [any]. Errors: none.
 * Source:  futex(2). */
#ifndef BASE_DOORBELL_H
#define BASE_DOORBELL_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct doorbell {
	atomic_uint rings;    /* writers: [any] */
	atomic_uint sleepers; /* writers: the waiting threads */
};

void doorbell_ring(struct doorbell *bell) RT_SAFE;
/* Sleeps until the count differs from seen; returns the count. */
unsigned doorbell_wait(struct doorbell *bell, unsigned seen) RT_SAFE;
/* Same, but gives up (and returns seen) after timeout_ns. */
unsigned doorbell_wait_for(struct doorbell *bell, unsigned seen, int64_t timeout_ns) RT_SAFE;

#endif
