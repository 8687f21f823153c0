#include "control/script.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/ini_lines.h"
#include "config/ini_text.h"
#include "control/file_name.h"

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

/* The line's command becomes the list's. */
static int add_line(struct script_line **list, int *n_lines, struct script_line line)
{
	struct script_line *lines = *list;

	if (!line.command || *n_lines == SCRIPT_MAX_LINES) {
		free(line.command);
		return -ENOMEM;
	}
	if ((*n_lines & (*n_lines - 1)) == 0) { /* a power of two: grow to the next */
		size_t n = *n_lines ? 2 * (size_t)*n_lines : 1;

		lines = realloc(lines, n * sizeof(*lines));
		if (!lines) {
			free(line.command);
			return -ENOMEM;
		}
		*list = lines;
	}
	lines[(*n_lines)++] = line;
	return 0;
}

/* Behind a name in quotes that begins at c, or c where it has no end. */
static char *quoted_end(char *c)
{
	for (char *at = c + 1; *at; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\' && at[1])
			at++;
	}
	return c;
}

/* A comment begins the line or follows a blank: c#3 is a note. */
static char *comment_find(char *line)
{
	for (char *c = line; *c; c++) {
		bool begins_word = c == line || isspace((unsigned char)c[-1]);

		if (*c == '#' && begins_word)
			return c;
		if (*c == '"' && begins_word)
			c = quoted_end(c);
		if (!*c)
			break;
	}
	return NULL;
}

/* `load "NAME" ...`, `save "NAME" ...` and `patch "NAME" ...` of a journal: a relative name begins in its folder. Others are
 * copied as they are; NULL: out of memory. */
static char *command_of(const struct script *script, const char *path, const char *text)
{
	const char *slash = strrchr(path, '/');
	int n_folder = slash ? (int)(slash - path) + 1 : 0;
	char folder[FILE_NAME_BYTES / 4], escaped[FILE_NAME_BYTES], *command;
	int n_verb = strncmp(text, "load \"", 6) == 0    ? 6
		     : strncmp(text, "save \"", 6) == 0  ? 6
		     : strncmp(text, "patch \"", 7) == 0 ? 7
							 : 0;

	if (!script->is_journal || !n_verb || text[n_verb] == '/' || !n_folder)
		return strdup(text);
	if (n_folder >= (int)sizeof(folder))
		return strdup(text); /* it will not be found, and that is told */
	snprintf(folder, sizeof(folder), "%.*s", n_folder, path);
	file_name_write(folder, NULL, escaped); /* at most 4 bytes for each */
	escaped[strlen(escaped) - 1] = '\0';    /* its end quote */
	if (asprintf(&command, "%.*s%s%s", n_verb - 1, text, escaped, text + n_verb) < 0)
		return NULL;
	return command;
}

/* A line of a journal without a time. */
static int read_head(
	struct script *script, const char *text, const char *path, int line, struct diag *diag)
{
	bool is_first = strncmp(text, "journal ", 8) == 0;

	if (script->n_lines || script->is_journal == is_first)
		return diag_set(diag, -EINVAL,
			"%s:%d: expected SECONDS COMMAND, such as `1.5 gate env1 on`", path, line);
	if (is_first && strcmp(text, "journal 2") != 0)
		return diag_set(diag, -EINVAL,
			"%s:%d: %.40s: written by another chronus than this one, which knows "
			"`journal 2`",
			path, line, text);
	script->is_journal = true;
	if (is_first)
		return 0;
	if (add_line(&script->head, &script->n_head,
		    (struct script_line){0.0, line, command_of(script, path, text)}) < 0)
		return diag_set(diag, -ENOMEM, "%s:%d: too many lines", path, line);
	return 0;
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
		return diag_set(
			diag, -EINVAL, "expected SECONDS COMMAND, such as `1.5 gate env1 on`");
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
	if (isalpha((unsigned char)*text) &&
		(script->is_journal || strncmp(text, "journal ", 8) == 0))
		return read_head(script, text, path, line, diag);
	err = read_seconds(text, &rest, &seconds, &why);
	if (err < 0)
		return diag_set(diag, err, "%s:%d: %s", path, line, why.text);
	if (seconds < last)
		return diag_set(diag, -EINVAL, "%s:%d: %g s is before the line above (%g s)", path,
			line, seconds, last);
	if (add_line(&script->lines, &script->n_lines,
		    (struct script_line){seconds, line, command_of(script, path, trimmed(rest))}) <
		0)
		return diag_set(diag, -ENOMEM, "%s:%d: too many lines", path, line);
	return 0;
}

int script_read_file(FILE *file, const char *path, struct script *out, struct diag *diag)
{
	struct script script = {0};
	char raw[SCRIPT_LINE_BYTES];
	int line = 0, err = 0;

	while (!err && fgets(raw, sizeof(raw), file)) {
		line++;
		if (line == 1 && text_is_utf16(raw, strlen(raw)))
			err = ini_refuse_utf16(path, diag);
		else if (!strchr(raw, '\n') && !feof(file))
			err = diag_set(diag, -EINVAL,
				"%s:%d: the line is longer than %d characters", path, line,
				SCRIPT_LINE_BYTES - 2);
		else
			err = read_line(&script, raw, path, line, diag);
	}
	if (!err && ferror(file))
		err = diag_set(diag, -EIO, "%s: cannot be read", path);
	if (err < 0) {
		script_free(&script);
		return err;
	}
	*out = script;
	return 0;
}

int script_read(const char *path, struct script *script, struct diag *diag)
{
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	err = script_read_file(file, path, script, diag);
	fclose(file);
	return err;
}

void script_free(struct script *script)
{
	for (int i = 0; i < script->n_lines; i++)
		free(script->lines[i].command);
	for (int i = 0; i < script->n_head; i++)
		free(script->head[i].command);
	free(script->lines);
	free(script->head);
	*script = (struct script){0};
}

int64_t script_time_ns(double seconds)
{
	return llround(seconds * 1e9);
}

uint64_t script_block(double seconds, int rate_hz, int block_frames)
{
	return (uint64_t)(clock_frames(script_time_ns(seconds), rate_hz) / block_frames);
}

double script_seconds(uint64_t frame, int rate_hz)
{
	return (double)frame / rate_hz;
}
