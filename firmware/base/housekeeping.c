#include "base/housekeeping.h"

#include <sched.h>

/* All memory is locked (rt_memory.h), so what a stack might need is resident from the start: the usual
 * 8 MB would be a fifth of the program. */
#ifdef RT_STACK_KB
enum { STACK_BYTES = RT_STACK_KB * 1024 };
#else
enum { STACK_BYTES = 512 * 1024 };
#endif

static int start(pthread_t *out, const struct housekeeping *wish, int cpu)
{
	pthread_attr_t attr;
	cpu_set_t cpus;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (cpu >= 0) {
		CPU_ZERO(&cpus);
		CPU_SET((size_t)cpu, &cpus);
		pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	}
	err = pthread_create(out, &attr, wish->run, wish->arg);
	pthread_attr_destroy(&attr);
	if (!err)
		pthread_setname_np(*out, wish->name);
	return -err;
}

int housekeeping_start(pthread_t *out, const struct housekeeping *wish)
{
	int err = start(out, wish, wish->cpu);

	return err < 0 && wish->cpu >= 0 ? start(out, wish, -1) : err;
}
