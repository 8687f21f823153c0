/* config_txt.c - see config_txt.h. */
#include "card/config_txt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/boot_slot.h"
#include "card/paths.h"
#include "card/safe_file.h"

enum { FILE_BYTES = 32 * 1024 };

/* One line of a text; its end is not part of it. */
struct line {
	const char *at;
	size_t n, n_key;
};

/* The next line of the maker's part; false: it is over. */
static bool next_line(const char **at, struct line *line)
{
	line->at = *at;
	line->n = strcspn(*at, "\n");
	if (!**at || strncmp(*at, CONFIG_TXT_USERS, strlen(CONFIG_TXT_USERS)) == 0)
		return false;
	*at += line->n + ((*at)[line->n] == '\n');
	while (line->n && strchr(" \t\r", line->at[line->n - 1]))
		line->n--;
	while (line->n && strchr(" \t", line->at[0])) {
		line->at++;
		line->n--;
	}
	/* overlays and parameters may stand many times: the whole line is what it is known by */
	line->n_key = strcspn(line->at, "= \r\n");
	if (line->n_key > line->n || strncmp(line->at, "dt", 2) == 0)
		line->n_key = line->n;
	return true;
}

static bool is_setting(const struct line *line)
{
	return line->n && line->at[0] != '#';
}

/* The last line of that key counts, as for the firmware. */
static bool find(const char *text, const struct line *wanted, struct line *found)
{
	struct line line;
	bool is_there = false;

	while (text && next_line(&text, &line))
		if (is_setting(&line) && line.n_key == wanted->n_key &&
			memcmp(line.at, wanted->at, line.n_key) == 0) {
			*found = line;
			is_there = true;
		}
	return is_there;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->n == b->n && memcmp(a->at, b->at, a->n) == 0;
}

static int check(const char *text, const char *name, struct diag *diag)
{
	struct line line;

	while (next_line(&text, &line))
		if (line.at[0] == '[')
			return diag_set(diag, -EINVAL,
				"%s: a filter %.*s before the line \"" CONFIG_TXT_USERS "\"", name,
				(int)line.n, line.at);
	if (!*text)
		return diag_set(
			diag, -EINVAL, "%s: there is no line \"" CONFIG_TXT_USERS "\"", name);
	return 0;
}

/* The new version's lines, each as the user wants it. */
static void write_next(FILE *to, const char *now, const char *before, const char *next)
{
	struct line line, old, users;

	while (next_line(&next, &line)) {
		bool was = is_setting(&line) && find(before, &line, &old);
		bool is_there = is_setting(&line) && find(now, &line, &users);

		if (was && !is_there)
			continue; /* taken out */
		if (is_there && !(was && is_same(&users, &old)))
			line = users;
		fprintf(to, "%.*s\n", (int)line.n, line.at);
	}
}

/* The lines that the user has added. */
static void write_users(FILE *to, const char *now, const char *before, const char *next)
{
	struct line line, other;

	while (next_line(&now, &line))
		if (is_setting(&line) && !find(next, &line, &other) &&
			!(find(before, &line, &other) && is_same(&line, &other)))
			fprintf(to, "%.*s\n", (int)line.n, line.at);
	fprintf(to, "\n%s", now); /* from CONFIG_TXT_USERS on */
}

/* Blank lines at the end of the maker's part are one. */
static void trim(const char *next, char *own, size_t n_bytes)
{
	const char *end = strstr(next, "\n" CONFIG_TXT_USERS);
	size_t n = end ? (size_t)(end - next) : strlen(next);

	while (n && strchr("\r\n", next[n - 1]))
		n--;
	snprintf(own, n_bytes, "%.*s\n%s", (int)n, next, CONFIG_TXT_USERS);
}

int config_txt_merge(
	const char *now, const char *before, const char *next, char **out, struct diag *diag)
{
	static char own[FILE_BYTES + 64];
	size_t n_bytes;
	FILE *to;
	int err = check(now, "config.txt", diag);

	if (!err)
		err = check(next, "config.own", diag);
	if (!err && before && check(before, "config.own", diag) < 0)
		before = NULL;
	if (err < 0)
		return err;
	trim(next, own, sizeof(own));
	*out = NULL;
	to = open_memstream(out, &n_bytes);
	if (!to)
		return diag_set(diag, -ENOMEM, "out of memory");
	write_next(to, now, before, own);
	write_users(to, now, before, own);
	return fclose(to) == 0 ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

int config_txt_update(const char *card, char letter, struct diag *diag)
{
	static char now[FILE_BYTES], before[FILE_BYTES], next[FILE_BYTES];
	char folder[PATHS_BYTES + 8], *merged;
	bool has_before;
	int err;

	snprintf(folder, sizeof(folder), "%s/%c", card, letter);
	if (small_read(folder, "config.own", next, sizeof(next)) < 0)
		return 0;
	snprintf(folder, sizeof(folder), "%s/%c", card, boot_slot_other(letter));
	has_before = small_read(folder, "config.own", before, sizeof(before)) >= 0;
	if (small_read(card, "config.txt", now, sizeof(now)) < 0)
		return diag_set(diag, -ENOENT, "%s/config.txt: cannot be read", card);
	err = config_txt_merge(now, has_before ? before : NULL, next, &merged, diag);
	if (err < 0)
		return err;
	if (strcmp(merged, now) != 0)
		err = safe_replace(card, "config.txt", merged, strlen(merged), 0644, diag);
	if (!err)
		err = strcmp(merged, now) != 0;
	free(merged);
	return err;
}
