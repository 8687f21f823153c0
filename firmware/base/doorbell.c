/* Tested by: unit/engine/test_engine */
#include "base/doorbell.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

void doorbell_ring(struct doorbell *bell)
{
	atomic_fetch_add(&bell->rings, 1);
	if (atomic_load(&bell->sleepers))
		syscall(SYS_futex, &bell->rings, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static unsigned wait_once(struct doorbell *bell, unsigned seen, const struct timespec *timeout)
{
	unsigned now;

	atomic_fetch_add(&bell->sleepers, 1);
	now = atomic_load(&bell->rings);
	if (now == seen)
		syscall(SYS_futex, &bell->rings, FUTEX_WAIT_PRIVATE, seen, timeout, NULL, 0);
	atomic_fetch_sub(&bell->sleepers, 1);
	return atomic_load(&bell->rings);
}

unsigned doorbell_wait(struct doorbell *bell, unsigned seen)
{
	unsigned now = atomic_load(&bell->rings);

	while (now == seen)
		now = wait_once(bell, seen, NULL);
	return now;
}

unsigned doorbell_wait_for(struct doorbell *bell, unsigned seen, int64_t timeout_ns)
{
	int64_t deadline_ns = clock_now_ns() + timeout_ns;
	unsigned now = atomic_load(&bell->rings);

	while (now == seen) {
		int64_t left_ns = deadline_ns - clock_now_ns();
		struct timespec timeout = {left_ns / NS_PER_S, left_ns % NS_PER_S};

		if (left_ns <= 0)
			break;
		now = wait_once(bell, seen, &timeout);
	}
	return now;
}
