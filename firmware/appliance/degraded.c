/* degraded.c - what a run has to do without. See degraded.h. */
#include "appliance/degraded.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

void degraded_add(struct degraded *degraded, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	degraded_vadd(degraded, format, args);
	va_end(args);
}

void degraded_vadd(struct degraded *degraded, const char *format, va_list args)
{
	char line[DEGRADED_BYTES];

	vsnprintf(line, sizeof(line), format, args);
	for (int i = 0; i < degraded->n; i++)
		if (strcmp(degraded->lines[i], line) == 0)
			return;
	log_line(LOG_LEVEL_WARNING, "degraded: %s", line);
	if (degraded->n < DEGRADED_MAX)
		memcpy(degraded->lines[degraded->n++], line, sizeof(line));
}
