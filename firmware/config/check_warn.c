/* Tested by: unit/config/test_check_patch */
#include "config/check_warn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/ini_lines.h"

static const char more[] = "... and more\n";

static void warn_list(
	struct check *check, const char *file, int line, const char *format, va_list args)
{
	size_t n = strlen(check->warnings), room = sizeof(check->warnings) - sizeof(more);
	char reason[500];

	if (n > strlen(more) && strcmp(check->warnings + n - strlen(more), more) == 0)
		return;
	vsnprintf(reason, sizeof(reason), format, args);
	if (n >= room || snprintf(check->warnings + n, room - n, "%s:%d: warning: %s\n", file, line,
				 reason) >= (int)(room - n))
		memcpy(check->warnings + n, more, sizeof(more)); /* whole lines only */
}

void check_warn(struct check *check, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	warn_list(check, file, line, format, args);
	va_end(args);
}

/* ---- lines of keys */
struct search {
	const char *section, *key;
	int line;
};

static int search_section(void *user, const struct ini_place *at, struct diag *diag)
{
	(void)user, (void)at, (void)diag;
	return 0;
}

static int search_key(void *user, const struct ini_place *at, const char *value, struct diag *diag)
{
	struct search *search = user;

	(void)value, (void)diag;
	if (strcmp(at->section, search->section) == 0 && strcmp(at->key, search->key) == 0)
		search->line = at->line;
	return 0;
}

void check_warn_key(struct check *check, const struct patch *patch,
	const struct patch_module *module, const char *key, const char *format, ...)
{
	static const struct ini_sink sink = {search_section, search_key};
	struct search search = {module->id, key, module->line};
	struct diag ignored;
	va_list args;

	if (patch->source)
		ini_lines_parse(patch->source->text, patch->source->n_bytes, patch->path, &sink,
			&search, &ignored);
	va_start(args, format);
	warn_list(check, patch->path, search.line, format, args);
	va_end(args);
}
