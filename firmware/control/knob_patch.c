/* knob_patch.c - the knob that chooses a patch: the files beside the start patch, in the order of
 * their names. A file that cannot be read is passed over: told, and no detent is spent on it. */
#include "control/desk_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* The folder that a turn goes through, and the first file that it passed over. */
struct patch_walk {
	char folder[256];
	struct dirent **files; /* in the order of their names */
	int n;
	char path[600]; /* of the file reached; empty: none */
	char passed[200];
};

static int is_patch_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".ini") == 0 && entry->d_name[0] != '.';
}

static bool is_readable(struct patch_walk *walk, const char *path)
{
	struct patch *patch;
	struct diag diag;

	if (patch_read_filled(path, &patch, &diag) >= 0) {
		patch_free(patch);
		return true;
	}
	log_line(LOG_LEVEL_WARNING, "the patch knob passes over a file: %s", diag.text);
	if (!walk->passed[0])
		snprintf(walk->passed, sizeof(walk->passed), "; passed over %.180s", diag.text);
	return false;
}

/* Index of the file where a turn begins; where `name` is not there, the place before its first step. */
static int find_start(const struct patch_walk *walk, const char *name, int step)
{
	for (int i = 0; i < walk->n; i++) {
		int order = strcmp(walk->files[i]->d_name, name);

		if (order == 0)
			return i;
		if (order > 0)
			return step > 0 ? i - 1 : i;
	}
	return step > 0 ? walk->n - 1 : walk->n;
}

/* Goes as far as there are files that can be read. */
static void walk_files(struct patch_walk *walk, const char *name, int detents)
{
	int step = detents < 0 ? -1 : 1, left = abs(detents);
	int i = find_start(walk, name, step) + step;

	for (; i >= 0 && i < walk->n && left > 0; i += step) {
		char path[sizeof(walk->path)];

		snprintf(path, sizeof(path), "%s/%s", walk->folder, walk->files[i]->d_name);
		if (!is_readable(walk, path))
			continue;
		memcpy(walk->path, path, sizeof(path));
		left--;
	}
}

int turn_patch(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag)
{
	const struct patch *now = desk_staged_base(desk);
	const char *slash = strrchr(now->path, '/');
	struct patch_walk walk = {.n = 0};
	int err;

	(void)knob;
	snprintf(walk.folder, sizeof(walk.folder), "%.*s", slash ? (int)(slash - now->path) : 1,
		slash ? now->path : ".");
	walk.n = scandir(walk.folder, &walk.files, is_patch_file, alphasort);
	if (walk.n < 0)
		return diag_set(diag, -errno, "%s: %s", walk.folder, strerror(errno));
	walk_files(&walk, slash ? slash + 1 : now->path, detents);
	for (int i = 0; i < walk.n; i++)
		free(walk.files[i]);
	free(walk.files);
	if (!walk.path[0]) {
		answer_say(answer, "ok \"%s\" is the %s patch in %s%s", now->name,
			detents < 0 ? "first" : "last", walk.folder, walk.passed);
		return 0;
	}
	err = desk_load(desk, walk.path, 0, diag);
	if (err < 0)
		return err;
	answer_say(answer, "ok staged patch \"%s\" (%s)%s", desk->staged.loaded->name, walk.path,
		walk.passed);
	return 0;
}

/* The settings refuse a push that would do this. */
int default_patch(struct desk *desk, int knob, struct diag *diag)
{
	return diag_set(diag, -EINVAL, "knob %s chooses a patch, which has no default",
		desk->settings->knobs[knob].name);
}

void view_patch(const struct desk *desk, int knob, struct desk_knob_view *view)
{
	(void)knob;
	view->is_there = view->is_staged_knob = true;
	view->has_staged = desk->staged.loaded != NULL;
	snprintf(view->value, sizeof(view->value), "%.31s", desk->live->name);
	snprintf(view->staged, sizeof(view->staged), "%.31s",
		desk->staged.loaded ? desk->staged.loaded->name : "");
}
