/* doctor_machine.c - kernel, cores, limits, memory. See doctor.h.
 * Tested by: unit/cli/test_doctor */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys_file.h"
#include "cli/doctor.h"

enum { CAP_BIT_IPC_LOCK = 14, CAP_BIT_SYS_NICE = 23, MAX_CPUS = 256 };

static const char cpu_dir[] = "/sys/devices/system/cpu";

struct doctor_line *doctor_say(
	struct doctor *doctor, enum doctor_level level, const char *what, const char *format, ...)
{
	int at = int_min(doctor->n, DOCTOR_MAX_LINES - 1);
	struct doctor_line *line = &doctor->lines[at];
	va_list args;

	doctor->n = at + 1;
	*line = (struct doctor_line){.level = level, .what = what};
	va_start(args, format);
	vsnprintf(line->found, sizeof(line->found), format, args);
	va_end(args);
	return line;
}

/* ---- cores */
bool cpu_list_has(const char *list, int cpu)
{
	char *end;

	for (const char *at = list; *at; at = *end ? end + 1 : end) {
		long first = strtol(at, &end, 10), last = first;

		if (end == at)
			return false;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (cpu >= first && cpu <= last)
			return true;
	}
	return false;
}

int cpu_list_count(const char *list)
{
	int n = 0;

	for (int cpu = 0; cpu < MAX_CPUS; cpu++)
		n += cpu_list_has(list, cpu);
	return n;
}

/* The cores that the settings name. */
enum { CPUS_OF_ALL = 4 };

static void cpus_of(const struct settings *settings, int cpus[CPUS_OF_ALL])
{
	cpus[0] = settings->rt.producer_cpu;
	cpus[1] = settings->rt.worker_a_cpu;
	cpus[2] = settings->rt.worker_b_cpu;
	cpus[3] = settings->rt.desk_cpu;
}

static void check_cores(struct doctor *doctor)
{
	char online[128], missing[64] = "";
	int cpus[CPUS_OF_ALL];
	struct doctor_line *line;

	sys_read(online, sizeof(online), doctor->root, "%s/online", cpu_dir);
	cpus_of(doctor->settings, cpus);
	for (int i = 0; i < CPUS_OF_ALL; i++)
		if (cpus[i] >= 0 && !cpu_list_has(online, cpus[i]))
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing),
				" %d", cpus[i]);
	if (!missing[0]) {
		doctor_say(doctor, DOCTOR_OK, "cores", "%d (%s), all that [rt] names",
			cpu_list_count(online), online);
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "cores", "%d (%s); [rt] also names%s",
		cpu_list_count(online), online, missing);
	line->why = "producer, workers and desk share cores: a patch gets less of each block, and "
		    "blocks may come late";
	line->remedy = "larger [audio] block_frames or [engine] lead_blocks, smaller patches, or a "
		       "board with 4 cores";
}

static void check_isolated(struct doctor *doctor)
{
	char isolated[128], online[128];
	int cpu = doctor->settings->rt.producer_cpu;
	struct doctor_line *line;

	sys_read(isolated, sizeof(isolated), doctor->root, "%s/isolated", cpu_dir);
	sys_read(online, sizeof(online), doctor->root, "%s/online", cpu_dir);
	if (cpu >= 0 && cpu_list_has(isolated, cpu)) {
		doctor_say(doctor, DOCTOR_OK, "isolated", "core %d is the producer's alone", cpu);
		return;
	}
	if (cpu >= 0 && !cpu_list_has(online, cpu))
		return; /* told with the cores */
	if (cpu < 0)
		line = doctor_say(doctor, DOCTOR_WARN, "isolated",
			"the producer is kept to no core (producer_cpu = -1)");
	else
		line = doctor_say(doctor, DOCTOR_WARN, "isolated",
			"core %d, the producer's, is not isolated (isolated: %s)", cpu,
			isolated[0] ? isolated : "none");
	line->why = "the kernel puts other work on that core, which makes blocks late";
	line->remedy = "add isolcpus=3 nohz_full=3 rcu_nocbs=3 to the kernel's command line "
		       "(cmdline.txt on a Pi), with producer_cpu = 3 in [rt]";
}

/* ---- kernel */
static void check_kernel(struct doctor *doctor)
{
	char release[128], realtime[16], version[512];
	struct doctor_line *line;

	sys_read(release, sizeof(release), doctor->root, "/proc/sys/kernel/osrelease");
	sys_read(version, sizeof(version), doctor->root, "/proc/version");
	sys_read(realtime, sizeof(realtime), doctor->root, "/sys/kernel/realtime");
	if (strcmp(realtime, "1") == 0 || strstr(version, "PREEMPT_RT")) {
		doctor_say(doctor, DOCTOR_OK, "kernel", "%s, PREEMPT_RT", release);
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "kernel", "%s, not PREEMPT_RT", release);
	line->why = "a driver may hold a core for milliseconds: fine for blocks of 256 frames, too "
		    "long for blocks of 64";
	line->remedy =
		"install a real-time kernel (Debian: apt install linux-image-rt-arm64; Raspberry "
		"Pi OS: apt install linux-image-rpi-v8-rt, then chronus setup --apply), or set "
		"larger blocks";
}

static void check_rt_budget(struct doctor *doctor)
{
	char text[32];
	long runtime_us;
	struct doctor_line *line;

	if (sys_read(text, sizeof(text), doctor->root, "/proc/sys/kernel/sched_rt_runtime_us") <= 0)
		return;
	runtime_us = strtol(text, NULL, 10);
	if (runtime_us < 0 || runtime_us >= 900000) {
		doctor_say(doctor, DOCTOR_OK, "rt budget", "%ld us of each second%s", runtime_us,
			runtime_us < 0 ? " (no limit)" : "");
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "rt budget", "%ld us of each second", runtime_us);
	line->why = "the kernel stops all real-time threads when they have used that up";
	line->remedy = "sysctl kernel.sched_rt_runtime_us=950000";
}

/* ---- what this user may do */
static bool has_capability(const struct doctor *doctor, int bit)
{
	char status[2048];
	const char *at;

	sys_read(status, sizeof(status), doctor->root, "/proc/self/status");
	at = strstr(status, "\nCapEff:");
	return at && strtoull(at + 8, NULL, 16) >> bit & 1;
}

/* The hard limit (chronus lifts the soft one to it). -1: unlimited; 0 when it is not told. */
static long hard_limit(const struct doctor *doctor, const char *name)
{
	char limits[2048], soft[32] = "", hard[32] = "";
	const char *at;

	sys_read(limits, sizeof(limits), doctor->root, "/proc/self/limits");
	at = strstr(limits, name);
	if (!at || sscanf(at + strlen(name), "%31s %31s", soft, hard) != 2)
		return 0;
	return strcmp(hard, "unlimited") == 0 ? -1 : strtol(hard, NULL, 10);
}

static void check_priority(struct doctor *doctor)
{
	const struct settings *settings = doctor->settings;
	int wanted = int_max(settings->rt.producer_priority, settings->rt.worker_priority);
	long limit = hard_limit(doctor, "Max realtime priority");
	struct doctor_line *line;

	if (has_capability(doctor, CAP_BIT_SYS_NICE)) {
		doctor_say(doctor, DOCTOR_OK, "priority", "any (CAP_SYS_NICE); [rt] asks for %d",
			wanted);
		return;
	}
	if (limit < 0 || limit >= wanted) {
		doctor_say(doctor, DOCTOR_OK, "priority", "up to %ld; [rt] asks for %d", limit,
			wanted);
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "priority",
		"rtprio limit %ld; [rt] asks for SCHED_FIFO %d", limit, wanted);
	line->why = "any program can make a block late";
	line->remedy = "run as root, or set LimitRTPRIO=95 in the unit, or `@audio - rtprio 95` in "
		       "/etc/security/limits.conf and log in again";
}

static void check_memlock(struct doctor *doctor)
{
	long limit = hard_limit(doctor, "Max locked memory");
	struct doctor_line *line;

	if (!doctor->settings->rt.lock_memory) {
		line = doctor_say(doctor, DOCTOR_WARN, "memory", "lock_memory = no in [rt]");
		line->why = "a page that was dropped or swapped out makes a block late";
		line->remedy = "remove the line";
		return;
	}
	if (has_capability(doctor, CAP_BIT_IPC_LOCK) || limit < 0) {
		doctor_say(doctor, DOCTOR_OK, "memory", "all of it may be locked");
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "memory", "memlock limit %ld KB", limit / 1024);
	line->why =
		"memory that cannot be locked may be dropped or swapped out, and a block is late";
	line->remedy =
		"run as root, or set LimitMEMLOCK=infinity in the unit, or `@audio - memlock "
		"unlimited` in /etc/security/limits.conf and log in again";
}

static void check_latency(struct doctor *doctor)
{
	char path[512], driver[64];
	struct doctor_line *line;

	snprintf(path, sizeof(path), "%s/dev/cpu_dma_latency", doctor->root);
	if (access(path, R_OK | W_OK) == 0) {
		doctor_say(doctor, DOCTOR_OK, "idle cores", "can be kept from sleeping deeply");
		return;
	}
	if (errno == ENOENT && (sys_read(driver, sizeof(driver), doctor->root,
					"%s/cpuidle/current_driver", cpu_dir) <= 0 ||
				       strcmp(driver, "none") == 0)) {
		doctor_say(doctor, DOCTOR_OK, "idle cores", "never sleep deeply here");
		return;
	}
	line = doctor_say(
		doctor, DOCTOR_WARN, "idle cores", "/dev/cpu_dma_latency: %s", strerror(errno));
	line->why = "an idle core may sleep deeply, and wakes up late for its block";
	line->remedy = "run as root, or a udev rule: KERNEL==\"cpu_dma_latency\", GROUP=\"audio\", "
		       "MODE=\"0660\"";
}

/* ---- memory */
static void check_swap(struct doctor *doctor)
{
	char swaps[2048], on[128] = "";
	char *rest = swaps, *row;
	struct doctor_line *line;

	sys_read(swaps, sizeof(swaps), doctor->root, "/proc/swaps");
	while ((row = strsep(&rest, "\n")))
		if (row[0] == '/' && strncmp(row, "/dev/zram", 9) != 0)
			snprintf(on + strlen(on), sizeof(on) - strlen(on), "%s%.*s",
				on[0] ? ", " : "", (int)strcspn(row, " \t"), row);
	if (!on[0]) {
		doctor_say(doctor, DOCTOR_OK, "swap", "none on a disk");
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "swap", "on %s", on);
	line->why =
		"knobs and commands wait for the disk when memory is short, and an SD card wears";
	line->remedy =
		"swapoff -a, and take it out of /etc/fstab (Raspberry Pi OS: systemctl disable "
		"--now dphys-swapfile)";
}

void doctor_check_machine(struct doctor *doctor)
{
	check_kernel(doctor);
	check_cores(doctor);
	check_isolated(doctor);
	check_priority(doctor);
	check_rt_budget(doctor);
	check_memlock(doctor);
	check_latency(doctor);
	check_swap(doctor);
}
