/* run_input.c - what `chronus run` reads at its start, and what it plays where that is wrong.
 *
 * By hand a fault in a file ends the program with its reason. An appliance plays: with the copies
 * of the last good start, else with the defaults and a patch of its own, and says what is wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/built_in.h"
#include "cli/run.h"
#include "config/ini_lines.h"
#include "config/patch_read.h"

const char *const good_names[N_GOOD] = {
	[GOOD_SETTINGS] = "good-chronus.ini",
	[GOOD_PATCH] = "good-patch.ini",
};

static const char silence[] = ""; /* an empty patch is legal, and silent */

/* Into *text, which the caller frees; NULL where there is none. */
static int load_good(const struct run *run, const char *name, char **text, size_t *n_bytes)
{
	char path[400];
	struct diag ignored;

	*text = NULL;
	if (!run->state_folder[0])
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s", run->state_folder, name);
	return ini_file_load(path, text, n_bytes, &ignored);
}

/* [state] folder, else the one that systemd made for us: the first of a list. */
static void choose_state_folder(struct run *run)
{
	const char *env = getenv("STATE_DIRECTORY");

	if (run->settings.state_folder[0])
		snprintf(run->state_folder, sizeof(run->state_folder), "%s",
			run->settings.state_folder);
	else if (env)
		snprintf(run->state_folder, sizeof(run->state_folder), "%.*s",
			(int)strcspn(env, ":"), env);
}

/* ---- settings */
static int read_settings(struct run *run, struct diag *diag)
{
	struct good_copy *good = &run->good[GOOD_SETTINGS];
	int err = ini_file_load(run->config_path, &good->text, &good->n_bytes, diag);

	if (err < 0)
		return err;
	err = settings_read_text(
		good->text, good->n_bytes, run->config_path, &run->settings, diag);
	if (err < 0) {
		free(good->text);
		good->text = NULL;
	}
	return err;
}

/* The copy keeps the name of the file it is of, so that [start] patch is found beside that. */
static bool read_good_settings(struct run *run)
{
	struct diag diag;
	char *text;
	size_t n_bytes;
	int err = load_good(run, good_names[GOOD_SETTINGS], &text, &n_bytes);

	if (err < 0)
		return false;
	err = settings_read_text(text, n_bytes, run->config_path, &run->settings, &diag);
	free(text);
	return err == 0;
}

static int choose_settings(struct run *run, struct diag *diag)
{
	int err = run->config_path ? read_settings(run, diag) : 0;

	choose_state_folder(run);
	if (err == 0 || !run->is_appliance)
		return err;
	run->lacks_settings = !read_good_settings(run);
	trouble_set(&run->troubles, "settings", "%.250s; playing with %s", diag->text,
		run->lacks_settings ? "the defaults" : "the settings of the last good start");
	choose_state_folder(run);
	return 0;
}

/* ---- patch */
static int read_patch(struct run *run, struct diag *diag)
{
	struct good_copy *good = &run->good[GOOD_PATCH];
	const char *path = run->settings.patch;
	int err;

	if (!path[0])
		return patch_read_text(silence, 0, "(no patch)", &run->patch, diag);
	err = ini_file_load(path, &good->text, &good->n_bytes, diag);
	if (err < 0)
		return err;
	err = patch_read_text(good->text, good->n_bytes, path, &run->patch, diag);
	if (err < 0) {
		free(good->text);
		good->text = NULL;
	}
	return err;
}

int run_built_in_patch(struct run *run, struct diag *diag)
{
	const char *config = run->config_path ? run->config_path : "";
	const char *slash = strrchr(config, '/');
	char path[400];

	/* where a knob that chooses a patch looks for others */
	snprintf(path, sizeof(path), "%.*spatches/built-in.ini", slash ? (int)(slash - config) + 1 : 0,
		config);
	patch_free(run->patch);
	run->patch = NULL;
	return patch_read_text(built_in_patch, strlen(built_in_patch), path, &run->patch, diag);
}

static bool read_good_patch(struct run *run)
{
	struct diag diag;
	char *text;
	size_t n_bytes;
	int err = load_good(run, good_names[GOOD_PATCH], &text, &n_bytes);

	if (err < 0)
		return false;
	err = patch_read_text(text, n_bytes, run->settings.patch, &run->patch, &diag);
	free(text);
	return err == 0;
}

static int choose_patch(struct run *run, struct diag *diag)
{
	bool is_named = run->settings.patch[0];
	int err = run->is_appliance && !is_named ? -ENOENT : read_patch(run, diag);

	if (err == 0 || !run->is_appliance)
		return err;
	if (!is_named)
		return run_built_in_patch(run, diag);
	if (read_good_patch(run)) {
		trouble_set(&run->troubles, "patch", "%.250s; playing \"%s\" of the last good start",
			diag->text, run->patch->name);
		return 0;
	}
	trouble_set(&run->troubles, "patch", "%.250s; playing the built-in patch", diag->text);
	return run_built_in_patch(run, diag);
}

int run_open_input(struct run *run, struct diag *diag)
{
	int err;

	settings_default(&run->settings);
	err = choose_settings(run, diag);
	if (!err)
		err = choose_patch(run, diag);
	if (!err && run->script_path)
		err = script_read(run->script_path, &run->script, diag);
	return err;
}

void run_close_input(struct run *run)
{
	for (int i = 0; i < N_GOOD; i++)
		free(run->good[i].text);
	patch_free(run->patch);
	script_free(&run->script);
}
