/* test_rt_thread.c - what a thread was granted is what it has; its stack is there before it
 * runs. */
#include "base/rt_thread.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "appliance/thread_usage.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

struct seen {
	int policy, priority, n_cpus;
	char name[16];
	float product;
	struct doorbell looked, may_end;
};

static void *look(void *at)
{
	struct seen *seen = at;
	volatile float smallest = 1.2e-38f, half = 0.5f;
	struct sched_param param;
	cpu_set_t cpus;

	seen->product = smallest * half;
	seen->policy = sched_getscheduler(0);
	sched_getparam(0, &param);
	seen->priority = param.sched_priority;
	sched_getaffinity(0, sizeof(cpus), &cpus);
	seen->n_cpus = CPU_COUNT(&cpus);
	pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
	doorbell_ring(&seen->looked);
	doorbell_wait(&seen->may_end, 0);
	return NULL;
}

static void start(struct rt_thread *thread, const struct rt_wish *wish, struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	CU_ASSERT_EQUAL_FATAL(rt_thread_start(thread, wish, look, seen), 0);
}

static void end(struct rt_thread *thread, struct seen *seen)
{
	doorbell_wait(&seen->looked, 0);
	doorbell_ring(&seen->may_end);
	rt_thread_join(thread);
}

static void test_granted_is_true(void)
{
	static const struct rt_wish wishes[] = {{"plain", -1, 0}, {"kept", 0, 0}, {"fifo", -1, 5},
		{"both", 0, 7}, {"no such core", 1000, 0}, {"nor this", 1000, 3}};
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	for (size_t i = 0; i < ARRAY_LEN(wishes); i++) {
		struct rt_thread thread;
		struct seen seen;

		start(&thread, &wishes[i], &seen);
		end(&thread, &seen);
		CU_ASSERT_STRING_EQUAL(seen.name, wishes[i].name);
		CU_ASSERT_EQUAL(seen.policy == SCHED_FIFO, thread.granted.priority > 0);
		CU_ASSERT_EQUAL(seen.priority, thread.granted.priority);
		CU_ASSERT_TRUE(
			thread.granted.priority == wishes[i].priority || !thread.granted.priority);
		CU_ASSERT_EQUAL(seen.n_cpus, thread.granted.cpu >= 0 ? 1 : CPU_COUNT(&all));
		if (wishes[i].cpu == 1000)
			CU_ASSERT_EQUAL(thread.granted.cpu, -1);
		if (wishes[i].cpu == 0 && CPU_ISSET(0, &all))
			CU_ASSERT_EQUAL(thread.granted.cpu, 0);
	}
}

static void test_flushes_denormals(void)
{
	const struct rt_wish wish = {"flush", -1, 0};
	volatile float smallest = 1.2e-38f, half = 0.5f;
	struct rt_thread thread;
	struct seen seen;

	start(&thread, &wish, &seen);
	end(&thread, &seen);
	CU_ASSERT_TRUE(thread.flushes_denormals);
	CU_ASSERT_EQUAL(seen.product, 0.0f);
	CU_ASSERT_FALSE(rt_flushes_denormals()); /* only where it was asked for */
	CU_ASSERT_TRUE(smallest * half > 0.0f);
}

static void test_stack_is_present(void)
{
	const struct rt_wish wish = {"stack", -1, 0};
	static unsigned char pages[1024];
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE), n_bytes, n_pages;
	struct rt_thread thread;
	pthread_attr_t attr;
	struct seen seen;
	void *stack;

	start(&thread, &wish, &seen);
	pthread_getattr_np(thread.id, &attr);
	pthread_attr_getstack(&attr, &stack, &n_bytes);
	pthread_attr_destroy(&attr);
	n_pages = n_bytes / page_bytes;
	CU_ASSERT_TRUE_FATAL(n_bytes >= 128 * 1024 && n_pages <= sizeof(pages));
	CU_ASSERT_EQUAL(mincore(stack, n_bytes, pages), 0);
	for (size_t i = 0; i < n_pages; i++)
		CU_ASSERT_TRUE(pages[i] & 1);
	end(&thread, &seen);
}

static void test_pin_self(void)
{
	cpu_set_t before;

	sched_getaffinity(0, sizeof(before), &before);
	CU_ASSERT_EQUAL(rt_pin_self(-1), 0);
	CU_ASSERT_EQUAL(rt_pin_self(1000), -EINVAL);
	if (CPU_ISSET(0, &before))
		CU_ASSERT_EQUAL(rt_pin_self(0), 0);
	sched_setaffinity(0, sizeof(before), &before);
}

static void test_usage_of_a_thread(void)
{
	const char *root = tree_new();
	struct thread_usage usage;

	tree_file("proc/self/task/7/stat",
		"7 (a) b) R 1 2 3 4 5 4194304 111 999 22 888 1 2 3 4 20 0 1 0 100\n");
	CU_ASSERT_EQUAL(thread_usage_read(root, 7, &usage), -ENOENT);
	tree_file("proc/self/task/7/status",
		"Name:\ta) b\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t33\n");
	CU_ASSERT_EQUAL(thread_usage_read(root, 7, &usage), 0);
	CU_ASSERT_EQUAL(usage.minor_faults, 111);
	CU_ASSERT_EQUAL(usage.major_faults, 22);
	CU_ASSERT_EQUAL(usage.preempted, 33);
	tree_file("proc/self/task/7/stat", "7 (a) R\n");
	CU_ASSERT_EQUAL(thread_usage_read(root, 7, &usage), -EPROTO);
	CU_ASSERT_EQUAL(usage.preempted, 33); /* untouched */
}

static void test_own_usage(void)
{
	size_t n_bytes = 64 * 4096;
	struct thread_usage before, after;
	char *fresh;

	CU_ASSERT_EQUAL_FATAL(thread_usage_read("", gettid(), &before), 0);
	fresh = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(fresh, MAP_FAILED);
	memset(fresh, 1, n_bytes);
	CU_ASSERT_EQUAL(thread_usage_read("", gettid(), &after), 0);
	munmap(fresh, n_bytes);
	CU_ASSERT_TRUE(after.minor_faults > before.minor_faults);
}

SUITE_MAIN("rt_thread", {"granted is true", test_granted_is_true},
	{"flushes denormals", test_flushes_denormals},
	{"its stack is present", test_stack_is_present}, {"pin self", test_pin_self},
	{"usage of a thread", test_usage_of_a_thread}, {"own usage", test_own_usage})
