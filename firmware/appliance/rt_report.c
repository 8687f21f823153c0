/* rt_report.c - what the machine did not grant. See rt_report.h. */
#include "appliance/rt_report.h"

#include <stdio.h>
#include <string.h>

/* "producer (core 3), worker B (core 2)"; "" for none. */
struct names {
	char text[160];
	int n;
};

static void names_add(struct names *names, const char *name, const char *what, int number)
{
	size_t n = strlen(names->text);

	snprintf(names->text + n, sizeof(names->text) - n, "%s%s (%s %d)", names->n++ ? ", " : "",
		name, what, number);
}

static void report_cores(const struct rt_facts *facts, struct degraded *out)
{
	struct names missing = {.n = 0}, refused = {.n = 0};

	for (int i = 0; i < RT_REPORT_THREADS; i++) {
		const struct rt_thread *thread = facts->threads[i];

		if (thread->granted.cpu != thread->wish.cpu)
			names_add(thread->wish.cpu >= facts->n_cpus ? &missing : &refused,
				thread->wish.name, "core", thread->wish.cpu);
	}
	if (facts->desk_err)
		names_add(facts->desk_cpu >= facts->n_cpus ? &missing : &refused, "desk", "core",
			facts->desk_cpu);
	if (missing.n)
		degraded_add(out,
			"%d core%s, fewer than the settings ask for: %s run%s on any core and "
			"share it. They take turns there: a patch gets less of each block, and "
			"blocks may come late. Raise block_frames or lead_blocks, or set the "
			"cores in [rt]",
			facts->n_cpus, facts->n_cpus == 1 ? "" : "s", missing.text,
			missing.n == 1 ? "s" : "");
	if (refused.n)
		degraded_add(out,
			"not kept to a core: %s. They move between cores, which costs time: let "
			"AllowedCPUs= and CPUAffinity= of the unit (or the cpuset, taskset) have "
			"these cores, and boot with isolcpus= to keep others off",
			refused.text);
}

static void report_priority(const struct rt_facts *facts, struct degraded *out)
{
	struct names refused = {.n = 0};

	for (int i = 0; i < RT_REPORT_THREADS; i++)
		if (facts->threads[i]->granted.priority != facts->threads[i]->wish.priority)
			names_add(&refused, facts->threads[i]->wish.name, "FIFO",
				facts->threads[i]->wish.priority);
	if (refused.n)
		degraded_add(out,
			"no real-time priority: %s run under ordinary scheduling (rtprio limit "
			"%ld). Any program can make a block late: %s",
			refused.text, facts->rtprio_limit,
			facts->is_root
				? "this root lacks CAP_SYS_NICE, or its control group has no "
				  "real-time budget (cpu.rt_runtime_us)"
				: "run as root, or set LimitRTPRIO=95 in the unit or `@audio - "
				  "rtprio 95` in /etc/security/limits.conf");
}

static void report_memory(const struct rt_facts *facts, struct degraded *out)
{
	char limit[32] = "none";

	if (!facts->locks_memory)
		return;
	if (facts->memlock_limit >= 0)
		snprintf(limit, sizeof(limit), "%ld KB", facts->memlock_limit / 1024);
	if (facts->lock_err)
		degraded_add(out,
			"memory is not locked: %s (memlock limit %s). A page that was swapped out "
			"or dropped makes a block late: run as root, or set "
			"LimitMEMLOCK=infinity in the unit or `@audio - memlock unlimited` in "
			"/etc/security/limits.conf",
			strerror(-facts->lock_err), limit);
	else if (facts->unlocked_bytes != 0)
		degraded_add(out,
			"mlockall succeeded, but %ld KB are not locked (/proc/self/smaps); a page "
			"of them may make a block late",
			facts->unlocked_bytes / 1024);
	if (facts->stats_on_disk)
		degraded_add(out,
			"%s is on a disk, not in memory: threads that count in it wait for its "
			"pages after each write-back; set CHRONUS_RUNTIME_DIR to a folder on "
			"tmpfs (/dev/shm, /run)",
			facts->stats_path);
}

void rt_report(const struct rt_facts *facts, struct degraded *out)
{
	report_cores(facts, out);
	report_priority(facts, out);
	report_memory(facts, out);
	for (int i = 0; i < RT_REPORT_THREADS; i++)
		if (!facts->threads[i]->flushes_denormals)
			degraded_add(out,
				"this processor does not flush denormal numbers to zero; silence "
				"after a sound may cost more than the sound");
	if (facts->latency_err)
		degraded_add(out,
			"/dev/cpu_dma_latency: %s. Idle cores may sleep deeply and wake late: run "
			"as root, or give the file to the group with a udev rule "
			"(KERNEL==\"cpu_dma_latency\", GROUP=\"audio\", MODE=\"0660\")",
			strerror(-facts->latency_err));
}
