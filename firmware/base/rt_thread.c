#include "base/rt_thread.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#ifndef RT_STACK_KB
#define RT_STACK_KB 256 /* ThreadSanitizer needs more (Makefile) */
#endif
enum { STACK_BYTES = RT_STACK_KB * 1024, GUARD_BYTES = 64 * 1024 };

/* The core that the calling thread is kept to, or -1. */
static int own_cpu(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0 || CPU_COUNT(&cpus) != 1)
		return -1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &cpus))
			return cpu;
	return -1;
}

static int own_priority(void)
{
	struct sched_param param;

	if (sched_getscheduler(0) != SCHED_FIFO || sched_getparam(0, &param) < 0)
		return 0;
	return param.sched_priority;
}

static void *begin(void *at)
{
	struct rt_thread *thread = at;
	void *result;

	rt_flush_denormals();
	thread->flushes_denormals = rt_flushes_denormals();
	thread->tid = (int)syscall(SYS_gettid);
	thread->granted = thread->wish;
	thread->granted.cpu = own_cpu() == thread->wish.cpu ? thread->wish.cpu : -1;
	thread->granted.priority = own_priority();
	prctl(PR_SET_NAME, thread->wish.name);
	doorbell_ring(&thread->settled);
	result = thread->run(thread->arg);
	prctl(PR_SET_NAME, "ended");
	return result;
}

/* Below the stack lies memory that may not be touched: an overflow is a fault, and contained. */
static int make_stack(struct rt_thread *thread)
{
	char *base = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (base == MAP_FAILED)
		return -errno;
	memset(base + GUARD_BYTES, 0, STACK_BYTES);
	mprotect(base, GUARD_BYTES, PROT_NONE);
	thread->stack = base;
	return 0;
}

static void free_stack(struct rt_thread *thread)
{
	if (thread->stack)
		munmap(thread->stack, GUARD_BYTES + STACK_BYTES);
	thread->stack = NULL;
}

static int create(struct rt_thread *thread, const struct rt_wish *wish)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, (char *)thread->stack + GUARD_BYTES, STACK_BYTES);
	if (wish->priority > 0) {
		struct sched_param param = {.sched_priority = wish->priority};

		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
		pthread_attr_setschedparam(&attr, &param);
	}
	if (wish->cpu >= 0) {
		cpu_set_t cpus;

		CPU_ZERO(&cpus);
		CPU_SET((size_t)wish->cpu, &cpus);
		pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	}
	err = pthread_create(&thread->id, &attr, begin, thread);
	pthread_attr_destroy(&attr);
	return -err;
}

int rt_thread_start(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg)
{
	struct rt_wish asked = *wish;
	int err;

	*thread = (struct rt_thread){.wish = *wish, .run = run, .arg = arg};
	err = make_stack(thread);
	if (err < 0)
		return err;
	err = create(thread, &asked);
	if (err == -EINVAL && asked.cpu >= 0) { /* a core that is not there, or not ours */
		asked.cpu = -1;
		err = create(thread, &asked);
	}
	if (err == -EPERM && asked.priority > 0) {
		asked.priority = 0;
		err = create(thread, &asked);
	}
	if (err == -EINVAL && asked.cpu >= 0) {
		asked.cpu = -1;
		err = create(thread, &asked);
	}
	if (err < 0) {
		free_stack(thread);
		return err;
	}
	thread->is_running = true;
	doorbell_wait(&thread->settled, 0);
	return 0;
}

void rt_thread_join(struct rt_thread *thread)
{
	if (thread->is_running)
		pthread_join(thread->id, NULL);
	thread->is_running = false;
	free_stack(thread);
}

int rt_pin_self(int cpu)
{
	cpu_set_t cpus;

	if (cpu < 0)
		return 0;
	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
		return -errno;
	return own_cpu() == cpu ? 0 : -EIO;
}

void rt_raise_limits(void)
{
	static const __rlimit_resource_t limits[] = {RLIMIT_RTPRIO, RLIMIT_MEMLOCK};

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i], &limit) < 0)
			continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(limits[i], &limit);
	}
}

#if defined(__x86_64__)
enum { MXCSR_FTZ_DAZ = 0x8040 };

void rt_flush_denormals(void)
{
	_mm_setcsr(_mm_getcsr() | MXCSR_FTZ_DAZ);
}

bool rt_flushes_denormals(void)
{
	return (_mm_getcsr() & MXCSR_FTZ_DAZ) == MXCSR_FTZ_DAZ;
}
#elif defined(__aarch64__)
#define FPCR_FZ (1ull << 24)

static uint64_t fpcr_read(void)
{
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	return fpcr;
}

void rt_flush_denormals(void)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr_read() | FPCR_FZ));
}

bool rt_flushes_denormals(void)
{
	return (fpcr_read() & FPCR_FZ) != 0;
}
#else
void rt_flush_denormals(void)
{
}

bool rt_flushes_denormals(void)
{
	return false;
}
#endif
