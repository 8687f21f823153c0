/* doctor.h - the checks of `chronus doctor`: is this machine as the settings want it?
 *
 * All that a check knows comes from files below a root ("" is the machine's own; tests give a
 * folder), the settings and the measured clock, so the same files give the same lines.
 * Threads: [init] */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/util.h"
#include "config/settings.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_WARN, /* it plays, but not as well as it could */
	DOCTOR_FAIL, /* it does not play what the settings ask for */
};

struct doctor_line {
	enum doctor_level level;
	const char *what;
	char found[240];
	const char *why;    /* NULL where all is well */
	const char *remedy; /* the same */
};

enum { DOCTOR_MAX_LINES = 32 };

struct doctor {
	const char *root;
	const struct settings *settings;
	int core_mhz; /* measured (core_speed_mhz); 0: it was not */
	int n;
	struct doctor_line lines[DOCTOR_MAX_LINES];
};

/* Adds a line; the caller adds why and remedy where the level is not DOCTOR_OK. */
struct doctor_line *doctor_say(struct doctor *doctor, enum doctor_level level, const char *what,
	const char *format, ...) PRINTF_LIKE(4, 5);

/* doctor_machine.c: kernel, cores, limits, memory. */
void doctor_check_machine(struct doctor *doctor);
/* doctor_clock.c: the cores' clock, power, heat. */
void doctor_check_clock(struct doctor *doctor);
/* doctor_devices.c: sound cards, their interrupts, GPIO chips. */
void doctor_check_devices(struct doctor *doctor);

/* doctor_report.c: the files that the checks read and more, for who looks at it from afar. */
void doctor_report(const struct doctor *doctor, FILE *to);

/* A list of cores as the kernel writes it ("0-2,4"): is cpu on it? How many are? */
bool cpu_list_has(const char *list, int cpu);
int cpu_list_count(const char *list);

#endif
