/* doctor_clock.c - the cores' clock, and what slows it down: power, heat. See doctor.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core_speed.h"
#include "base/pi_board.h"
#include "base/sys_file.h"
#include "cli/doctor.h"

enum { HOT_MILLIDEGREES = 80000 };

static const char cpu_dir[] = "/sys/devices/system/cpu";

static bool get_model(const struct doctor *doctor, char *model, size_t n_bytes)
{
	return sys_read(model, n_bytes, doctor->root, "/proc/device-tree/model") > 0 &&
	       strstr(model, "Raspberry Pi");
}

/* A clock that cannot move needs no governor: force_turbo=1 makes both ends the same. */
static bool is_fixed(const struct doctor *doctor, int cpu)
{
	char least[32], most[32];

	return sys_read(least, sizeof(least), doctor->root, "%s/cpu%d/cpufreq/scaling_min_freq",
		       cpu_dir, cpu) > 0 &&
	       sys_read(most, sizeof(most), doctor->root, "%s/cpu%d/cpufreq/scaling_max_freq",
		       cpu_dir, cpu) > 0 &&
	       strcmp(least, most) == 0;
}

/* Number of the real-time threads' cores with a governor; slow: those with a wrong one. */
static int look_at_governors(const struct doctor *doctor, char *slow, size_t n_bytes)
{
	const int cpus[] = {doctor->settings->rt.producer_cpu, doctor->settings->rt.worker_a_cpu,
		doctor->settings->rt.worker_b_cpu};
	char governor[64], online[128];
	int n_known = 0;

	sys_read(online, sizeof(online), doctor->root, "%s/online", cpu_dir);
	for (size_t i = 0; i < ARRAY_LEN(cpus); i++) {
		int cpu = cpu_list_has(online, cpus[i]) ? cpus[i] : 0;

		if (sys_read(governor, sizeof(governor), doctor->root,
			    "%s/cpu%d/cpufreq/scaling_governor", cpu_dir, cpu) <= 0)
			continue;
		n_known++;
		if (strcmp(governor, "performance") != 0 && !is_fixed(doctor, cpu))
			snprintf(slow + strlen(slow), n_bytes - strlen(slow), "%score %d: %s",
				slow[0] ? ", " : "", cpu, governor);
	}
	return n_known;
}

static void check_governor(struct doctor *doctor)
{
	char slow[200] = "", model[128];
	int n_known = look_at_governors(doctor, slow, sizeof(slow));
	struct doctor_line *line;

	if (n_known == 0 && get_model(doctor, model, sizeof(model))) {
		line = doctor_say(doctor, DOCTOR_FAIL, "governor", "none: cpufreq has no driver");
		line->why = "nothing raises the cores' clock: a Pi stays at the 600 MHz or so with "
			    "which its firmware starts Linux";
		line->remedy =
			"load raspberrypi-cpufreq and cpufreq-dt (the card's image has both), "
			"and write force_turbo=1 into config.txt";
		return;
	}
	if (!slow[0]) {
		doctor_say(doctor, DOCTOR_OK, "governor", "%s",
			n_known ? "performance, or a clock that is fixed"
				: "the cores' clock does not change");
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "governor", "%s", slow);
	line->why =
		"a core that is little used is clocked down, and is slow when a commit needs it";
	line->remedy =
		"add cpufreq.default_governor=performance to the kernel's command line, or "
		"echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor";
}

static void check_speed(struct doctor *doctor)
{
	char model[128];
	const struct pi_board *board;
	int mhz = doctor->core_mhz, board_mhz;
	struct doctor_line *line;

	if (mhz <= 0)
		return;
	board = get_model(doctor, model, sizeof(model)) ? pi_board_find(model) : NULL;
	board_mhz = board ? board->full_mhz : 0;
	if (!core_speed_is_low(mhz, board_mhz)) {
		doctor_say(doctor, DOCTOR_OK, "speed", board_mhz ? "%d MHz of %d" : "%d MHz", mhz,
			board_mhz);
		return;
	}
	line = doctor_say(doctor, mhz * 10 < board_mhz * 6 ? DOCTOR_FAIL : DOCTOR_WARN, "speed",
		"%d MHz; a %s has %d", mhz, model, board_mhz);
	line->why = "a patch that fits into a block at full speed does not fit at this one";
	line->remedy =
		"force_turbo=1 in config.txt; else it is the power supply (voltage), or heat: "
		"a 3B+ or 3A+ slows down to 1200 MHz from 60 C on (temp_soft_limit=70 in "
		"config.txt allows more)";
}

static void check_power(struct doctor *doctor)
{
	enum { LOW_VOLTAGE = 1, SLOWED = 2 | 4 | 8 };
	char text[32];
	unsigned long bits;
	struct doctor_line *line;

	if (sys_read(text, sizeof(text), doctor->root,
		    "/sys/devices/platform/soc/soc:firmware/get_throttled") <= 0)
		return; /* not a Pi, or its kernel does not tell */
	bits = strtoul(text, NULL, 16);
	if (bits == 0) {
		doctor_say(
			doctor, DOCTOR_OK, "power", "never too low, never too hot since the boot");
		return;
	}
	if (bits & (LOW_VOLTAGE | SLOWED))
		line = doctor_say(doctor, DOCTOR_FAIL, "power", "%s%s (0x%lx)",
			bits & LOW_VOLTAGE ? "voltage is too low now" : "slowed down now",
			bits & LOW_VOLTAGE && bits & SLOWED ? ", slowed down" : "", bits);
	else
		line = doctor_say(doctor, DOCTOR_WARN, "power", "%s since the boot (0x%lx)",
			bits >> 16 & LOW_VOLTAGE ? "voltage was too low" : "was slowed down", bits);
	line->why = "the processor is slowed down, and a patch that fitted does not fit any more";
	line->remedy = "a power supply and cable made for this Pi; a heat sink, or a fan";
}

static void check_temperature(struct doctor *doctor)
{
	char text[32];
	long millidegrees;
	struct doctor_line *line;

	if (sys_read(text, sizeof(text), doctor->root, "/sys/class/thermal/thermal_zone0/temp") <=
		0)
		return;
	millidegrees = strtol(text, NULL, 10);
	if (millidegrees < HOT_MILLIDEGREES) {
		doctor_say(
			doctor, DOCTOR_OK, "temperature", "%.0f C", (double)millidegrees / 1000.0);
		return;
	}
	line = doctor_say(
		doctor, DOCTOR_WARN, "temperature", "%.0f C", (double)millidegrees / 1000.0);
	line->why = "from about 80 C on the processor is slowed down";
	line->remedy = "a heat sink, or a fan";
}

void doctor_check_clock(struct doctor *doctor)
{
	check_governor(doctor);
	check_speed(doctor);
	check_power(doctor);
	check_temperature(doctor);
}
