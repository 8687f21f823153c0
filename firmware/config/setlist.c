/* setlist.c - the order of the patches. See setlist.h.
 * Tested by: unit/config/test_setlist */
#include "config/setlist.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_lines.h"
#include "config/ini_text.h"

static const char blanks[] = " \t\r";

int setlist_find(const struct setlist *setlist, const char *name)
{
	for (int i = 0; i < setlist->n; i++)
		if (strcmp(setlist->names[i], name) == 0)
			return i;
	return -ENOENT;
}

static bool has_control_character(const char *name)
{
	bool is_any = false;

	for (; *name; name++)
		is_any = is_any || iscntrl((unsigned char)*name);
	return is_any;
}

/* NULL: it is one. */
static const char *why_no_name(const char *name)
{
	if (strchr(name, '/'))
		return "a patch beside this file is meant, so its name has no folder";
	if (name[0] == '.' || has_control_character(name))
		return "no name of a patch file";
	return NULL;
}

static int take_line(struct setlist *to, char *line, const struct ini_place *at, struct diag *diag)
{
	char name[SETLIST_NAME_BYTES];
	const char *why;
	size_t n_bytes, n_end;
	int first;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, blanks);
	for (n_bytes = strlen(line); n_bytes > 0 && strchr(blanks, line[n_bytes - 1]);)
		line[--n_bytes] = '\0';
	if (n_bytes == 0)
		return 0;
	n_end = n_bytes > 4 && strcmp(line + n_bytes - 4, ".ini") == 0 ? 0 : strlen(".ini");
	if (n_bytes + n_end >= sizeof(name))
		return ini_refuse(diag, at, -ENAMETOOLONG, "'%.40s...': longer than %d bytes", line,
			SETLIST_NAME_BYTES - 1);
	snprintf(name, sizeof(name), "%s%s", line, n_end ? ".ini" : "");
	why = why_no_name(name);
	if (why)
		return ini_refuse(diag, at, -EINVAL, "'%s': %s", line, why);
	first = setlist_find(to, name);
	if (first >= 0)
		return ini_refuse(diag, at, -EEXIST,
			"%s stands in the list already, as number %d; `next` would not know where "
			"it is",
			name, first + 1);
	if (to->n == SETLIST_MAX_PATCHES)
		return ini_refuse(
			diag, at, -E2BIG, "at most %d patches, one a line", SETLIST_MAX_PATCHES);
	memcpy(to->names[to->n++], name, sizeof(name));
	return 0;
}

static int take_lines(struct setlist *to, char *text, const char *file, struct diag *diag)
{
	struct ini_place at = {.file = file, .line = 0};
	char *line;
	int err = 0;

	while (!err && (line = strsep(&text, "\n")) != NULL) {
		at.line++;
		err = take_line(to, line, &at, diag);
	}
	return err;
}

int setlist_read_text(
	const char *text, size_t n_bytes, const char *file, struct setlist *out, struct diag *diag)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t n_skip = n_bytes >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
	struct setlist *found = calloc(1, sizeof(*found));
	char *copy = strndup(text + n_skip, n_bytes - n_skip);
	int err = 0;

	if (!found || !copy)
		err = diag_set(diag, -ENOMEM, "%s: out of memory", file);
	else if (text_is_utf16(text, n_bytes))
		err = ini_refuse_utf16(file, diag);
	else if (strlen(copy) != n_bytes - n_skip)
		err = diag_set(diag, -EINVAL, "%s: it has a NUL byte; it is no text", file);
	else
		err = take_lines(found, copy, file, diag);
	if (!err)
		*out = *found;
	free(copy);
	free(found);
	return err;
}

int setlist_read(const char *folder, struct setlist *out, struct diag *diag)
{
	char path[600], *text;
	size_t n_bytes;
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", folder, SETLIST_FILE) >= (int)sizeof(path))
		return diag_set(
			diag, -ENAMETOOLONG, "%.200s...: a folder's name is too long", folder);
	err = ini_file_load(path, &text, &n_bytes, diag);
	if (err == -ENOENT) {
		out->n = 0;
		return 0;
	}
	if (err < 0)
		return err;
	err = setlist_read_text(text, n_bytes, path, out, diag);
	free(text);
	return err;
}
