/* rt_thread.h - threads with a policy, a core, a stack that was written to, and the truth about
 * what was granted.
 *
 * A thread sets itself up, reads back what it got, takes its name, and only then runs: from the
 * name on it is real-time code, until its name becomes "ended" (tests/rt/test_syscalls.sh).
 * Threads: [init]; rt_flush_denormals: the thread it is for.
 * Source:  sched(7), pthread_attr_setschedparam(3). */
#ifndef BASE_RT_THREAD_H
#define BASE_RT_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "base/doorbell.h"

struct rt_wish {
	char name[16]; /* as top -H shows it */
	int cpu;       /* -1: anywhere */
	int priority;  /* SCHED_FIFO; 0: ordinary scheduling */
};

struct rt_thread {
	pthread_t id;
	bool is_running;
	struct rt_wish wish;
	struct rt_wish granted; /* read back: cpu -1 or priority 0 where it was refused */
	bool flushes_denormals; /* read back */
	int tid;                /* as in /proc/PID/task */

	void *(*run)(void *);
	void *arg;
	void *stack;
	struct doorbell settled;
};

/* Starts run(arg) with the wish as far as it is granted, and waits until the thread has read that
 * back. A refusal is not an error: it shows in granted, and who asked tells it.
 * 0 or a negative errno (no thread could be made). */
int rt_thread_start(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg);
void rt_thread_join(struct rt_thread *thread);

/* Keeps the calling thread to a core (-1: any), and reads it back. 0 or a negative errno. */
int rt_pin_self(int cpu);

/* Lifts the soft limits of priority and locked memory as far as the hard ones allow. */
void rt_raise_limits(void);

/* Flush-to-zero and denormals-are-zero for the calling thread; is it so? */
void rt_flush_denormals(void);
bool rt_flushes_denormals(void);

#endif
