/* left_patches.c - patches as they were left. See left_patches.h.
 * Tested by: unit/control/test_recall */
#include "control/left_patches.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/turned.h"

static void drop(struct left_patches *left, int i)
{
	free(left->list[i].path);
	free(left->list[i].lines);
	left->n--;
	memmove(left->list + i, left->list + i + 1, (size_t)(left->n - i) * sizeof(*left->list));
}

static int find(const struct left_patches *left, uint64_t file)
{
	for (int i = 0; i < left->n; i++)
		if (left->list[i].file == file)
			return i;
	return -1;
}

static size_t n_bytes_of(const struct left_patches *left)
{
	size_t sum = 0;

	for (int i = 0; i < left->n; i++)
		sum += strlen(left->list[i].path) + strlen(left->list[i].lines);
	return sum;
}

void left_forget(struct left_patches *left, uint64_t file)
{
	int i = find(left, file);

	if (i >= 0)
		drop(left, i);
}

void left_keep(struct left_patches *left, uint64_t file, const char *path, const char *lines,
	size_t n_bytes)
{
	struct left_patch patch = {file, strdup(path), strndup(lines, n_bytes)};

	left_forget(left, file);
	if (!left->list)
		left->list = calloc(LEFT_MAX_PATCHES, sizeof(*left->list));
	if (!left->list || !patch.path || !patch.lines || n_bytes > LEFT_MAX_BYTES) {
		free(patch.path);
		free(patch.lines);
		return;
	}
	while (left->n == LEFT_MAX_PATCHES ||
		(left->n > 0 && n_bytes_of(left) + n_bytes > LEFT_MAX_BYTES))
		drop(left, 0);
	left->list[left->n++] = patch;
}

void left_keep_patch(struct left_patches *left, const struct patch *patch)
{
	char *text = NULL;
	size_t n_bytes = 0;
	FILE *to;

	left_forget(left, patch->file);
	if (!patch->path[0] || !turned_is_any(patch) || !(to = open_memstream(&text, &n_bytes)))
		return;
	turned_put(to, patch);
	if (fclose(to) == 0)
		left_keep(left, patch->file, patch->path, text, n_bytes);
	free(text);
}

void left_lay_beneath(struct left_patches *left, struct left_patches *older)
{
	int n = 0;

	if (!left->list) {
		*left = *older;
		*older = (struct left_patches){.n = 0};
		return;
	}
	for (int i = 0; i < older->n; i++) {
		struct left_patch *patch = &older->list[i];

		if (find(left, patch->file) < 0 && older->n - i + left->n <= LEFT_MAX_PATCHES) {
			older->list[n++] = *patch;
			continue;
		}
		free(patch->path);
		free(patch->lines);
	}
	memmove(left->list + n, left->list, (size_t)left->n * sizeof(*left->list));
	if (n > 0)
		memcpy(left->list, older->list, (size_t)n * sizeof(*left->list));
	left->n += n;
	older->n = 0;
	left_free(older);
}

void left_apply(const struct left_patches *left, struct patch *patch)
{
	struct turned_reader reader = {.patch = patch};
	int i = find(left, patch->file), n_misfits = 0;
	char *text = i < 0 ? NULL : strdup(left->list[i].lines), *rest = text, *line;
	struct diag diag, first;

	while (rest && (line = strsep(&rest, "\n")))
		if (turned_read(&reader, line, &diag) < 0 && n_misfits++ == 0)
			first = diag;
	if (n_misfits)
		log_line(LOG_LEVEL_INFO, "%s: %d of what was turned no longer fits: %.250s",
			patch->path, n_misfits, first.text);
	free(text);
}

const char *left_lines(const struct left_patches *left, uint64_t file)
{
	int i = find(left, file);

	return i < 0 ? NULL : left->list[i].lines;
}

void left_put(const struct left_patches *left, const char *word, FILE *to)
{
	for (int i = 0; i < left->n; i++)
		fprintf(to, "%s %016" PRIx64 " %s\n%s", word, left->list[i].file,
			left->list[i].path, left->list[i].lines);
}

void left_read(struct left_patches *left, const char *text, size_t n_bytes)
{
	size_t n_line = strcspn(text, "\n");
	char *end, *path;
	uint64_t file = strtoull(text, &end, 16);

	if (n_line >= n_bytes || end == text || *end != ' ')
		return;
	path = strndup(end + 1, (size_t)(text + n_line - end) - 1);
	if (path)
		left_keep(left, file, path, text + n_line + 1, n_bytes - n_line - 1);
	free(path);
}

void left_free(struct left_patches *left)
{
	while (left->n > 0)
		drop(left, left->n - 1);
	free(left->list);
	left->list = NULL;
}
