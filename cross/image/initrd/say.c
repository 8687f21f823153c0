/* say.c - lines to the kernel's log; what went wrong is also kept for the running system. */
#include "init.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 240, KEPT_BYTES = 2048 };

static int kmsg = -1;
static char kept[KEPT_BYTES];

void say_open(void)
{
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

/* level 5 is a notice, 3 an error: those are shown on the console of a quiet boot */
static void write_line(int level, const char *text)
{
	char line[LINE_BYTES + 64];
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	int n = snprintf(line, sizeof(line), "<%d>chronus-init: %s [%lld.%03ld s]\n", level, text,
		(long long)now.tv_sec, now.tv_nsec / 1000000);
	if (kmsg >= 0 && n > 0 && write(kmsg, line, (size_t)n) < 0)
		kmsg = -1;
}

static void say_line(int level, char text[LINE_BYTES], const char *format, va_list args)
{
	vsnprintf(text, LINE_BYTES, format, args);
	write_line(level, text);
}

void say(const char *format, ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, format);
	say_line(5, text, format, args);
	va_end(args);
}

void complain(const char *format, ...)
{
	char text[LINE_BYTES];
	va_list args;

	va_start(args, format);
	say_line(3, text, format, args);
	va_end(args);
	size_t used = strlen(kept);
	if (used + strlen(text) + 2 < sizeof(kept)) {
		strcpy(kept + used, text);
		strcat(kept, "\n");
	}
}

const char *complaints(void)
{
	return kept;
}
