/* patch_folder.c - the files beside the patch that is staged, in the order of the setlist or of their
 * names.
 * Tested by: unit/control/test_knob_patch */
#include "control/patch_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/setlist.h"
#include "control/desk_state.h"

int patch_folder_is_patch(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".ini") == 0 && entry->d_name[0] != '.';
}

static int place_of(const struct setlist *setlist, const char *name)
{
	int i = setlist_find(setlist, name);

	return i < 0 ? setlist->n : i;
}

/* Those of the setlist come first, in its order; the others stay in theirs. */
static void put_in_order(struct patch_folder *folder, const struct setlist *setlist)
{
	folder->has_setlist = true;
	folder->n_listed = 0;
	for (int i = 0; i < folder->n; i++) {
		char *name = folder->names[i];
		int place = place_of(setlist, name), at = i;

		folder->n_listed += place < setlist->n;
		for (; at > 0 && place_of(setlist, folder->names[at - 1]) > place; at--)
			folder->names[at] = folder->names[at - 1];
		folder->names[at] = name;
	}
	for (int i = 0; i < setlist->n && !folder->wrong.text[0]; i++)
		if (i >= folder->n || strcmp(folder->names[i], setlist->names[i]) != 0)
			diag_set(&folder->wrong, -ENOENT, "%s/" SETLIST_FILE ": %s is not here",
				folder->path, setlist->names[i]);
}

static int take_names(struct patch_folder *folder, struct diag *diag)
{
	struct dirent **files;
	int n = scandir(folder->path, &files, patch_folder_is_patch, alphasort);

	if (n < 0)
		return diag_set(diag, -errno, "%s: %s", folder->path, strerror(errno));
	folder->names = calloc((size_t)n + 1, sizeof(*folder->names));
	for (int i = 0; i < n; i++) {
		if (folder->names && (folder->names[folder->n] = strdup(files[i]->d_name)))
			folder->n++;
		free(files[i]);
	}
	free(files);
	return folder->names ? 0 : diag_set(diag, -ENOMEM, "%s: out of memory", folder->path);
}

int patch_folder_open(const struct desk *desk, struct patch_folder *folder, struct diag *diag)
{
	const char *now = desk_staged_base(desk)->path, *slash = strrchr(now, '/');
	struct setlist *setlist = calloc(1, sizeof(*setlist));
	int err;

	*folder = (struct patch_folder){.n = 0};
	snprintf(folder->path, sizeof(folder->path), "%.*s", slash ? (int)(slash - now) : 1,
		slash ? now : ".");
	err = setlist ? take_names(folder, diag) : diag_set(diag, -ENOMEM, "out of memory");
	folder->n_listed = folder->n;
	if (!err && setlist_read(folder->path, setlist, &folder->wrong) == 0) {
		folder->wrong.text[0] = '\0';
		if (setlist->n)
			put_in_order(folder, setlist);
	}
	free(setlist);
	return err;
}

void patch_folder_close(struct patch_folder *folder)
{
	for (int i = 0; i < folder->n; i++)
		free(folder->names[i]);
	free(folder->names);
}
