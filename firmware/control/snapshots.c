/* snapshots.c - up to 8 sounds of each patch. See snapshots.h.
 * Tested by: unit/control/test_snapshots */
#include "control/snapshots.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "control/turned.h"

#define HEAD "snapshot "

/* Its lines, up to the next one's; NULL: there is none. */
static const char *find(const struct left_patches *all, int number, uint64_t file, size_t *n_bytes)
{
	const char *text = left_lines(all, file), *end;
	char head[40];

	snprintf(head, sizeof(head), HEAD "%d\n", number);
	while (text && strncmp(text, head, strlen(head)) != 0) {
		text = strstr(text + 1, "\n" HEAD);
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return NULL;
	text += strlen(head);
	end = strncmp(text, HEAD, strlen(HEAD)) == 0 ? text : strstr(text, "\n" HEAD);
	*n_bytes = !end ? strlen(text) : (size_t)(end - text) + (end != text);
	return text;
}

/* turned_put() without what the file says. */
static void put(FILE *to, const struct patch *patch)
{
	char *text = NULL, *rest, *line;
	size_t n_bytes = 0;
	FILE *all = open_memstream(&text, &n_bytes);

	if (!all)
		return;
	turned_put(all, patch);
	if (fclose(all) == 0)
		for (rest = text; (line = strsep(&rest, "\n"));)
			if (line[0] && strncmp(line, "written ", strlen("written ")) != 0)
				fprintf(to, "%s\n", line);
	free(text);
}

/* patches[i]: of number i + 1; NULL: as it is kept now */
static int put_all(struct left_patches *all, const struct patch *const patches[SNAPSHOTS],
	uint64_t file, const char *path)
{
	char *text = NULL;
	size_t n_bytes = 0, n_lines;
	FILE *to = open_memstream(&text, &n_bytes);
	int err = to ? 0 : -ENOMEM;

	for (int i = 0; to && i < SNAPSHOTS; i++) {
		const char *lines = find(all, i + 1, file, &n_lines);

		if (patches[i] || lines)
			fprintf(to, HEAD "%d\n", i + 1);
		if (patches[i])
			put(to, patches[i]);
		else if (lines)
			fwrite(lines, 1, n_lines, to);
	}
	if (to && fclose(to) != 0)
		err = -ENOMEM;
	if (!err && n_bytes > LEFT_MAX_BYTES)
		err = -E2BIG;
	if (!err)
		left_keep(all, file, path, text, n_bytes);
	free(text);
	return err;
}

int snapshot_keep(
	struct left_patches *all, int number, const struct patch *patch, struct diag *diag)
{
	const struct patch *patches[SNAPSHOTS] = {NULL};
	int err;

	patches[number - 1] = patch;
	if (!patch->path[0] || !patch->source)
		return diag_set(diag, -ENOENT,
			"patch \"%s\" is in no file: there is nothing that a snapshot could belong to",
			patch->name);
	err = put_all(all, patches, patch->file, patch->path);
	return err ? diag_set(diag, err, "snapshot %d: %s", number, strerror(-err)) : 0;
}

bool snapshot_is_there(const struct left_patches *all, int number, const struct patch *patch)
{
	size_t n_bytes;

	return find(all, number, patch->file, &n_bytes) != NULL;
}

int snapshot_apply(
	const struct left_patches *all, int number, struct patch *patch, struct diag *diag)
{
	struct turned_reader reader = {.patch = patch};
	size_t n_bytes = 0;
	const char *lines = find(all, number, patch->file, &n_bytes);
	char *text = lines ? strndup(lines, n_bytes) : NULL, *line;
	struct diag ignored;

	if (!lines)
		return diag_set(diag, -ENOENT,
			"patch \"%s\" has no snapshot %d: `snapshot %d` makes it", patch->name,
			number, number);
	if (!text)
		return diag_set(diag, -ENOMEM, "out of memory");
	/* of a module that is gone from the file nothing is left to recall */
	for (char *rest = text; (line = strsep(&rest, "\n"));)
		turned_read(&reader, line, &ignored);
	free(text);
	return 0;
}

/* All in which the two differ is turned in `in`. */
static void mark_differences(struct patch *in, const struct patch *file)
{
	for (int m = 0; m < in->n_modules; m++) {
		struct patch_module *module = &in->modules[m];
		int other = patch_find_ref(file, module_ref_of(module));

		for (int p = 0; other >= 0 && p < module->desc->n_params; p++)
			if (memcmp(&module->values[p], &file->modules[other].written[p],
				    sizeof(float)) != 0)
				module->touched |= 1u << p;
		for (int l = 0; other >= 0 && l < module->desc->n_lists; l++)
			if (module->lists[l].n && patch_list_sum(in, &module->lists[l]) !=
							  file->modules[other].written_lists[l])
				module->touched_lists |= 1u << l;
	}
}

void snapshots_note_saved(
	struct left_patches *all, const struct patch *before, const struct patch *saved)
{
	struct patch *patches[SNAPSHOTS] = {NULL};
	struct diag ignored;

	for (int i = 0; i < SNAPSHOTS && before->source; i++) {
		if (!snapshot_is_there(all, i + 1, before) ||
			patch_read_text(before->source->text, before->source->n_bytes, before->path,
				&patches[i], &ignored) < 0)
			continue;
		patches[i]->file = before->file;
		if (snapshot_apply(all, i + 1, patches[i], &ignored) == 0)
			mark_differences(patches[i], saved);
	}
	if (left_lines(all, before->file))
		put_all(all, (const struct patch *const *)patches, before->file, before->path);
	for (int i = 0; i < SNAPSHOTS; i++)
		patch_free(patches[i]);
}
