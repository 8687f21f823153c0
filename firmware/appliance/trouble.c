#include "appliance/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static int find(const struct troubles *troubles, const char *name)
{
	for (int i = 0; i < troubles->n; i++)
		if (strcmp(troubles->at[i].name, name) == 0)
			return i;
	return -1;
}

void trouble_set(struct troubles *troubles, const char *name, const char *format, ...)
{
	char text[TROUBLE_BYTES];
	int i = find(troubles, name);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (i >= 0 && strcmp(troubles->at[i].text, text) == 0)
		return;
	log_line(LOG_LEVEL_WARNING, "%s: %s", name, text);
	if (i < 0 && troubles->n == TROUBLE_MAX)
		return;
	if (i < 0)
		i = troubles->n++;
	snprintf(troubles->at[i].name, sizeof(troubles->at[i].name), "%s", name);
	memcpy(troubles->at[i].text, text, sizeof(text));
	troubles->version++;
}

void trouble_clear(struct troubles *troubles, const char *name)
{
	int i = find(troubles, name);

	if (i < 0)
		return;
	log_line(LOG_LEVEL_INFO, "%s: all right again", name);
	troubles->n--;
	memmove(troubles->at + i, troubles->at + i + 1,
		(size_t)(troubles->n - i) * sizeof(*troubles->at));
	troubles->version++;
}

const char *trouble_find(const struct troubles *troubles, const char *name)
{
	int i = find(troubles, name);

	return i < 0 ? NULL : troubles->at[i].text;
}
