/* render.c - `chronus render`: the same engine on a sink that never waits; the same input, the
 * same bytes. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/sink_offline.h"
#include "base/clock.h"
#include "base/log.h"
#include "appliance/built_in.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/patch_path.h"
#include "config/patch_read.h"
#include "control/desk.h"
#include "control/replay.h"
#include "control/script.h"

enum { PROGRESS_CHARS = 40, CHUNK_BLOCKS = 4096, MAX_SECONDS = 86400 };
enum { PATCH_SECONDS = 10 }; /* of a patch, where nobody says how long */

struct render {
	const char *patch_path, *out_path, *script_path, *config_path;
	double seconds;                    /* 0: until the script's quit, or PATCH_SECONDS */
	int rate_hz, block_choice, format; /* 0, -1: not given */
	bool is_discarding, is_solo, allows_faults;

	int block_frames;
	char found_patch[PATH_MAX];
	char *own_out_path, *own_script_path; /* where one was chosen, and not given */
	struct settings settings;
	struct patch *patch;
	struct script script;
	struct stats_page *stats;
	struct recorder *recorder;
	struct sink_offline sink;
	struct engine *engine;
	struct desk *desk;
	uint64_t at, n_blocks;
	int64_t shown_ns;
	bool has_bar;
};

static const char *const format_names[] = {"s16", "s24", "s32", "float", NULL};
static const enum sample_format formats[] = {FORMAT_S16, FORMAT_S24_3, FORMAT_S32, FORMAT_FLOAT};
static const char *const block_names[] = {"16", "32", "64", "128", "256", NULL};

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

	if (!render->script_path)
		return 0;
	if (stat(render->script_path, &info) == 0 && S_ISDIR(info.st_mode)) {
		if (asprintf(&render->own_script_path, "%s/played.txt", render->script_path) < 0)
			return diag_set(diag, -ENOMEM, "out of memory");
		render->script_path = render->own_script_path;
	}
	if (render->out_path || render->is_discarding)
		return 0;
	if (asprintf(&render->own_out_path, "%.*s.wav", name_length(render->script_path),
		    render->script_path) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	render->out_path = render->own_out_path;
	return 0;
}

/* The journal's settings, under those of --config, under the options. */
static int read_settings(struct render *render, struct diag *diag)
{
	struct settings *settings = &render->settings;
	int err, rate_hz, block_frames;

	settings_default(settings);
	err = replay_settings(&render->script, render->script_path, settings, diag);
	rate_hz = settings->rate_hz;
	block_frames = settings->block_frames;
	if (!err && render->config_path)
		err = settings_read(render->config_path, settings, diag);
	if (!render->rate_hz)
		render->rate_hz = rate_hz;
	render->block_frames =
		render->block_choice < 0 ? block_frames : atoi(block_names[render->block_choice]);
	return err;
}

/* How long, in blocks: as --seconds says, else up to the script's quit. */
static int choose_length(struct render *render, struct diag *diag)
{
	double blocks_per_s = (double)render->rate_hz / render->block_frames;
	bool is_cut = false;

	if (!render->script_path && render->seconds <= 0.0)
		render->seconds = PATCH_SECONDS;
	if (render->seconds > 0.0) {
		replay_drop_end(&render->script);
		render->n_blocks =
			(uint64_t)ceil(render->seconds * render->rate_hz / render->block_frames);
		return 0;
	}
	render->seconds = replay_seconds(&render->script, &is_cut);
	if (is_cut && !render->script.is_journal)
		return diag_set(diag, -EINVAL,
			"%s: nobody says how long: --seconds does, or a line `SECONDS quit`",
			render->script_path);
	if (render->seconds > MAX_SECONDS)
		return diag_set(diag, -ERANGE, "%s: ends after %.0f s; allowed: 0..%d s",
			render->script_path, render->seconds, MAX_SECONDS);
	render->n_blocks = (uint64_t)(render->seconds * blocks_per_s + 1e-6);
	if (is_cut)
		log_line(LOG_LEVEL_WARNING,
			"%s: has no `quit` at its end, so the run was cut off; rendering up to its "
			"last line, %.3f s",
			render->script_path, render->seconds);
	return 0;
}

/* The one given, else the journal's, else the one that --config starts with. */
static int open_patch(struct render *render, struct diag *diag)
{
	const struct settings *settings = &render->settings;
	const struct patch_places places = {
		.start = settings->patch, .settings = render->config_path};
	bool has_start = settings->patch[0] && render->script.n_head == 0;
	char *path = render->found_patch;
	int err;

	if (!render->patch_path && !has_start && !render->script_path)
		return diag_set(diag, -ENOENT,
			"%s: no patch is named; name one: patch = FILE in [start], or --patch",
			render->config_path);
	if (!render->patch_path && !has_start)
		return replay_patch(&render->script, render->script_path, &render->patch, diag);
	patch_path_find(render->patch_path ? render->patch_path : settings->patch, &places, path,
		sizeof(render->found_patch));
	if (built_in_is(path))
		return patch_read_text(
			built_in_patch, strlen(built_in_patch), path, &render->patch, diag);
	err = patch_read_filled(path, &render->patch, diag);
	if (err != -ENODATA)
		return err;
	fprintf(stderr, "chronus: warning: %s; rendering silence\n", diag->text);
	return patch_read(path, &render->patch, diag);
}

static int open_input(struct render *render, struct diag *diag)
{
	int err = choose_paths(render, diag);

	if (!err && render->script_path)
		err = script_read(render->script_path, &render->script, diag);
	if (!err)
		err = read_settings(render, diag);
	if (!err)
		err = open_patch(render, diag);
	if (!err)
		err = replay_check(&render->script, render->script_path, diag);
	return err ? err : choose_length(render, diag);
}

static int open_recorder(struct render *render, struct diag *diag)
{
	struct recorder_config config = {
		.path = render->out_path,
		.format = formats[render->format],
		.rate_hz = render->rate_hz,
		.block_frames = render->block_frames,
		.max_frames = render->n_blocks * (uint64_t)render->block_frames,
		.housekeeping_cpu = -1,
	};

	return render->is_discarding ? 0 : recorder_open(&render->recorder, &config, diag);
}

static int open_engine(struct render *render, struct diag *diag)
{
	static const double quantize_beats[] = {
		[QUANTIZE_OFF] = 0.0, [QUANTIZE_BEAT] = 1.0, [QUANTIZE_BAR] = 4.0};
	const struct settings *settings = &render->settings;
	struct engine_config config = {
		.begins_softly = render->script_path != NULL, /* as `run` does */
		.rate_hz = render->rate_hz,
		.block_frames = render->block_frames,
		.lead_blocks = 0,
		.prime_blocks = settings->prime_blocks,
		.arena_bytes = (size_t)settings->arena_mb << 20,
		.fade_frames = (int)lrint(settings->fade_ms * 1e-3 * render->rate_hz),
		.has_mirror = !render->is_solo,
		.tail_frames = (int)lrint(settings->tail_ms * 1e-3 * render->rate_hz),
		.quantize_beats = quantize_beats[settings->quantize],
		.in_lockstep = true,
		.producer = {.name = "producer", .cpu = -1},
		.workers = {{.name = "worker A", .cpu = -1}, {.name = "worker B", .cpu = -1}},
	};
	int err = stats_open(&render->stats, NULL, diag);

	sink_offline_init(&render->sink, render->recorder);
	if (!err)
		err = engine_open(
			&render->engine, &config, &render->sink.sink, render->stats, diag);
	if (!err)
		err = engine_start(render->engine, render->patch, diag);
	if (!err)
		err = desk_open(&render->desk, settings, render->engine, render->patch, diag);
	if (!err && render->allows_faults)
		desk_allow_faults(render->desk);
	return err;
}

static void show_progress(struct render *render, bool is_end)
{
	int64_t now_ns = clock_now_ns();
	int done = (int)(PROGRESS_CHARS * render->at / (render->n_blocks ? render->n_blocks : 1));

	if (!render->has_bar || (!is_end && now_ns - render->shown_ns < 200 * NS_PER_MS))
		return;
	render->shown_ns = now_ns;
	fprintf(stderr, "\r  [%.*s%*s] %3d %%%s", done, "########################################",
		PROGRESS_CHARS - done, "",
		(int)(100 * render->at / (render->n_blocks ? render->n_blocks : 1)),
		is_end ? "\n" : "");
}

/* While a commit or a resync is under way the desk looks at every block, so that each of its
 * steps falls on the same block every time. */
static void run_to(struct render *render, uint64_t block)
{
	while (render->at < block) {
		uint64_t left = block - render->at;

		desk_poll(render->desk);
		if (desk_is_busy(render->desk) || render->allows_faults)
			left = 1; /* a fault may need the desk at any block */
		else if (left > CHUNK_BLOCKS)
			left = CHUNK_BLOCKS;
		render->at += left;
		sink_offline_run_to(&render->sink, render->at);
		show_progress(render, false);
	}
}

static int play(struct render *render)
{
	double blocks_per_s = (double)render->rate_hz / render->block_frames;
	int n_errors = 0;

	for (int i = 0; i < render->script.n_lines && !desk_wants_quit(render->desk); i++) {
		const struct script_line *line = &render->script.lines[i];
		char reply[DESK_REPLY_BYTES];
		uint64_t block = (uint64_t)(line->seconds * blocks_per_s + 1e-6);

		if (block >= render->n_blocks)
			break;
		run_to(render, block);
		desk_poll(render->desk); /* what was heard by then is known to the command */
		if (desk_execute(render->desk, line->command, reply, sizeof(reply)) < 0) {
			fprintf(stderr, "chronus: %s:%d: %s\n", render->script_path, line->line,
				reply);
			n_errors++;
		}
	}
	if (!desk_wants_quit(render->desk))
		run_to(render, render->n_blocks);
	show_progress(render, true);
	return n_errors || stats_total(render->stats, STAT_REFUSED) ? CLI_FAILED : CLI_OK;
}

static void print_summary(const struct render *render, int64_t took_ns)
{
	const struct stats_page *stats = render->stats;
	double seconds = (double)render->at * render->block_frames / render->rate_hz;

	if (render->allows_faults)
		fprintf(stderr, "chronus: failovers %llu, contained faults %llu\n",
			(unsigned long long)stats_total(stats, STAT_FAILOVERS),
			(unsigned long long)stats_total(stats, STAT_FAULTS));
	fprintf(stderr,
		"chronus: rendered %.3f s in %.3f s (%.0f times real time); commits %llu, refused "
		"%llu, none %llu\n",
		seconds, (double)took_ns * 1e-9, seconds / ((double)took_ns * 1e-9),
		(unsigned long long)stats_total(stats, STAT_COMMITS),
		(unsigned long long)stats_total(stats, STAT_REFUSED),
		(unsigned long long)stats_total(stats, STAT_NONE));
}

static int run(struct render *render)
{
	struct diag diag;
	int64_t begin_ns = clock_now_ns();
	int err = open_input(render, &diag), code;
	bool is_bad_input = err < 0;

	render->has_bar = isatty(STDERR_FILENO);
	if (!err)
		err = open_recorder(render, &diag);
	if (!err)
		err = open_engine(render, &diag);
	code = err < 0 ? is_bad_input ? CLI_USAGE : CLI_FAILED : play(render);
	sink_offline_end(&render->sink);
	desk_close(render->desk); /* it still asks the engine */
	engine_close(render->engine);
	if (err < 0)
		fprintf(stderr, "chronus: %s\n", diag.text);
	else
		print_summary(render, clock_now_ns() - begin_ns);
	if (recorder_close(render->recorder, &diag) < 0) {
		fprintf(stderr, "chronus: %s: %s\n", render->out_path, diag.text);
		code = CLI_FAILED;
	}
	stats_close(render->stats, NULL);
	patch_free(render->patch);
	script_free(&render->script);
	return code;
}

/* PATCH and OUT.wav are short for --patch and --out. CLI_OK, or CLI_USAGE (told). */
static int take_arguments(struct render *render, int n, char **argv)
{
	if (n > 2 || (n > 0 && render->patch_path) || (n > 1 && render->out_path))
		return options_refuse("render", "%s: one patch and one output at a time", argv[n]);
	if (n > 0)
		render->patch_path = argv[1];
	if (n > 1)
		render->out_path = argv[2];
	if (render->script_path)
		return CLI_OK;
	if (!render->patch_path && !render->config_path)
		return options_refuse("render", "a patch is missing: PATCH OUT.wav; or --script "
						"with what run --log-events wrote");
	if (!render->out_path && !render->is_discarding)
		return options_refuse("render", "OUT.wav is missing (or --discard)");
	return CLI_OK;
}

int cli_render(int argc, char **argv)
{
	struct render *render = calloc(1, sizeof(*render));
	const struct option_row rows[] = {
		{"patch", OPTION_STRING, &render->patch_path, "FILE",
			"the patch to play (else the journal's, else the one of --config)", 0, 0,
			NULL},
		{"seconds", OPTION_DOUBLE, &render->seconds, "S",
			"how long (else up to the script's `quit`; without a script 10 s)", 0.001,
			MAX_SECONDS, NULL},
		{"out", OPTION_STRING, &render->out_path, "FILE.wav",
			"where to (else SCRIPT.wav, unless --discard)", 0, 0, NULL},
		{"script", OPTION_STRING, &render->script_path, "FILE",
			"commands with their times, or what run --log-events wrote", 0, 0, NULL},
		{"config", OPTION_STRING, &render->config_path, "FILE",
			"settings: start patch, knobs, buttons, fade", 0, 0, NULL},
		{"rate", OPTION_INT, &render->rate_hz, "HZ",
			"sample rate (48000, or the journal's)", 8000, 192000, NULL},
		{"block", OPTION_CHOICE, &render->block_choice, "FRAMES",
			"block size (64, or the journal's)", 0, 0, block_names},
		{"format", OPTION_CHOICE, &render->format, "FORMAT", "of the samples (float)", 0, 0,
			format_names},
		{"discard", OPTION_FLAG, &render->is_discarding, NULL, "keep no samples", 0, 0,
			NULL},
		{"solo", OPTION_FLAG, &render->is_solo, NULL,
			"render in one worker only, no mirror", 0, 0, NULL},
		{"allow-faults", OPTION_FLAG, &render->allows_faults, NULL,
			"obey `fault` commands, and count failovers", 0, 0, NULL},
	};
	int n, code;

	if (!render)
		return CLI_FAILED;
	render->block_choice = -1;
	render->format = 3;
	n = options_read(rows, ARRAY_LEN(rows), argc, argv);
	code = n < 0 ? options_exit_code(n) : take_arguments(render, n, argv);
	if (n >= 0 && code == CLI_OK)
		code = run(render);
	free(render->own_out_path);
	free(render->own_script_path);
	free(render);
	return code;
}
