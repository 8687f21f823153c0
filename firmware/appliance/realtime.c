/* realtime.c - what real-time threads need of the machine, and what it granted.
 * Tested by: e2e/test_rt */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "appliance/cpu_latency.h"
#include "appliance/irq.h"
#include "base/log.h"
#include "base/rt_memory.h"
#include "base/sys_file.h"
#include "appliance/rt_report.h"
#include "appliance/run.h"

_Static_assert((int)DEGRADED_MAX *DEGRADED_BYTES < STATS_DEGRADED_BYTES, "all lines fit");
_Static_assert((int)RT_REPORT_THREADS == (int)STATS_THREADS, "both know the same threads");

static const struct rt_thread *thread_of(const struct run *run, int i)
{
	return engine_thread(run->engine, (enum stats_writer)i);
}

static void show_degraded(struct run *run)
{
	static char text[STATS_DEGRADED_BYTES];
	size_t n = 0;

	text[0] = '\0';
	for (int i = 0; i < run->rt.degraded.n; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s\n", run->rt.degraded.lines[i]);
	stats_set_text(
		run->stats, run->stats->texts.degraded, sizeof(run->stats->texts.degraded), text);
}

void run_degrade(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	degraded_vadd(&run->rt.degraded, format, args);
	va_end(args);
	show_degraded(run);
}

void run_rt_prepare(struct run *run)
{
	rt_raise_limits();
	run->rt.latency_fd = cpu_latency_hold("/dev/cpu_dma_latency", 0);
}

/* A kernel without idle states has no such file, and no need of it. */
static int latency_err(const struct run *run)
{
	char driver[64];

	if (run->rt.latency_fd >= 0)
		return 0;
	if (run->rt.latency_fd == -ENOENT &&
		(sys_read(driver, sizeof(driver), "",
			 "/sys/devices/system/cpu/cpuidle/current_driver") <= 0 ||
			strcmp(driver, "none") == 0))
		return 0;
	return run->rt.latency_fd;
}

static void report(struct run *run)
{
	const struct settings *settings = &run->settings;
	struct rlimit rtprio = {0, 0}, memlock = {0, 0};
	struct rt_facts facts = {
		.n_cpus = (int)sysconf(_SC_NPROCESSORS_ONLN),
		.desk_cpu = settings->rt.desk_cpu,
		.desk_err = run->rt.desk_cpu_err,
		.is_root = geteuid() == 0,
		.locks_memory = settings->rt.lock_memory,
		.lock_err = engine_lock_err(run->engine),
		.latency_err = latency_err(run),
		.stats_on_disk = run->statistics.path[0] && !rt_is_in_memory(run->statistics.path),
		.stats_path = run->statistics.path,
	};

	for (int i = 0; i < RT_REPORT_THREADS; i++)
		facts.threads[i] = thread_of(run, i);
	getrlimit(RLIMIT_RTPRIO, &rtprio);
	getrlimit(RLIMIT_MEMLOCK, &memlock);
	facts.rtprio_limit = (long)rtprio.rlim_cur;
	facts.memlock_limit = memlock.rlim_cur == RLIM_INFINITY ? -1 : (long)memlock.rlim_cur;
	if (settings->rt.lock_memory && !facts.lock_err)
		facts.unlocked_bytes = rt_unlocked_bytes("/proc/self/smaps");
	rt_report(&facts, &run->rt.degraded);
	show_degraded(run);
}

/* Above the producer's priority: whom it waits for must not wait for it. */
static int irq_priority(const struct settings *settings)
{
	return settings->rt.producer_priority > 0 ? int_min(settings->rt.producer_priority + 5, 98)
						  : 0;
}

static void place_irq(struct run *run, const struct irq_line *line)
{
	int cpu = run->settings.rt.irq_cpu, priority = irq_priority(&run->settings);
	int err = irq_move("", line->number, cpu), pid;

	if (err < 0) {
		run_degrade(run,
			"interrupt %d (%s) stays where it is, core %d was not granted: %s; run as "
			"root, or set [rt] irq_cpu = none",
			line->number, line->name, cpu, strerror(-err));
		return;
	}
	pid = irq_thread("", line->number);
	if (!pid || !priority) {
		log_line(LOG_LEVEL_INFO, "interrupt %d (%s) is served by core %d", line->number,
			line->name, cpu);
		return;
	}
	err = irq_thread_raise(pid, priority);
	if (err < 0)
		run_degrade(run,
			"interrupt %d (%s): its thread %d did not get FIFO %d: %s; run as root",
			line->number, line->name, pid, priority, strerror(-err));
	else
		log_line(LOG_LEVEL_INFO,
			"interrupt %d (%s) is served by core %d, its thread has FIFO %d",
			line->number, line->name, cpu, priority);
}

static void place_irqs(struct run *run)
{
	struct irq_line lines[IRQ_MAX_LINES];
	int card, n;

	if (run->settings.rt.irq_cpu == SETTINGS_NO_CPU)
		return;
	card = irq_open_card("");
	n = card < 0 ? card : irq_find("", card, lines);
	if (card < 0)
		run_degrade(run,
			"[rt] irq_cpu = %d: no sound card is open whose interrupt could "
			"be moved",
			run->settings.rt.irq_cpu);
	else if (n <= 0)
		run_degrade(run,
			"[rt] irq_cpu = %d: no line of /proc/interrupts belongs to card %d; set "
			"irq_cpu = none, or move it by hand (/proc/irq/N/smp_affinity_list)",
			run->settings.rt.irq_cpu, card);
	for (int i = 0; i < n; i++)
		place_irq(run, &lines[i]);
}

static void begin_counting(struct run *run)
{
	for (int i = 0; i < STATS_THREADS; i++) {
		const struct rt_thread *thread = thread_of(run, i);
		struct stats_thread *shown = &run->stats->threads[i];

		atomic_store(&shown->cpu, thread->granted.cpu);
		atomic_store(&shown->priority, thread->granted.priority);
		if (thread_usage_read("", thread->tid, &run->rt.usage_at_start[i]) < 0)
			continue;
		atomic_store(&shown->tid, thread->tid); /* from now on it is counted */
	}
}

void run_rt_settle(struct run *run)
{
	begin_counting(run);
	/* after the others have started: they do not inherit it */
	run->rt.desk_cpu_err = rt_pin_self(run->settings.rt.desk_cpu);
}

void run_rt_report(struct run *run)
{
	report(run);
	place_irqs(run);
}

void run_rt_tick(struct run *run)
{
	for (int i = 0; i < STATS_THREADS; i++) {
		struct stats_thread *shown = &run->stats->threads[i];
		const struct thread_usage *from = &run->rt.usage_at_start[i];
		struct thread_usage now;
		int tid = atomic_load(&shown->tid);

		if (!tid || thread_usage_read("", tid, &now) < 0)
			continue;
		atomic_store(&shown->minor_faults, now.minor_faults - from->minor_faults);
		atomic_store(&shown->major_faults, now.major_faults - from->major_faults);
		atomic_store(&shown->preempted, now.preempted - from->preempted);
	}
}

void run_rt_close(struct run *run)
{
	if (run->rt.latency_fd >= 0)
		close(run->rt.latency_fd);
	run->rt.latency_fd = -1;
}
