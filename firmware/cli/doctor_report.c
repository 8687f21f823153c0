/* doctor_report.c - what somebody far away must know of this machine, in one text. See doctor.h.
 * Tested by: e2e/test_cli */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sys_file.h"
#include "cli/doctor.h"

enum { FILE_BYTES = 64 * 1024, STAT_POLICY = 41, STAT_PRIORITY = 40, STAT_CORE = 39 };

/* Nothing that is secret: no wifi.conf, no keys, no serial number. */
static const char *const files[] = {
	"/proc/device-tree/model",
	"/proc/version",
	"/proc/cmdline",
	"/proc/uptime",
	"/proc/loadavg",
	"/proc/meminfo",
	"/proc/asound/cards",
	"/proc/asound/card0/pcm0p/sub0/hw_params",
	"/proc/asound/card0/pcm0p/sub0/status",
	"/proc/interrupts",
	"/proc/swaps",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/isolated",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_min_freq",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq",
	"/sys/devices/platform/soc/soc:firmware/get_throttled",
	"/sys/class/thermal/thermal_zone0/temp",
	"/sys/class/leds/ACT/trigger",
	"/run/chronus-boot/slot",
	"/run/chronus-boot/messages",
	"/etc/os-release",
	"/boot/firmware/config.txt",
	"/boot/firmware/slot.txt",
	"/boot/firmware/boot-failed.txt",
	"/boot/firmware/chronus.ini",
};

static void print_file(const struct doctor *doctor, const char *path, FILE *to)
{
	static char text[FILE_BYTES];

	if (sys_read(text, sizeof(text), doctor->root, "%s", path) < 0) {
		fprintf(to, "== %s: not there\n", path);
		return;
	}
	fprintf(to, "== %s\n%s\n", path, text);
}

/* The n-th field of /proc/PID/stat (proc(5)), counted behind the name, which may hold blanks. */
static int stat_field(const char *stat, int n)
{
	const char *at = strrchr(stat, ')');

	for (int field = 2; at && field < n; field++)
		at = strchr(at + 1, ' ');
	return at ? (int)strtol(at, NULL, 10) : -1;
}

/* The kernel's threads of interrupts and of network receive: who goes before whom. */
static void print_threads(const struct doctor *doctor, FILE *to)
{
	char path[512], name[64], stat[1024];
	struct dirent *entry;
	DIR *proc;

	fprintf(to, "== threads of interrupts and network: policy (1: FIFO), priority, core\n");
	snprintf(path, sizeof(path), "%s/proc", doctor->root);
	proc = opendir(path);
	while (proc && (entry = readdir(proc))) {
		const char *pid = entry->d_name;

		if (!isdigit((unsigned char)pid[0]) ||
			sys_read(name, sizeof(name), doctor->root, "/proc/%.20s/comm", pid) <= 0 ||
			sys_read(stat, sizeof(stat), doctor->root, "/proc/%.20s/stat", pid) <= 0)
			continue;
		if (strncmp(name, "irq/", 4) == 0 || strncmp(name, "napi/", 5) == 0)
			fprintf(to, "%-18s %d %2d  %d\n", name, stat_field(stat, STAT_POLICY),
				stat_field(stat, STAT_PRIORITY), stat_field(stat, STAT_CORE));
	}
	if (proc)
		closedir(proc);
}

void doctor_report(const struct doctor *doctor, FILE *to)
{
	print_threads(doctor, to);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		print_file(doctor, files[i], to);
}
