/* output.c - which device `chronus run` plays to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "audio/sink_alsa.h"
#include "base/log.h"
#include "base/pi_board.h"
#include "base/runtime_dir.h"
#include "base/sys_file.h"
#include "appliance/run.h"

enum {
	WAV_MAX_SECONDS = 600, /* kept of a run without an end */
	WAV_FREE_PART =
		4, /* and of the runtime folder, which is memory, a quarter of what is free */
	FRAME_BYTES = 2 * (int)sizeof(float),
};

/* Frames that fit into the part of the folder that may be filled; 0: none, or it cannot be said. */
static uint64_t free_frames(const char *folder)
{
	struct statvfs vfs;

	if (statvfs(folder, &vfs) < 0)
		return 0;
	return (uint64_t)vfs.f_bavail * vfs.f_frsize / WAV_FREE_PART / FRAME_BYTES;
}

/* The file for what is played; none where nobody has asked for it: a service plays for weeks, and
 * its runtime folder is the machine's memory. */
static int choose_wav(struct run *run, uint64_t *max_frames, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	double keep_s = run->options->seconds > 0.0 ? run->options->seconds + 1.0 : WAV_MAX_SECONDS;
	char folder[300];
	uint64_t fit;

	*max_frames = (uint64_t)(keep_s * settings->audio.rate_hz);
	run->output.wav_path[0] = '\0';
	if (settings->simulate.wav[0]) {
		snprintf(run->output.wav_path, sizeof(run->output.wav_path), "%s",
			settings->simulate.wav);
		return 0;
	}
	if (run->options->is_appliance)
		return 0;
	if (runtime_path(run->output.wav_path, sizeof(run->output.wav_path), "played.wav") < 0 ||
		runtime_path(folder, sizeof(folder), "") < 0)
		return diag_set(diag, -ENAMETOOLONG, "the runtime folder's name is too long");
	fit = free_frames(folder);
	*max_frames = fit < *max_frames ? fit : *max_frames;
	if (fit < (uint64_t)settings->audio.block_frames)
		run->output.wav_path[0] = '\0';
	return 0;
}

static int open_recorder(struct run *run, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	struct recorder_config config = {
		.path = run->output.wav_path,
		.format = FORMAT_FLOAT,
		.rate_hz = settings->audio.rate_hz,
		.block_frames = settings->audio.block_frames,
		.housekeeping_cpu = settings->rt.desk_cpu,
	};
	int err = choose_wav(run, &config.max_frames, diag);

	if (err < 0)
		return err;
	if (!run->output.wav_path[0]) {
		log_line(LOG_LEVEL_INFO,
			"a simulated sound card: nothing is heard, nothing is kept "
			"(`wav = FILE` in [simulate] keeps it)");
		return 0;
	}
	err = recorder_open(&run->output.recorder, &config, diag);
	if (!err)
		log_line(LOG_LEVEL_INFO, "playing into %s, at most %.0f s of it",
			run->output.wav_path, (double)config.max_frames / settings->audio.rate_hz);
	return err;
}

static int open_simulated(struct run *run, const struct sink_config *sink_config, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	struct sim_config config = {
		.sink = *sink_config,
		.jitter_us = settings->simulate.jitter_us,
		.burst_periods = settings->simulate.burst_periods,
		.stall_every_ms = settings->simulate.stall_every_ms,
		.stall_ms = settings->simulate.stall_ms,
		.vanish_every_ms = settings->simulate.vanish_every_ms,
		.vanish_ms = settings->simulate.vanish_ms,
		.drift_ppm = settings->simulate.drift_ppm,
	};
	int err = open_recorder(run, diag);

	if (err < 0)
		return err;
	config.recorder = run->output.recorder;
	sink_sim_init(&run->output.sim, &config);
	run->output.sink = &run->output.sim.sink;
	return 0;
}

/* The settings' number of periods; for auto, what the board needs. */
static int choose_periods(const struct settings *settings)
{
	char model[128];

	if (settings->audio.periods != SETTINGS_PERIODS_AUTO)
		return settings->audio.periods;
	sys_read(model, sizeof(model), "", "/proc/device-tree/model");
	return pi_board_periods(model);
}

int run_output_open(struct run *run, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	struct sink_config config = {
		.periods = choose_periods(settings),
		.rate_hz = settings->audio.rate_hz,
		.block_frames = settings->audio.block_frames,
		.channels = {settings->audio.channel_left, settings->audio.channel_right},
		.waits_for_device = run->options->is_appliance,
		.keeps_awake = settings->audio.keep_awake,
		.housekeeping_cpu = settings->rt.desk_cpu,
	};
	int err;

	run->output.n_periods = config.periods;
	snprintf(config.device, sizeof(config.device), "%s", settings->audio.device);
	if (strcmp(config.device, "simulated") == 0)
		return open_simulated(run, &config, diag);
	err = sink_alsa_open(&run->output.sink, &config, diag);
	if (!err)
		return 0;
	log_line(LOG_LEVEL_WARNING,
		"no sound card of `device = %s` can be played to; simulating one", config.device);
	return open_simulated(run, &config, diag);
}

/* The device has gone, or come back: for the log and the statistics. */
void run_output_tick(struct run *run)
{
	struct sink *sink = run->output.sink;
	struct sink_news news;

	while (sink->take_news && sink->take_news(sink, &news)) {
		log_line(LOG_LEVEL_WARNING, "%s", news.text);
		stats_set_text(run->stats, run->stats->texts.sink, sizeof(run->stats->texts.sink),
			news.name);
	}
}

void run_output_close(struct run *run)
{
	struct sink *sink = run->output.sink;

	if (sink && sink->close)
		sink->close(sink);
	run->output.sink = NULL;
}

bool run_recorder_close(struct run *run)
{
	struct diag diag;
	int err = 0;

	if (run->output.recorder) {
		err = recorder_close(run->output.recorder, &diag);
		if (err < 0)
			log_line(LOG_LEVEL_WARNING, "%s: %s", run->output.wav_path, diag.text);
		else
			log_line(LOG_LEVEL_INFO, "what was played is in %s", run->output.wav_path);
	}
	run->output.recorder = NULL;
	return !err || err == -ENOBUFS;
}
