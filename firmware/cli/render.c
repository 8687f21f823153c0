/* render.c - `chronus render`: the same engine on a sink that never waits; the same input, the
 * same bytes.
 * Tested by: e2e/test_render */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/render.h"

enum { PROGRESS_CHARS = 40, CHUNK_BLOCKS = 4096 };

static const char *const format_names[] = {"s16", "s24", "s32", "float", NULL};
static const enum sample_format formats[] = {FORMAT_S16, FORMAT_S24_3, FORMAT_S32, FORMAT_FLOAT};

static int open_recorder(struct render *render, struct diag *diag)
{
	struct recorder_config config = {
		.path = render->options.out_path,
		.format = formats[render->options.format],
		.rate_hz = render->options.rate_hz,
		.block_frames = render->block_frames,
		.max_frames = render->n_blocks * (uint64_t)render->block_frames,
		.housekeeping_cpu = -1,
	};

	return render->options.is_discarding ? 0 : recorder_open(&render->recorder, &config, diag);
}

static int open_engine(struct render *render, struct diag *diag)
{
	static const double quantize_beats[] = {
		[QUANTIZE_OFF] = 0.0, [QUANTIZE_BEAT] = 1.0, [QUANTIZE_BAR] = 4.0};
	const struct settings *settings = &render->settings;
	struct engine_config config = {
		.begins_softly = render->options.script_path != NULL, /* as `run` does */
		.rate_hz = render->options.rate_hz,
		.block_frames = render->block_frames,
		.lead_blocks = 0,
		.prime_blocks = settings->engine.prime_blocks,
		.arena_bytes = (size_t)settings->engine.arena_mb << 20,
		.fade_frames =
			(int)lrint(settings->commit.fade_ms * 1e-3 * render->options.rate_hz),
		.has_mirror = !render->options.is_solo,
		.tail_frames =
			(int)lrint(settings->commit.tail_ms * 1e-3 * render->options.rate_hz),
		.quantize_beats = quantize_beats[settings->commit.quantize],
		.in_lockstep = true,
		.in_one_thread = render->options.is_solo,
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
	if (!err && render->options.allows_faults)
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

/* Handing blocks to a thread and back costs more than rendering small ones. */
static void deliver_to(struct render *render, uint64_t block)
{
	if (!render->options.is_solo) {
		sink_offline_run_to(&render->sink, block);
		return;
	}
	sink_offline_allow(&render->sink, block);
	while (sink_offline_has_left(&render->sink))
		engine_serve(render->engine);
}

/* While a commit or a resync is under way the desk looks at every block, so that each of its
 * steps falls on the same block every time. */
static void run_to(struct render *render, uint64_t block)
{
	while (render->at < block) {
		uint64_t left = block - render->at;

		desk_poll(render->desk);
		if (desk_is_busy(render->desk) || render->options.allows_faults)
			left = 1; /* a fault may need the desk at any block */
		else if (left > CHUNK_BLOCKS)
			left = CHUNK_BLOCKS;
		render->at += left;
		deliver_to(render, render->at);
		show_progress(render, false);
	}
}

static int play(struct render *render)
{
	int n_errors = 0;

	for (int i = 0; i < render->script.n_lines && !desk_wants_quit(render->desk); i++) {
		const struct script_line *line = &render->script.lines[i];
		char reply[DESK_REPLY_BYTES];
		uint64_t block =
			script_block(line->seconds, render->options.rate_hz, render->block_frames);

		if (block >= render->n_blocks)
			break;
		run_to(render, block);
		desk_poll(render->desk); /* what was heard by then is known to the command */
		desk_set_time(render->desk, script_time_ns(line->seconds));
		if (desk_command(render->desk, line->command, reply, sizeof(reply)) < 0) {
			fprintf(stderr, "chronus: %s:%d: %s\n", render->options.script_path,
				line->line, reply);
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
	double seconds = (double)render->at * render->block_frames / render->options.rate_hz;

	if (render->options.allows_faults)
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
	int err = render_open_input(render, &diag), code;
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
		fprintf(stderr, "chronus: %s: %s\n", render->options.out_path, diag.text);
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
	if (n > 2 || (n > 0 && render->options.patch_path) || (n > 1 && render->options.out_path))
		return options_refuse("render", "%s: one patch and one output at a time", argv[n]);
	if (n > 0)
		render->options.patch_path = argv[1];
	if (n > 1)
		render->options.out_path = argv[2];
	if (render->options.script_path)
		return CLI_OK;
	if (!render->options.patch_path && !render->options.config_path)
		return options_refuse("render", "a patch is missing: PATCH OUT.wav; or --script "
						"with what run --log-events wrote");
	if (!render->options.out_path && !render->options.is_discarding)
		return options_refuse("render", "OUT.wav is missing (or --discard)");
	return CLI_OK;
}

int cli_render(int argc, char **argv)
{
	struct render *render = calloc(1, sizeof(*render));
	const struct option_row rows[] = {
		{"patch", OPTION_STRING, &render->options.patch_path, "FILE",
			"the patch to play (else the journal's, else the one of --config)", 0, 0,
			NULL},
		{"seconds", OPTION_DOUBLE, &render->options.seconds, "S",
			"how long (else up to the script's `quit`; without a script 10 s)", 0.001,
			RENDER_MAX_SECONDS, NULL},
		{"out", OPTION_STRING, &render->options.out_path, "FILE.wav",
			"where to (else SCRIPT.wav, unless --discard)", 0, 0, NULL},
		{"script", OPTION_STRING, &render->options.script_path, "FILE",
			"commands with their times, or what run --log-events wrote", 0, 0, NULL},
		{"config", OPTION_STRING, &render->options.config_path, "FILE",
			"settings: start patch, knobs, buttons, fade", 0, 0, NULL},
		{"rate", OPTION_INT, &render->options.rate_hz, "HZ",
			"sample rate (48000, or the journal's)", 8000, 192000, NULL},
		{"block", OPTION_CHOICE, &render->options.block_choice, "FRAMES",
			"block size (64, or the journal's)", 0, 0, render_block_names},
		{"format", OPTION_CHOICE, &render->options.format, "FORMAT",
			"of the samples (float)", 0, 0, format_names},
		{"discard", OPTION_FLAG, &render->options.is_discarding, NULL, "keep no samples", 0,
			0, NULL},
		{"solo", OPTION_FLAG, &render->options.is_solo, NULL,
			"render in one worker only, no mirror", 0, 0, NULL},
		{"allow-faults", OPTION_FLAG, &render->options.allows_faults, NULL,
			"obey `fault` commands, and count failovers", 0, 0, NULL},
	};
	int n, code;

	if (!render)
		return CLI_FAILED;
	render->options.block_choice = -1;
	render->options.format = 3;
	n = options_read(rows, ARRAY_LEN(rows), argc, argv);
	code = n < 0 ? options_exit_code(n) : take_arguments(render, n, argv);
	if (n >= 0 && code == CLI_OK)
		code = run(render);
	free(render->own_out_path);
	free(render->own_script_path);
	free(render);
	return code;
}
