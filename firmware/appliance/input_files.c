/* input_files.c - what `chronus run` reads at its start, and what it plays where that is wrong.
 *
 * By hand a fault in a file ends the program with its reason. An appliance plays: with the copies
 * of the last good start, else with the defaults and a patch of its own, and says what is wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "appliance/run.h"
#include "config/ini_lines.h"
#include "config/patch_path.h"
#include "config/patch_read.h"

/* ---- settings */
static int read_settings(struct run *run, struct diag *diag)
{
	char *text;
	size_t n_bytes;
	int blank_err, err = ini_file_load(run->options->config_path, &text, &n_bytes, diag);

	if (err < 0)
		return err;
	blank_err = ini_text_filled(text, n_bytes, run->options->config_path, diag);
	if (blank_err < 0 && run->options->is_appliance)
		err = blank_err;
	else if (blank_err < 0)
		log_line(LOG_LEVEL_WARNING, "%s; playing with the defaults", diag->text);
	if (!err)
		err = settings_read_text(
			text, n_bytes, run->options->config_path, &run->settings, diag);
	if (err < 0 || blank_err < 0) {
		free(text);
		return err;
	}
	run_good_settings(run, text, n_bytes);
	return 0;
}

/* The copy keeps the name of the file it is of, so that [start] patch is found beside that. */
static bool read_good_settings(struct run *run)
{
	struct diag diag;
	char *text;
	size_t n_bytes;
	int err = run_good_load(run, GOOD_SETTINGS, &text, &n_bytes);

	if (err < 0)
		return false;
	err = settings_read_text(text, n_bytes, run->options->config_path, &run->settings, &diag);
	free(text);
	return err == 0;
}

static int choose_settings(struct run *run, struct diag *diag)
{
	int err = run->options->config_path ? read_settings(run, diag) : 0;

	run_state_name_folder(run);
	if (err == 0 || !run->options->is_appliance)
		return err;
	run->input.lacks_settings = !read_good_settings(run);
	warning_set(&run->warnings, "settings", "%.250s; playing with %s", diag->text,
		run->input.lacks_settings ? "the defaults" : "the settings of the last good start");
	run_state_name_folder(run);
	return 0;
}

/* ---- patch */
static void tell_built_in(const struct run *run)
{
	if (run->options->config_path)
		log_line(LOG_LEVEL_INFO,
			"%s names no patch, so the built-in one plays; name one: patch = FILE in "
			"[start], or chronus run --config FILE PATCH.ini",
			run->options->config_path);
	else
		log_line(LOG_LEVEL_INFO,
			"no patch is named, so the built-in one plays; chronus run PATCH.ini plays "
			"yours, --config chronus.ini has its knobs");
}

static int choose_start_patch(struct run *run, struct diag *diag)
{
	const char *path = run->settings.start.patch;
	struct patch *patch = NULL;
	int err;

	if (run->options->is_appliance && run->starts.skips_patch)
		return run_patch_built_in(run, diag);
	if (!path[0]) {
		tell_built_in(run);
		return run_patch_built_in(run, diag);
	}
	err = patch_read_filled(path, &patch, diag);
	if (err == -ENODATA && !run->options->is_appliance) {
		log_line(LOG_LEVEL_WARNING, "%s; playing silence", diag->text);
		err = patch_read(path, &patch, diag);
	}
	if (err == 0)
		run_patch_swap(run, patch);
	if (err == 0 || !run->options->is_appliance)
		return err;
	patch = run_state_take_patch(run);
	if (!patch && run_good_patch(run, path, &patch) < 0)
		patch = NULL;
	warning_set(&run->warnings, "patch", "%.250s; playing %s", diag->text,
		patch ? patch->name : "the built-in patch");
	if (!patch || strcmp(patch->path, path) != 0)
		run_state_want(run, path, NULL);
	run_patch_swap(run, patch);
	return patch ? 0 : run_patch_built_in(run, diag);
}

/* The command line's patch in the place of the settings' one. */
static int name_patch(struct run *run, struct diag *diag)
{
	const struct patch_places places = {
		.start = run->settings.start.patch, .settings = run->options->config_path};
	char path[sizeof(run->settings.start.patch)];

	if (!run->options->patch_said)
		return 0;
	if (strlen(run->options->patch_said) >= sizeof(path))
		return diag_set(diag, -ENAMETOOLONG, "%.200s...: the name is longer than %zu bytes",
			run->options->patch_said, sizeof(path) - 1);
	patch_path_find(run->options->patch_said, &places, path, sizeof(path));
	memcpy(run->settings.start.patch, path, sizeof(path));
	return 0;
}

static int choose_patch(struct run *run, struct diag *diag)
{
	int err = name_patch(run, diag);

	if (!err)
		err = run_state_begin(run, diag);
	if (err < 0)
		return err;
	if (run->options->patch_said) /* that one, as it is written */
		run_state_is_of_another_start(run);
	if (!run->state.has_other_start)
		run_patch_swap(run, run_state_take_patch(run));
	return run->patch ? 0 : choose_start_patch(run, diag);
}

int run_input_open(struct run *run, struct diag *diag)
{
	int err;

	run_starts_begin(run);
	settings_default(&run->settings);
	err = choose_settings(run, diag);
	if (!err)
		err = choose_patch(run, diag);
	if (!err)
		run_tone_begin(run);
	if (!err && run->options->script_path)
		err = script_read(run->options->script_path, &run->input.script, diag);
	if (!err && run->input.script.is_journal)
		log_line(LOG_LEVEL_INFO,
			"%s is a journal: its commands are played, with these settings and this "
			"patch and not its own (`chronus render --script` plays all of it)",
			run->options->script_path);
	return err;
}

void run_settings_reset(struct run *run)
{
	settings_default(&run->settings);
	run_good_settings(run, NULL, 0);
}

void run_input_close(struct run *run)
{
	run_good_close(run);
	run_tone_close(run);
	patch_free(run_patch_swap(run, NULL));
	script_free(&run->input.script);
}
