/* save.c - the patch that plays, with what was turned in it, on its way to a file. Whoever runs the desk writes
 * it (desk_take_save), for the disk is slow; what comes of that is told in desk_saved().
 * Tested by: e2e/test_save.sh */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "config/ini_lines.h"
#include "config/patch_write.h"
#include "control/file_name.h"
#include "control/turned.h"

enum { MAX_NAME_BYTES = 40 };

void desk_allow_saves(struct desk *desk)
{
	desk->saved.saving.is_allowed = true;
}

/* "acid" or "acid.ini", beside the start patch; where that is in no file, beside the one that plays. */
static int find_path(
	const struct desk *desk, const char *said, struct desk_save *order, struct diag *diag)
{
	size_t n = strspn(said, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	const char *start = desk->settings->start.patch, *slash;

	if (n == 0 || n > MAX_NAME_BYTES || (said[n] && strcmp(said + n, ".ini") != 0))
		return diag_set(diag, -EINVAL,
			"'%.60s' is no name for a patch: letters, digits, - and _, at most %d; it is "
			"saved beside the start patch",
			said, MAX_NAME_BYTES);
	if (!start[0])
		start = desk->live->path;
	slash = strrchr(start, '/');
	snprintf(order->path, sizeof(order->path), "%.*s%.*s.ini",
		slash ? (int)(slash - start) + 1 : 0, start, (int)n, said);
	return 0;
}

/* The file of what plays is as it was when it was read: somebody else's work is not lost. */
static int check_unedited(const struct desk *desk, struct diag *diag)
{
	const struct patch *live = desk->live;
	char *text;
	size_t n_bytes;
	uint64_t sum;
	int err;

	if (!live->path[0] || !live->source)
		return diag_set(
			diag, -ENOENT, "patch \"%s\" is in no file: `save NAME`", live->name);
	err = ini_file_load(live->path, &text, &n_bytes, diag);
	if (err == -ENOENT)
		return 0; /* it is written anew */
	if (err < 0)
		return err;
	sum = fnv_add(FNV_START, text, n_bytes);
	free(text);
	return sum == live->source->sum
		       ? 0
		       : diag_set(diag, -ESTALE,
				 "%s was edited since it was read: `load` and `commit` it first, or "
				 "`save NAME`",
				 live->path);
}

static int check_text(const struct desk_save *order, struct diag *diag)
{
	struct patch *patch;
	int err = patch_read_text(order->text, order->n_bytes, order->path, &patch, diag);

	if (!err)
		patch_free(patch);
	return err;
}

static int begin(struct desk *desk, const char *said, struct diag *diag)
{
	struct saving *saving = &desk->saved.saving;
	struct desk_save order = {.text = NULL};
	int err = 0;

	if (saving->is_under_way)
		return diag_set(diag, -EBUSY, "%s is on its way to the disk: once more after that",
			saving->order.path);
	if (said)
		err = find_path(desk, said, &order, diag);
	else
		snprintf(order.path, sizeof(order.path), "%s", desk->live->path);
	saving->is_own = !said || patch_file_of(order.path) == desk->live->file;
	if (!err && saving->is_own)
		err = check_unedited(desk, diag);
	if (!err)
		err = patch_write(desk->live, &order.text, &order.n_bytes, diag);
	if (!err)
		err = check_text(&order, diag);
	if (err < 0) {
		free(order.text);
		return err;
	}
	saving->file = desk->live->file;
	if (saving->is_own)
		saving->own_sum = fnv_add(FNV_START, order.text, order.n_bytes);
	saving->order = order;
	saving->is_under_way = true;
	return DESK_SAVE_LATER;
}

bool desk_is_saving(const struct desk *desk)
{
	return desk->saved.saving.is_under_way;
}

bool desk_take_save(struct desk *desk, struct desk_save *save)
{
	struct saving *saving = &desk->saved.saving;
	char *copy;

	if (!saving->is_under_way || saving->is_taken)
		return false;
	copy = malloc(saving->order.n_bytes + 1);
	if (!copy)
		return false;
	memcpy(copy, saving->order.text, saving->order.n_bytes);
	*save = saving->order;
	save->text = copy;
	saving->is_taken = true;
	return true;
}

/* All that was read from that file. Out of memory something stays as it was read. */
static void note_saved(struct desk *desk, uint64_t file, const struct patch *saved)
{
	struct patch *others[] = {desk->live, desk->commit.next, desk->staged.loaded,
		desk->slot_patches[0], desk->slot_patches[1]};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (others[i] && others[i]->file == file && others[i]->source) {
			snapshots_note_saved(&desk->hands.snapshots, others[i], saved);
			break;
		}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (others[i] && others[i]->file == file)
			turned_note_saved(others[i], saved);
	for (int i = 0; i < desk->undo.n; i++)
		if (desk->undo.steps[i]->file == file)
			turned_note_saved(desk->undo.steps[i], saved);
	desk->saved.n_changes++;
}

/* A line of a journal: nothing is written, and `revert` goes back to that from now on. */
static int replay_save(struct desk *desk, const struct action *action, struct diag *diag)
{
	const struct file_name name = {.path = (char *)(uintptr_t)action->save.path,
		.has_sum = true,
		.sum = action->save.sum};
	struct patch *patch;
	int err = file_name_check(&name, diag);

	if (!err)
		err = patch_read(name.path, &patch, diag);
	if (err < 0)
		return err;
	note_saved(desk, action->save.of ? action->save.of : patch->file, patch);
	patch_free(patch);
	return 0;
}

int desk_save(
	struct desk *desk, const struct action *action, struct answer *answer, struct diag *diag)
{
	if (action->save.has_sum)
		return replay_save(desk, action, diag);
	if (desk->saved.saving.is_allowed)
		return begin(desk, action->save.path, diag);
	answer_say(answer, "ok nothing is saved in a rendering");
	return 0;
}

bool desk_has_saved(const struct desk *desk, const char *path)
{
	struct diag ignored;
	size_t n_bytes;
	char *text;
	bool is;

	if (!desk->saved.saving.own_sum || desk->staged.loaded ||
		ini_file_load(path, &text, &n_bytes, &ignored) < 0)
		return false;
	is = fnv_add(FNV_START, text, n_bytes) == desk->saved.saving.own_sum;
	free(text);
	return is;
}

const char *desk_saved(struct desk *desk, int err, const char *why)
{
	static char told[DESK_REPLY_BYTES];
	struct saving *saving = &desk->saved.saving;
	struct patch *patch;
	struct diag diag;

	saving->is_under_way = saving->is_taken = false;
	if (!err && saving->is_own &&
		patch_read_text(saving->order.text, saving->order.n_bytes, saving->order.path,
			&patch, &diag) == 0) {
		note_saved(desk, saving->file, patch);
		patch->file = saving->file;
		journal_saved(desk, patch);
		patch_free(patch);
	}
	if (err < 0)
		snprintf(told, sizeof(told), "error: %.400s", why);
	else
		snprintf(told, sizeof(told), "ok saved as %.400s", saving->order.path);
	save_free(desk);
	return told;
}

void save_free(struct desk *desk)
{
	free(desk->saved.saving.order.text);
	desk->saved.saving.order.text = NULL;
}
