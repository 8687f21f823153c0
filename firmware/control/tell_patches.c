/* tell_patches.c - the patches that can be chosen, each with its marks.
 * Tested by: unit/control/test_tell */
#include "control/desk_state.h"

#include <stdio.h>
#include <string.h>

#include "control/patch_folder.h"
#include "control/turned.h"

/* ": playing, staged", or nothing. */
struct marks {
	char text[DESK_REPLY_BYTES];
};

static void mark(struct marks *marks, const char *word, const char *why)
{
	size_t n = strlen(marks->text);

	snprintf(marks->text + n, sizeof(marks->text) - n, "%s%s%s", n ? ", " : ": ", word, why);
}

static void mark_use(struct marks *marks, const struct desk *desk, uint64_t file)
{
	const struct patch *loaded = desk->staged.loaded;

	if (desk->live->file == file)
		mark(marks, turned_is_any(desk->live) ? "playing as it was turned" : "playing", "");
	if (loaded && loaded->file == file)
		mark(marks, "staged", "");
}

int tell_patches(const struct desk *desk, struct answer *answer, struct diag *diag)
{
	struct patch_folder folder;
	int err = patch_folder_open(desk, &folder, diag);
	bool is_found = false;

	if (err < 0)
		return err;
	if (folder.wrong.text[0])
		answer_line(answer, "%s", folder.wrong.text);
	for (int i = 0; i < folder.n; i++) {
		char path[sizeof(folder.path) + 300];
		struct marks marks = {""};
		struct patch *patch;
		struct diag why;
		uint64_t file;

		snprintf(path, sizeof(path), "%s/%s", folder.path, folder.names[i]);
		file = patch_file_of(path);
		mark_use(&marks, desk, file);
		is_found = is_found || file == desk->live->file;
		if (patch_read_filled(path, &patch, &why) < 0)
			mark(&marks, "broken: ", why.text);
		else
			patch_free(patch);
		answer_line(answer, "%s%s%s", folder.names[i],
			i < folder.n_listed ? "" : " (not in the setlist)", marks.text);
	}
	if (!is_found)
		answer_line(answer, "\"%s\" in %s: playing", desk->live->name,
			desk->live->path[0] ? desk->live->path : "no file");
	patch_folder_close(&folder);
	return answer_lines_end(answer, diag);
}
