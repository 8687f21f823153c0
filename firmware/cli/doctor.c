/* doctor.c - `chronus doctor`: is this machine fit to play what the settings ask for? */
#include "cli/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/core_speed.h"
#include "base/rt_memory.h"
#include "base/runtime_dir.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/patch_read.h"

/* Bad settings fail; the other checks then go by the defaults. */
static void check_settings(struct doctor *doctor, const char *path, struct settings *settings)
{
	struct doctor_line *line;
	struct patch *patch = NULL;
	struct diag diag;
	int err = path ? settings_read(path, settings, &diag) : 0;

	if (!err && settings->start.patch[0])
		err = patch_read_filled(settings->start.patch, &patch, &diag);
	patch_free(patch);
	if (!err) {
		doctor_say(doctor, DOCTOR_OK, "settings", "%s",
			path ? path : "the defaults (--config FILE names others)");
		return;
	}
	line = doctor_say(doctor, DOCTOR_FAIL, "settings", "%s", diag.text);
	line->why = "chronus run does not start; what follows goes by the defaults where the file "
		    "could not be read";
	line->remedy = "correct the file; chronus check FILE says whether it is right";
}

static void check_runtime_dir(struct doctor *doctor)
{
	char path[512];
	struct doctor_line *line;

	if (runtime_path(path, sizeof(path), "") < 0)
		return;
	if (access(path, F_OK) < 0 && strrchr(path, '/') > path)
		*strrchr(path, '/') = '\0'; /* it will be made in there */
	if (rt_is_in_memory(path)) {
		doctor_say(doctor, DOCTOR_OK, "counters", "in memory (%s)", path);
		return;
	}
	line = doctor_say(doctor, DOCTOR_WARN, "counters", "%s is on a disk", path);
	line->why = "real-time threads that count there wait for its pages after each write-back";
	line->remedy = "set CHRONUS_RUNTIME_DIR to a folder on tmpfs (/run, /dev/shm)";
}

static int print(const struct doctor *doctor, FILE *to)
{
	static const char *const names[] = {"ok", "warn", "fail"};
	int n[3] = {0};

	for (int i = 0; i < doctor->n; i++) {
		const struct doctor_line *line = &doctor->lines[i];

		n[line->level]++;
		fprintf(to, "%-4s  %-11s %s\n", names[line->level], line->what, line->found);
		if (line->why)
			fprintf(to, "      why: %s\n", line->why);
		if (line->remedy)
			fprintf(to, "      do:  %s\n", line->remedy);
	}
	fprintf(to, "%d ok, %d to warn of, %d failed\n", n[DOCTOR_OK], n[DOCTOR_WARN],
		n[DOCTOR_FAIL]);
	return n[DOCTOR_FAIL] ? CLI_FAILED : CLI_OK;
}

/* The report of the running program, by its own commands. */
static void print_command(const char *command, FILE *to)
{
	char self[300], line[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	FILE *from;
	int got;

	self[n > 0 ? n : 0] = '\0';
	snprintf(line, sizeof(line), "'%s' %s 2>&1", self, command);
	fprintf(to, "== chronus %s\n", command);
	fflush(to);
	from = popen(line, "r");
	while (from && (got = fgetc(from)) != EOF)
		fputc(got, to);
	if (from)
		pclose(from);
	fputc('\n', to);
}

/* FILE, or - for the standard output. The exit code is that of the report, not of what it finds. */
static int report(const struct doctor *doctor, const char *path)
{
	FILE *to = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	bool is_whole;

	if (!to) {
		fprintf(stderr, "chronus doctor: %s: %s\n", path, strerror(errno));
		return CLI_FAILED;
	}
	fprintf(to, "== chronus doctor\n");
	print(doctor, to);
	print_command("--version", to);
	print_command("status", to);
	print_command("stats --json", to);
	print_command("devices", to);
	doctor_report(doctor, to);
	is_whole = fflush(to) == 0 && !ferror(to);
	if (to != stdout && fclose(to) != 0)
		is_whole = false;
	if (!is_whole)
		fprintf(stderr, "chronus doctor: %s: cannot be written whole\n", path);
	return is_whole ? CLI_OK : CLI_FAILED;
}

int cli_doctor(int argc, char **argv)
{
	static struct settings settings;
	static struct doctor doctor;
	const char *path = NULL, *report_path = NULL;
	const struct option_row rows[] = {
		{"config", OPTION_STRING, &path, "FILE", "the settings, chronus.ini", 0, 0, NULL},
		{"report", OPTION_STRING, &report_path, "FILE",
			"all there is to know of this machine into a file (-: shown), for a fault "
			"report",
			0, 0, NULL},
	};
	int n_args = options_read(rows, ARRAY_LEN(rows), argc, argv);

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 0)
		return options_refuse(argv[0], "takes no argument, but '%.40s' was given", argv[1]);
	settings_default(&settings);
	doctor = (struct doctor){.root = "", .settings = &settings, .core_mhz = core_speed_mhz()};
	check_settings(&doctor, path, &settings);
	doctor_check_machine(&doctor);
	doctor_check_clock(&doctor);
	check_runtime_dir(&doctor);
	doctor_check_devices(&doctor);
	return report_path ? report(&doctor, report_path) : print(&doctor, stdout);
}
