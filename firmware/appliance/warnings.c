#include "appliance/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static int find(const struct warnings *warnings, const char *name)
{
	for (int i = 0; i < warnings->n; i++)
		if (strcmp(warnings->at[i].name, name) == 0)
			return i;
	return -1;
}

void warning_set(struct warnings *warnings, const char *name, const char *format, ...)
{
	char text[WARNING_BYTES];
	int i = find(warnings, name);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (i >= 0 && strcmp(warnings->at[i].text, text) == 0)
		return;
	log_line(LOG_LEVEL_WARNING, "%s: %s", name, text);
	if (i < 0 && warnings->n == WARNING_MAX)
		return;
	if (i < 0)
		i = warnings->n++;
	snprintf(warnings->at[i].name, sizeof(warnings->at[i].name), "%s", name);
	memcpy(warnings->at[i].text, text, sizeof(text));
	warnings->version++;
}

void warning_clear(struct warnings *warnings, const char *name)
{
	int i = find(warnings, name);

	if (i < 0)
		return;
	log_line(LOG_LEVEL_INFO, "%s: all right again", name);
	warnings->n--;
	memmove(warnings->at + i, warnings->at + i + 1,
		(size_t)(warnings->n - i) * sizeof(*warnings->at));
	warnings->version++;
}

const char *warning_find(const struct warnings *warnings, const char *name)
{
	int i = find(warnings, name);

	return i < 0 ? NULL : warnings->at[i].text;
}
