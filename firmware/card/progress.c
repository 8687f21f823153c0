/* Tested by: unit/card/test_update */
#include "card/progress.h"

#include <stdarg.h>
#include <stdio.h>

void progress_say(const struct progress *progress, const char *format, ...)
{
	char line[300];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (progress->say)
		progress->say(progress->user, line);
}
