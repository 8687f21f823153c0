/* render_input.c - settings, patch and script of `chronus render`, and how long it is. See render.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "appliance/built_in.h"
#include "cli/render.h"
#include "config/patch_path.h"
#include "config/patch_read.h"
#include "control/replay.h"

enum { PATCH_SECONDS = 10 }; /* of a patch, where nobody says how long */

const char *const render_block_names[] = {"16", "32", "64", "128", "256", NULL};

/* Of a file's name without its .txt; .wav would be the script itself. */
static int name_length(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');

	if (!dot || dot == path || (slash && dot <= slash + 1) || strcmp(dot, ".wav") == 0)
		return (int)strlen(path);
	return (int)(dot - path);
}

/* A folder's journal; and NAME.wav beside the script, where no file is named. 0 or -ENOMEM. */
static int choose_paths(struct render *render, struct diag *diag)
{
	struct stat info;

	if (!render->options.script_path)
		return 0;
	if (stat(render->options.script_path, &info) == 0 && S_ISDIR(info.st_mode)) {
		if (asprintf(&render->own_script_path, "%s/played.txt",
			    render->options.script_path) < 0)
			return diag_set(diag, -ENOMEM, "out of memory");
		render->options.script_path = render->own_script_path;
	}
	if (render->options.out_path || render->options.is_discarding)
		return 0;
	if (asprintf(&render->own_out_path, "%.*s.wav", name_length(render->options.script_path),
		    render->options.script_path) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	render->options.out_path = render->own_out_path;
	return 0;
}

/* The journal's settings, under those of --config, under the options. */
static int read_settings(struct render *render, struct diag *diag)
{
	struct settings *settings = &render->settings;
	int err, rate_hz, block_frames;

	settings_default(settings);
	err = replay_settings(&render->script, render->options.script_path, settings, diag);
	rate_hz = settings->audio.rate_hz;
	block_frames = settings->audio.block_frames;
	if (!err && render->options.config_path)
		err = settings_read(render->options.config_path, settings, diag);
	if (!render->options.rate_hz)
		render->options.rate_hz = rate_hz;
	render->block_frames = render->options.block_choice < 0
				       ? block_frames
				       : atoi(render_block_names[render->options.block_choice]);
	return err;
}

/* How long, in blocks: as --seconds says, else up to the script's quit. */
static int choose_length(struct render *render, struct diag *diag)
{
	bool is_cut = false;

	if (!render->options.script_path && render->options.seconds <= 0.0)
		render->options.seconds = PATCH_SECONDS;
	if (render->options.seconds > 0.0) {
		replay_drop_end(&render->script);
		render->n_blocks = (uint64_t)ceil(
			render->options.seconds * render->options.rate_hz / render->block_frames);
		return 0;
	}
	render->options.seconds = replay_seconds(&render->script, &is_cut);
	if (is_cut && !render->script.is_journal)
		return diag_set(diag, -EINVAL,
			"%s: nobody says how long: --seconds does, or a line `SECONDS quit`",
			render->options.script_path);
	if (render->options.seconds > RENDER_MAX_SECONDS)
		return diag_set(diag, -ERANGE, "%s: ends after %.0f s; allowed: 0..%d s",
			render->options.script_path, render->options.seconds, RENDER_MAX_SECONDS);
	render->n_blocks = script_block(
		render->options.seconds, render->options.rate_hz, render->block_frames);
	if (is_cut)
		log_line(LOG_LEVEL_WARNING,
			"%s: has no `quit` at its end, so the run was cut off; rendering up to its "
			"last line, %.3f s",
			render->options.script_path, render->options.seconds);
	return 0;
}

/* The one given, else the journal's, else the one that --config starts with. */
static int open_patch(struct render *render, struct diag *diag)
{
	const struct settings *settings = &render->settings;
	const struct patch_places places = {
		.start = settings->start.patch, .settings = render->options.config_path};
	bool has_start = settings->start.patch[0] && render->script.n_head == 0;
	char *path = render->found_patch;
	int err;

	if (!render->options.patch_path && !has_start && !render->options.script_path)
		return diag_set(diag, -ENOENT,
			"%s: no patch is named; name one: patch = FILE in [start], or --patch",
			render->options.config_path);
	if (!render->options.patch_path && !has_start)
		return replay_patch(
			&render->script, render->options.script_path, &render->patch, diag);
	patch_path_find(
		render->options.patch_path ? render->options.patch_path : settings->start.patch,
		&places, path, sizeof(render->found_patch));
	if (built_in_is(path))
		return patch_read_text(
			built_in_patch, strlen(built_in_patch), path, &render->patch, diag);
	err = patch_read_filled(path, &render->patch, diag);
	if (err != -ENODATA)
		return err;
	fprintf(stderr, "chronus: warning: %s; rendering silence\n", diag->text);
	return patch_read(path, &render->patch, diag);
}

int render_open_input(struct render *render, struct diag *diag)
{
	int err = choose_paths(render, diag);

	if (!err && render->options.script_path)
		err = script_read(render->options.script_path, &render->script, diag);
	if (!err)
		err = read_settings(render, diag);
	if (!err)
		err = open_patch(render, diag);
	if (!err)
		err = replay_check(&render->script, render->options.script_path, diag);
	return err ? err : choose_length(render, diag);
}
