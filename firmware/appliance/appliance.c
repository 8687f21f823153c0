/* appliance.c - the running instrument from its first line to its last. See appliance.h. */
#include "appliance/appliance.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "appliance/run.h"
#include "appliance/screen.h"

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
	int err = run_open_sink(run, diag);

	if (!err)
		err = run_open_stats(run, diag);
	if (err < 0)
		return err;
	run->stats->periods = run->settings.periods;
	if (run->sink->begins_away)
		atomic_store(&run->stats->away_since_ns, (uint64_t)clock_now_ns());
	run_rt_prepare(run);
	err = engine_open(&run->engine, &config, run->sink, run->stats, diag);
	if (!err)
		err = desk_open(&run->desk, &run->settings, run->engine, run->patch, diag);
	if (!err && run->options->journal_path)
		err = desk_keep_journal(run->desk, run->options->journal_path, diag);
	if (!err && run->options->allows_faults)
		desk_allow_faults(run->desk);
	if (!err)
		err = engine_start(run->engine, run->patch, diag);
	if (!err)
		log_line(LOG_LEVEL_INFO, "playing \"%s\" on %s, lead %d", run->patch->name,
			run->sink->name, config.lead_blocks);
	return err;
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

static void close_engine(struct run *run)
{
	if (run->engine)
		engine_stop(run->engine);
	if (run->screen)
		screen_close(run->screen);
	if (run->desk && desk_close_journal(run->desk) < 0) /* it still asks the engine */
		run->has_lost_journal = true;
	desk_close(run->desk);
	engine_close(run->engine);
	if (run->sink && run->sink->close)
		run->sink->close(run->sink);
	run->screen = NULL;
	run->desk = NULL;
	run->engine = NULL;
	run->sink = NULL;
}

/* False: what was played could not be written. That a slow disk lost some of it is only said. */
static bool close_stats(struct run *run)
{
	struct diag diag;
	int err = 0;

	if (run->recorder) {
		err = recorder_close(run->recorder, &diag);
		if (err < 0)
			log_line(LOG_LEVEL_WARNING, "%s: %s", run->wav_path, diag.text);
		else
			log_line(LOG_LEVEL_INFO, "what was played is in %s", run->wav_path);
	}
	run_rt_close(run);
	if (run->stats)
		stats_close(run->stats, run->stats_path[0] ? run->stats_path : NULL);
	run->recorder = NULL;
	run->stats = NULL;
	return !err || err == -ENOBUFS;
}

static enum appliance_end close_all(struct run *run, enum appliance_end end)
{
	run_service_stop(run);
	control_socket_close(run->control);
	if (run->desk)
		desk_end_journal(run->desk);
	if (run->engine)
		engine_stop(run->engine);
	run_state_close(run, clock_now_ns());
	run_starts_good(run);
	if (run->gpio)
		run->gpio->close(run->gpio);
	if (run->keys)
		run->keys->close(run->keys);
	close_engine(run);
	if (run->stats && end != APPLIANCE_BAD_INPUT)
		print_summary(run);
	if ((!close_stats(run) || run->has_lost_journal) && end == APPLIANCE_DONE)
		end = APPLIANCE_FAILED;
	run_service_close(run);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
	run_close_input(run);
	run_leave_folder(run);
	return end;
}

/* An appliance plays something: what could not be opened is tried without the patch, then without
 * the settings. */
static int open_anyhow(struct run *run, struct diag *diag)
{
	int err = open_engine(run, diag);

	for (int tries = 0; err < 0 && run->options->is_appliance && tries < 2; tries++) {
		trouble_set(&run->troubles, "engine", "%.250s; playing the built-in patch%s",
			diag->text, tries ? " with the default settings" : "");
		close_engine(run);
		close_stats(run);
		if (tries) {
			settings_default(&run->settings);
			run_good_settings(run, NULL, 0);
		}
		if (tries == 0 && run->patch)
			run_state_want(run, NULL, run->first ? run->first : run->patch);
		err = run_built_in_patch(run, diag);
		if (!err)
			err = open_engine(run, diag);
	}
	return err;
}

static enum appliance_end play(struct run *run)
{
	struct diag diag;
	enum appliance_end end;
	int err;

	run_service_open(run);
	err = take_signals(run, &diag); /* before any thread there is */
	end = APPLIANCE_FAILED;
	if (!err)
		err = run_claim_folder(run, &diag);
	if (!err) {
		err = run_open_input(run, &diag);
		end = err < 0 && err != -EBUSY ? APPLIANCE_BAD_INPUT : APPLIANCE_FAILED;
	}
	if (!err)
		err = open_anyhow(run, &diag);
	if (err < 0) {
		log_line(LOG_LEVEL_ERROR, "%s", diag.text);
		run_service_fail(run, diag.text);
		return close_all(run, end);
	}
	if (!run_tone_is_on(run))
		run_state_resume(run);
	run_rt_settle(run);
	run_open_hands(run);
	run_rt_report(run);
	return close_all(run, run_loop(run) ? APPLIANCE_FAILED : APPLIANCE_DONE);
}

enum appliance_end appliance_play(const struct appliance_options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	enum appliance_end end;

	if (!run)
		return APPLIANCE_FAILED;
	run->options = options;
	run->signal_fd = run->latency_fd = run->runtime_lock = -1;
	end = play(run);
	free(run);
	return end;
}
