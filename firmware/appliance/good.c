/* good.c - copies of the settings and of the patch that have sounded, in the state folder, for a
 * start at which the files are broken.
 *
 * A copy is replaced only by what was played for SOUNDED_MS of the block clock; the file may have
 * been saved anew, emptied or cut short since it was read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "appliance/run.h"
#include "config/ini_lines.h"
#include "config/patch_read.h"

enum { SOUNDED_MS = 1000 };

const char *const good_names[N_GOOD] = {
	[GOOD_SETTINGS] = "good-chronus.ini",
	[GOOD_PATCH] = "good-patch.ini",
};

int run_good_load(const struct run *run, enum good good, char **text, size_t *n_bytes)
{
	char path[400];
	struct diag ignored;
	int err;

	*text = NULL;
	if (!run->state.folder[0])
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s", run->state.folder, good_names[good]);
	err = ini_file_load(path, text, n_bytes, &ignored);
	if (!err)
		err = ini_text_filled(*text, *n_bytes, path, &ignored);
	if (err < 0) {
		free(*text);
		*text = NULL;
	}
	return err;
}

/* The copy, if it is of this file. */
int run_good_patch(const struct run *run, const char *path, struct patch **patch)
{
	struct diag diag;
	char *text;
	size_t n_bytes, n_path = strlen(path);
	int err = run_good_load(run, GOOD_PATCH, &text, &n_bytes);

	if (err < 0)
		return err;
	if (n_bytes < n_path + 3 || memcmp(text, "; ", 2) != 0 ||
		memcmp(text + 2, path, n_path) != 0 || text[2 + n_path] != '\n')
		err = -ENOENT;
	else
		err = patch_read_text(text, n_bytes, path, patch, &diag);
	free(text);
	return err;
}

void run_good_settings(struct run *run, char *text, size_t n_bytes)
{
	free(run->good.settings);
	run->good.settings = text;
	run->good.n_settings_bytes = n_bytes;
}

void run_good_close(struct run *run)
{
	run_good_settings(run, NULL, 0);
}

/* The file of what is heard, if it still says what is heard. The copy begins with a comment: of
 * which file it is. */
static int copy_patch(const struct run *run, const char *path, char **out, size_t *n_bytes)
{
	struct patch *patch = NULL;
	struct diag ignored;
	char *text;
	size_t n_text;
	int n, err = ini_file_load(path, &text, &n_text, &ignored);
	int n_mark; /* a BOM may only stand at the very beginning */

	if (err < 0)
		return err;
	err = ini_text_filled(text, n_text, path, &ignored);
	if (!err)
		err = patch_read_text(text, n_text, path, &patch, &ignored);
	if (!err && !desk_plays(run->desk, patch))
		err = -ESTALE;
	patch_free(patch);
	if (!err) {
		n_mark = n_text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		n = asprintf(out, "; %s\n%.*s", path, (int)n_text - n_mark, text + n_mark);
		err = n < 0 ? -ENOMEM : 0;
		*n_bytes = n < 0 ? 0 : (size_t)n;
	}
	free(text);
	return err;
}

void run_good_look(struct run *run)
{
	struct run_good *good = &run->good;
	const char *path = desk_live_path(run->desk);
	uint64_t clock = engine_clock(run->engine);
	uint64_t n_commits = stats_total(run->stats, STAT_COMMITS);

	if (strcmp(path, good->path) == 0 && n_commits == good->n_commits)
		return;
	snprintf(good->path, sizeof(good->path), "%s", path);
	good->n_commits = n_commits;
	good->since = clock;
	good->is_copied = false;
}

bool run_good_next(struct run *run, enum good *good, char **text, size_t *n_bytes)
{
	uint64_t n_enough = (uint64_t)(SOUNDED_MS * 1e-3 * run->settings.audio.rate_hz /
				       run->settings.audio.block_frames);

	if (engine_clock(run->engine) - run->good.since < n_enough)
		return false;
	if (run->good.settings) {
		*good = GOOD_SETTINGS;
		*text = run->good.settings;
		*n_bytes = run->good.n_settings_bytes;
		run->good.settings = NULL;
		return true;
	}
	if (run->good.is_copied)
		return false;
	run->good.is_copied = true; /* or not to be: until another patch is heard */
	*good = GOOD_PATCH;
	return copy_patch(run, run->good.path, text, n_bytes) == 0;
}
