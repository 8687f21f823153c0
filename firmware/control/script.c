#include "control/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"

enum { SCRIPT_LINE_BYTES = 1200, SCRIPT_MAX_LINES = 1000000, SCRIPT_MAX_SECONDS = 1000000000 };

static char *trimmed(char *text)
{
	char *end = text + strlen(text);

	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

static int add_line(struct script *script, double seconds, int line, const char *command)
{
	struct script_line *lines = script->lines;

	if ((script->n_lines & (script->n_lines - 1)) == 0) { /* a power of two: grow to the next */
		size_t n = script->n_lines ? 2 * (size_t)script->n_lines : 1;

		lines = realloc(lines, n * sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		script->lines = lines;
	}
	lines[script->n_lines] = (struct script_line){seconds, line, strdup(command)};
	if (!lines[script->n_lines].command)
		return -ENOMEM;
	script->n_lines++;
	return 0;
}

/* A comment begins the line or follows a blank: c#3 is a note. */
static char *comment_find(char *line)
{
	for (char *c = line; *c; c++)
		if (*c == '#' && (c == line || isspace((unsigned char)c[-1])))
			return c;
	return NULL;
}

/* Cuts the number at the beginning of text off; *rest is what follows it. */
static int read_seconds(char *text, char **rest, double *seconds, struct diag *diag)
{
	char *end = text + strcspn(text, " \t\r\n\v\f");
	int err;

	*rest = *end ? end + 1 : end;
	*end = '\0';
	err = **rest ? text_number(text, seconds) : -EINVAL;
	if (err == -ERANGE || (!err && *seconds > SCRIPT_MAX_SECONDS))
		return diag_set(diag, -ERANGE, "%.40s s is too late; allowed: times of 0..%d s",
			text, SCRIPT_MAX_SECONDS);
	if (err < 0 || *seconds < 0.0)
		return diag_set(diag, -EINVAL,
			"expected SECONDS COMMAND, such as `1.5 gate env1 on`");
	return 0;
}

static int read_line(
	struct script *script, char *raw, const char *path, int line, struct diag *diag)
{
	char *text, *rest, *comment = comment_find(raw);
	double seconds, last = script->n_lines ? script->lines[script->n_lines - 1].seconds : 0.0;
	struct diag why;
	int err;

	if (comment)
		*comment = '\0';
	text = trimmed(raw);
	if (!*text)
		return 0;
	err = read_seconds(text, &rest, &seconds, &why);
	if (err < 0)
		return diag_set(diag, err, "%s:%d: %s", path, line, why.text);
	if (seconds < last)
		return diag_set(diag, -EINVAL, "%s:%d: %g s is before the line above (%g s)", path,
			line, seconds, last);
	if (script->n_lines == SCRIPT_MAX_LINES ||
		add_line(script, seconds, line, trimmed(rest)) < 0)
		return diag_set(diag, -ENOMEM, "%s:%d: too many lines", path, line);
	return 0;
}

int script_read(const char *path, struct script *out, struct diag *diag)
{
	struct script script = {0};
	char raw[SCRIPT_LINE_BYTES];
	FILE *file = fopen(path, "re");
	int line = 0, err = 0;

	if (!file)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	while (!err && fgets(raw, sizeof(raw), file)) {
		line++;
		if (!strchr(raw, '\n') && !feof(file))
			err = diag_set(diag, -EINVAL,
				"%s:%d: the line is longer than %d characters", path, line,
				SCRIPT_LINE_BYTES - 2);
		else
			err = read_line(&script, raw, path, line, diag);
	}
	if (!err && ferror(file))
		err = diag_set(diag, -EIO, "%s: cannot be read", path);
	fclose(file);
	if (err < 0) {
		script_free(&script);
		return err;
	}
	*out = script;
	return 0;
}

void script_free(struct script *script)
{
	for (int i = 0; i < script->n_lines; i++)
		free(script->lines[i].command);
	free(script->lines);
	*script = (struct script){0};
}
