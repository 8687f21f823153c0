/* knob_patch.c - the knob that chooses a patch, and `next` and `previous`: the files beside the start patch, in the
 * order of the setlist or of their names. A file that cannot be read is passed over: told, and no detent is spent on it. */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/patch_folder.h"

/* The folder that a turn goes through, and the first file that it passed over. */
struct patch_walk {
	struct patch_folder folder;
	char path[600]; /* of the file reached; empty: none */
	char passed[200];
};

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
static int find_start(const struct patch_folder *folder, const char *name, int step)
{
	for (int i = 0; i < folder->n_listed; i++)
		if (strcmp(folder->names[i], name) == 0)
			return i;
	for (int i = 0; i < folder->n_listed && !folder->has_setlist; i++)
		if (strcmp(folder->names[i], name) > 0)
			return step > 0 ? i - 1 : i;
	if (folder->has_setlist)
		return step > 0 ? -1 : folder->n_listed;
	return step > 0 ? folder->n_listed - 1 : folder->n_listed;
}

/* Goes as far as there are files that can be read. */
static void walk_files(struct patch_walk *walk, const char *name, int detents)
{
	const struct patch_folder *folder = &walk->folder;
	int step = detents < 0 ? -1 : 1, left = abs(detents);
	int i = find_start(folder, name, step) + step;

	for (; i >= 0 && i < folder->n_listed && left > 0; i += step) {
		char path[sizeof(walk->path)];

		snprintf(path, sizeof(path), "%s/%s", folder->path, folder->names[i]);
		if (!is_readable(walk, path))
			continue;
		memcpy(walk->path, path, sizeof(path));
		left--;
	}
}

/* To the file that is so many steps from a patch; walk->path is empty where there is none, and it is
 * said. 0 or a negative errno. */
static int walk_from(const struct desk *desk, const struct patch *from, int detents,
	struct patch_walk *walk, struct answer *answer, struct diag *diag)
{
	const char *slash = strrchr(from->path, '/');
	int err = patch_folder_open(desk, &walk->folder, diag);

	if (!err) {
		if (walk->folder.wrong.text[0])
			snprintf(walk->passed, sizeof(walk->passed), "; %.190s",
				walk->folder.wrong.text);
		walk_files(walk, slash ? slash + 1 : from->path, detents);
	}
	patch_folder_close(&walk->folder);
	if (!err && !walk->path[0])
		answer_say(answer, "ok \"%s\" is the %s patch in %s%s", from->name,
			detents < 0 ? "first" : "last", walk->folder.path, walk->passed);
	return err;
}

int turn_patch(struct desk *desk, int knob, int detents, struct answer *answer, struct diag *diag)
{
	struct patch_walk walk = {.path = ""};
	int err = walk_from(desk, desk_staged_base(desk), detents, &walk, answer, diag);

	(void)knob;
	if (err < 0 || !walk.path[0])
		return err;
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

void view_patch(const struct desk *desk, int knob, int which, struct desk_knob_view *view)
{
	(void)knob;
	(void)which;
	view->is_there = view->is_staged_knob = true;
	view->has_staged = desk->staged.loaded != NULL;
	snprintf(view->value, sizeof(view->value), "%.31s", desk->live->name);
	snprintf(view->staged, sizeof(view->staged), "%.31s",
		desk->staged.loaded ? desk->staged.loaded->name : "");
}

int desk_hear(struct desk *desk, const char *path, struct diag *diag)
{
	int err;

	commit_settle_if_heard(desk);
	if (desk->hands.to_hear && desk->staged.loaded_used == desk->hands.to_hear &&
		commit_can_be_taken_back(desk))
		commit_take_back(desk, true);
	err = desk_load(desk, path, 0, diag);
	if (err < 0)
		return err;
	desk->hands.to_hear = desk->staged.loaded;
	return desk_commit(desk, &REPLAY_HINT_NONE, diag);
}

/* From the patch that plays, or from one that is about to play because it was asked for like this. */
int desk_step(struct desk *desk, int step, struct answer *answer, struct diag *diag)
{
	bool is_pending = desk->staged.loaded && desk->staged.loaded == desk->hands.to_hear;
	struct patch_walk walk = {.path = ""};
	int err = walk_from(
		desk, is_pending ? desk->staged.loaded : desk->live, step, &walk, answer, diag);

	return err < 0 || !walk.path[0] ? err : desk_hear(desk, walk.path, diag);
}
