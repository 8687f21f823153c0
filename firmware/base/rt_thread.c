#include "base/rt_thread.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "base/log.h"

#define STACK_BYTES (256 * 1024)

static int start_with(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
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
	err = pthread_create(&thread->id, &attr, run, arg);
	pthread_attr_destroy(&attr);
	if (err)
		return -err;
	thread->granted = *wish;
	thread->is_running = true;
	pthread_setname_np(thread->id, wish->name);
	return 0;
}

int rt_thread_start(
	struct rt_thread *thread, const struct rt_wish *wish, void *(*run)(void *), void *arg)
{
	struct rt_wish wanted = *wish;
	long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int err;

	if (wanted.cpu >= n_cpus) {
		log_line(LOG_LEVEL_INFO,
			"%s: core %d is not there (%ld cores); it runs on any core", wish->name,
			wish->cpu, n_cpus);
		wanted.cpu = -1;
	}
	err = start_with(thread, &wanted, run, arg);
	if (err == -EPERM && wanted.priority > 0) {
		log_line(LOG_LEVEL_WARNING,
			"%s: SCHED_FIFO %d was not granted, ordinary scheduling instead (run as "
			"root, or set "
			"LimitRTPRIO= in the unit or rtprio in /etc/security/limits.conf)",
			wish->name, wanted.priority);
		wanted.priority = 0;
		err = start_with(thread, &wanted, run, arg);
	}
	if (err == -EINVAL && wanted.cpu >= 0) {
		log_line(LOG_LEVEL_WARNING, "%s: core %d was not granted; it runs on any core",
			wish->name, wanted.cpu);
		wanted.cpu = -1;
		err = start_with(thread, &wanted, run, arg);
	}
	return err;
}

void rt_thread_join(struct rt_thread *thread)
{
	if (thread->is_running)
		pthread_join(thread->id, NULL);
	thread->is_running = false;
}

void rt_pin_self(int cpu)
{
	cpu_set_t cpus;

	if (cpu < 0 || cpu >= sysconf(_SC_NPROCESSORS_ONLN))
		return;
	CPU_ZERO(&cpus);
	CPU_SET((size_t)cpu, &cpus);
	if (pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus))
		log_line(LOG_LEVEL_WARNING, "desk: core %d was not granted; it runs on any core", cpu);
}

int rt_lock_memory(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0)
		return 0;
	int err = -errno;

	log_line(LOG_LEVEL_WARNING,
		"memory could not be locked: %s (run as root, or set LimitMEMLOCK=infinity in the "
		"unit)",
		strerror(-err));
	return err;
}

void rt_flush_denormals(void)
{
#if defined(__x86_64__)
	_mm_setcsr(_mm_getcsr() | 0x8040); /* FTZ and DAZ */
#elif defined(__aarch64__)
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr | (1u << 24)));
#endif
}
