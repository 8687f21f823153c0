/* run.c - `chronus run`: the appliance. */
#include "cli/run.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/runtime_dir.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "config/patch_read.h"

static const char silence[] = ""; /* an empty patch is legal, and silent */

static int open_input(struct run *run, struct diag *diag)
{
	int err = 0;

	settings_default(&run->settings);
	if (run->config_path)
		err = settings_read(run->config_path, &run->settings, diag);
	if (!err && run->settings.patch[0])
		err = patch_read(run->settings.patch, &run->patch, diag);
	else if (!err)
		err = patch_read_text(silence, 0, "(no patch)", &run->patch, diag);
	if (!err && run->script_path)
		err = script_read(run->script_path, &run->script, diag);
	return err;
}

/* Signals are read from a file descriptor by the desk; blocked before any thread starts, so in
 * all of them. */
static int take_signals(struct run *run, struct diag *diag)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	run->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	return run->signal_fd < 0 ? diag_set(diag, -errno, "signalfd: %s", strerror(errno)) : 0;
}

static struct engine_config engine_config_of(const struct settings *settings)
{
	static const double quantize_beats[] = {
		[QUANTIZE_OFF] = 0.0, [QUANTIZE_BEAT] = 1.0, [QUANTIZE_BAR] = 4.0};
	struct engine_config config = {
		.rate_hz = settings->rate_hz,
		.block_frames = settings->block_frames,
		.lead_blocks = settings->lead_blocks,
		.prime_blocks = settings->prime_blocks,
		.arena_bytes = (size_t)settings->arena_mb << 20,
		.fade_frames = (int)lrint(settings->fade_ms * 1e-3 * settings->rate_hz),
		.has_mirror = true,
		.budget_ns = settings->budget_percent * 10000000LL * settings->block_frames /
			     settings->rate_hz,
		.tail_frames = (int)lrint(settings->tail_ms * 1e-3 * settings->rate_hz),
		.close_blocks = settings->lead_blocks,
		.quantize_beats = quantize_beats[settings->quantize],
		.begins_softly = true,
		.lock_memory = settings->lock_memory,
		.producer = {"producer", settings->producer_cpu, settings->producer_priority},
		.workers = {{"worker A", settings->worker_a_cpu, settings->worker_priority},
			{"worker B", settings->worker_b_cpu, settings->worker_priority}},
	};

	return config;
}

static int open_engine(struct run *run, struct diag *diag)
{
	struct engine_config config = engine_config_of(&run->settings);
	int err = runtime_dir_make(diag);

	if (!err && runtime_path(run->stats_path, sizeof(run->stats_path), "stats") < 0)
		err = diag_set(diag, -ENAMETOOLONG, "the runtime folder's name is too long");
	if (!err)
		err = run_open_sink(run, diag);
	if (!err)
		err = stats_open(&run->stats, run->stats_path, diag);
	if (err < 0)
		return err;
	run->stats->periods = run->settings.periods;
	run_rt_prepare(run);
	err = engine_open(&run->engine, &config, run->sink, run->stats, diag);
	if (!err)
		err = desk_open(&run->desk, &run->settings, run->engine, run->patch, diag);
	if (!err && run->journal_path)
		err = desk_keep_journal(run->desk, run->journal_path, diag);
	if (!err && run->allows_faults)
		desk_allow_faults(run->desk);
	if (!err)
		err = engine_start(run->engine, run->patch, diag);
	if (!err)
		log_line(LOG_LEVEL_INFO, "playing \"%s\" on %s, lead %d", run->patch->name,
			run->sink->name, config.lead_blocks);
	return err;
}

static enum board_bias bias_of(const struct settings *settings, enum settings_bias bias)
{
	static const enum board_bias biases[] = {[BIAS_PULL_UP] = BOARD_PULL_UP,
		[BIAS_PULL_DOWN] = BOARD_PULL_DOWN,
		[BIAS_NONE] = BOARD_NO_BIAS};

	return biases[bias == BIAS_OF_GPIO ? settings->bias : bias];
}

static struct board_knob board_knob_of(
	const struct settings *settings, const struct settings_knob *from)
{
	struct board_knob knob = {.pin_a = from->pin_a,
		.pin_b = from->pin_b,
		.pin_push = from->pin_push,
		.steps_per_detent = from->steps_per_detent,
		.reversed = from->reversed,
		.acceleration = from->acceleration,
		.bias = bias_of(settings, from->bias)};

	memcpy(knob.name, from->name, sizeof(knob.name));
	return knob;
}

static void describe_board(const struct settings *settings, struct board_config *config)
{
	static const enum board_sign signs[] = {[SIGN_RUNNING] = BOARD_RUNNING,
		[SIGN_STAGED] = BOARD_STAGED,
		[SIGN_STANDBY] = BOARD_STANDBY,
		[SIGN_FAULT] = BOARD_FAULT};

	memcpy(config->chip, settings->chip, sizeof(config->chip));
	config->n_knobs = settings->n_knobs;
	for (int i = 0; i < settings->n_knobs; i++)
		config->knobs[i] = board_knob_of(settings, &settings->knobs[i]);
	config->n_buttons = settings->n_buttons;
	for (int i = 0; i < settings->n_buttons; i++) {
		const struct settings_button *from = &settings->buttons[i];

		memcpy(config->buttons[i].name, from->name, sizeof(config->buttons[i].name));
		config->buttons[i].pin = from->pin;
		config->buttons[i].bias = bias_of(settings, from->bias);
	}
	config->n_leds = settings->n_leds;
	for (int i = 0; i < settings->n_leds; i++) {
		const struct settings_led *from = &settings->leds[i];

		memcpy(config->leds[i].name, from->name, sizeof(config->leds[i].name));
		config->leds[i].pin = from->pin;
		config->leds[i].shows = signs[from->shows];
		config->leds[i].is_active_low = from->active_low;
	}
}

static bool has_pins(const struct board_config *config)
{
	for (int i = 0; i < config->n_knobs; i++)
		if (config->knobs[i].pin_a != BOARD_NO_PIN ||
			config->knobs[i].pin_push != BOARD_NO_PIN)
			return true;
	for (int i = 0; i < config->n_buttons; i++)
		if (config->buttons[i].pin != BOARD_NO_PIN)
			return true;
	return config->n_leds > 0;
}

/* GPIO where pins are named, and the keys of the terminal where there is one. Without either the
 * instrument plays all the same. */
static void open_hands(struct run *run)
{
	const struct board_config *config = &run->controls;
	struct diag diag;
	char path[300];

	describe_board(&run->settings, &run->controls);
	if (has_pins(config) && board_gpio_open(&run->gpio, config, &diag) < 0)
		run_degrade(run, "GPIO: %s; playing without knobs, buttons and LEDs", diag.text);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		if (board_terminal_open(&run->keys, config, &diag) < 0)
			log_line(LOG_LEVEL_INFO, "%s", diag.text);
		else if (screen_open(&run->screen, STDOUT_FILENO) < 0)
			run->screen = NULL;
	}
	if (runtime_path(path, sizeof(path), "control.sock") < 0 ||
		control_socket_open(&run->control, path, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "`chronus send` will not work: %s", diag.text);
}

static void print_summary(const struct run *run)
{
	static const enum stat_id shown[] = {STAT_BLOCKS, STAT_NONE, STAT_LATE, STAT_DROP,
		STAT_XRUN, STAT_SUSPENDS, STAT_DEVICE_LOST, STAT_COMMITS, STAT_REFUSED,
		STAT_FAILOVERS, STAT_REANCHORS};
	char text[300] = "";

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %llu",
			i ? ", " : "", stat_name(shown[i]),
			(unsigned long long)stats_total(run->stats, shown[i]));
	log_line(LOG_LEVEL_INFO, "%s", text);
}

static int close_all(struct run *run, int code)
{
	struct diag diag;

	control_socket_close(run->control);
	if (run->gpio)
		run->gpio->close(run->gpio);
	if (run->keys)
		run->keys->close(run->keys);
	if (run->engine)
		engine_stop(run->engine);
	if (run->screen)
		screen_close(run->screen);
	desk_close(run->desk); /* its journal still asks the engine */
	engine_close(run->engine);
	if (run->sink && run->sink->close)
		run->sink->close(run->sink);
	if (run->stats && code != CLI_USAGE)
		print_summary(run);
	if (run->recorder) {
		if (recorder_close(run->recorder, &diag) < 0)
			log_line(LOG_LEVEL_WARNING, "%s: %s", run->wav_path, diag.text);
		else
			log_line(LOG_LEVEL_INFO, "there is no sound card; what was played is in %s",
				run->wav_path);
	}
	run_rt_close(run);
	if (run->stats)
		stats_close(run->stats, run->stats_path);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
	patch_free(run->patch);
	script_free(&run->script);
	return code;
}

static int play(struct run *run)
{
	struct diag diag;
	int err = open_input(run, &diag), code = err < 0 ? CLI_USAGE : CLI_FAILED;

	if (!err)
		err = take_signals(run, &diag);
	if (!err)
		err = open_engine(run, &diag);
	if (err < 0) {
		log_line(LOG_LEVEL_ERROR, "%s", diag.text);
		return close_all(run, code);
	}
	run_rt_settle(run);
	open_hands(run);
	run_rt_report(run);
	return close_all(run, run_loop(run) ? CLI_FAILED : CLI_OK);
}

int cli_run(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	const struct option_row rows[] = {
		{"config", OPTION_STRING, &run->config_path, "FILE", "the settings, chronus.ini", 0,
			0, NULL},
		{"seconds", OPTION_DOUBLE, &run->seconds, "S", "stop after this long", 0.001, 1e9,
			NULL},
		{"script", OPTION_STRING, &run->script_path, "FILE", "commands with their times", 0,
			0, NULL},
		{"log-events", OPTION_STRING, &run->journal_path, "FILE",
			"write what happens, for render --script", 0, 0, NULL},
		{"allow-faults", OPTION_FLAG, &run->allows_faults, NULL,
			"obey `fault` commands (for tests)", 0, 0, NULL},
	};
	int n, code;

	if (!run)
		return CLI_FAILED;
	run->signal_fd = run->latency_fd = -1;
	n = options_read(rows, ARRAY_LEN(rows), argc, argv);
	if (n < 0)
		code = options_exit_code(n);
	else if (n > 0)
		code = options_refuse("run", "%s: no such argument", argv[1]);
	else
		code = play(run);
	free(run);
	return code;
}
