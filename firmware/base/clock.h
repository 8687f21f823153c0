/* clock.h - the only source of time: CLOCK_MONOTONIC in nanoseconds.
 * Threads: [any]; clock_sleep_until_ns only where waiting is allowed. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/util.h"

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
#define NS_PER_US 1000LL

int64_t clock_now_ns(void) RT_SAFE;
/* Frames in a time that is not below 0: the nearest number of them. */
static inline int64_t clock_frames(int64_t time_ns, int rate_hz)
{
	return time_ns / NS_PER_S * rate_hz +
	       (time_ns % NS_PER_S * rate_hz + NS_PER_S / 2) / NS_PER_S;
}
/* Processor time of the calling thread. */
int64_t clock_thread_cpu_ns(void) RT_SAFE;
/* Absolute; returns at once when the time has passed. A signal does not cut it short. */
void clock_sleep_until_ns(int64_t deadline_ns);

#endif
