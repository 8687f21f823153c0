/* Tested by: unit/appliance/test_warnings */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void (*line_writer)(const char *line); /* writer: [init] */

void log_set_writer(void (*writer)(const char *line))
{
	line_writer = writer;
}

static void put(enum log_level level, const char *text)
{
	static const char *const marks[] = {"error: ", "warning: ", ""};
	char line[640];

	snprintf(line, sizeof(line), "chronus: %s%s", marks[level], text);
	if (line_writer)
		line_writer(line);
	else
		fprintf(stderr, "%s\n", line);
}

void log_line(enum log_level level, const char *format, ...)
{
	char text[500];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(level, text);
}

int log_err(int err, const char *format, ...)
{
	char text[500];
	char whole[600];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "%s: %s (%d)", text, strerror(-err), err);
	put(LOG_LEVEL_ERROR, whole);
	return err;
}
