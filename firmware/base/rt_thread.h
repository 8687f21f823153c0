/* rt_thread.h - threads with a policy, a core, a locked stack, and the truth about what was
 * granted.
 * Threads: [init]; rt_flush_denormals: the thread it is for.
 * Source:  sched(7), pthread_attr_setschedparam(3). */
#ifndef BASE_RT_THREAD_H
#define BASE_RT_THREAD_H

#include <pthread.h>
#include <stdbool.h>

struct rt_wish {
	char name[16]; /* as top -H shows it */
	int cpu;       /* -1: anywhere */
	int priority;  /* SCHED_FIFO; 0: ordinary scheduling */
};

struct rt_thread {
	pthread_t id;
	bool is_running;
	struct rt_wish granted; /* what was read back: cpu -1 or priority 0 where it was refused */
};

/* Starts run(arg) with the wish as far as it is granted. A refusal is not an error: it is logged
 * once with its remedy and shows in granted. 0 or a negative errno (no thread could be made). */
int rt_thread_start(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg);
void rt_thread_join(struct rt_thread *thread);

/* Keeps the calling thread to a core; a core that is not there (or -1) is not insisted on. */
void rt_pin_self(int cpu);

/* mlockall now and for the future. 0 or a negative errno (logged with the remedy). */
int rt_lock_memory(void);

/* Flush-to-zero and denormals-are-zero for the calling thread. */
void rt_flush_denormals(void);

#endif
