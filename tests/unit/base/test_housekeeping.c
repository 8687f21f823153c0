/* test_housekeeping.c - ordinary threads are where they should be, under their name. */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "base/housekeeping.h"
#include "tests/support/suite.h"

struct seen {
	pthread_barrier_t named; /* the name is given from outside, after the thread has begun */
	char name[16];
	cpu_set_t cpus;
};

static void *look(void *arg)
{
	struct seen *seen = arg;

	sched_getaffinity(0, sizeof(seen->cpus), &seen->cpus);
	pthread_barrier_wait(&seen->named);
	pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
	return NULL;
}

static void start_on(struct seen *seen, int cpu)
{
	const struct housekeeping wish = {"writer", cpu, look, seen};
	pthread_t thread;

	pthread_barrier_init(&seen->named, NULL, 2);
	CU_ASSERT_EQUAL_FATAL(housekeeping_start(&thread, &wish), 0);
	pthread_barrier_wait(&seen->named);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&seen->named);
	CU_ASSERT_STRING_EQUAL(seen->name, "writer");
}

static void keeps_to_its_core(void)
{
	cpu_set_t all;
	struct seen seen;
	size_t last = CPU_SETSIZE - 1;

	sched_getaffinity(0, sizeof(all), &all);
	while (!CPU_ISSET(last, &all))
		last--;
	start_on(&seen, (int)last);
	CU_ASSERT_EQUAL(CPU_COUNT(&seen.cpus), 1);
	CU_ASSERT_TRUE(CPU_ISSET(last, &seen.cpus));
}

static void goes_anywhere_without_it(void)
{
	cpu_set_t all;
	struct seen seen;

	sched_getaffinity(0, sizeof(all), &all);
	start_on(&seen, -1);
	CU_ASSERT_TRUE(CPU_EQUAL(&seen.cpus, &all));
	start_on(&seen, CPU_SETSIZE - 1); /* no machine has it */
	CU_ASSERT_TRUE(CPU_EQUAL(&seen.cpus, &all));
}

SUITE_MAIN("housekeeping", {"keeps to its core", keeps_to_its_core},
	{"goes anywhere without it", goes_anywhere_without_it})
