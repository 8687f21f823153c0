/* run_sink.c - which device `chronus run` plays to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audio/sink_alsa.h"
#include "base/log.h"
#include "base/runtime_dir.h"
#include "cli/run.h"

enum { WAV_MAX_SECONDS = 600 }; /* kept of a run without an end */

static int name_wav(struct run *run, struct diag *diag)
{
	if (run->settings.wav[0])
		snprintf(run->wav_path, sizeof(run->wav_path), "%s", run->settings.wav);
	else if (runtime_path(run->wav_path, sizeof(run->wav_path), "played.wav") < 0)
		return diag_set(diag, -ENAMETOOLONG, "the runtime folder's name is too long");
	return 0;
}

static int open_simulated(struct run *run, const struct sink_config *sink_config, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	double keep_s = run->seconds > 0.0 ? run->seconds + 1.0 : WAV_MAX_SECONDS;
	struct recorder_config recorder_config = {
		.path = run->wav_path,
		.format = FORMAT_FLOAT,
		.rate_hz = settings->rate_hz,
		.block_frames = settings->block_frames,
		.max_frames = (uint64_t)(keep_s * settings->rate_hz),
		.housekeeping_cpu = settings->desk_cpu,
	};
	struct sim_config config = {
		.sink = *sink_config,
		.jitter_us = settings->jitter_us,
		.burst_periods = settings->burst_periods,
		.stall_every_ms = settings->stall_every_ms,
		.stall_ms = settings->stall_ms,
		.vanish_every_ms = settings->vanish_every_ms,
		.vanish_ms = settings->vanish_ms,
		.drift_ppm = settings->drift_ppm,
	};
	int err = name_wav(run, diag);

	if (!err)
		err = recorder_open(&run->recorder, &recorder_config, diag);
	if (err < 0)
		return err;
	config.recorder = run->recorder;
	sink_sim_init(&run->sim, &config);
	run->sink = &run->sim.sink;
	log_line(LOG_LEVEL_INFO, "playing into %s", run->wav_path);
	return 0;
}

int run_open_sink(struct run *run, struct diag *diag)
{
	const struct settings *settings = &run->settings;
	struct sink_config config = {
		.rate_hz = settings->rate_hz,
		.block_frames = settings->block_frames,
		.periods = settings->periods,
		.channels = {settings->channel_left, settings->channel_right},
		.waits_for_device = run->is_appliance,
		.keeps_awake = settings->keep_awake,
		.housekeeping_cpu = settings->desk_cpu,
	};
	int err;

	snprintf(config.device, sizeof(config.device), "%s", settings->device);
	if (strcmp(config.device, "simulated") == 0)
		return open_simulated(run, &config, diag);
	err = sink_alsa_open(&run->sink, &config, diag);
	if (!err)
		return 0;
	log_line(LOG_LEVEL_WARNING,
		"no sound card of `device = %s` can be played to; simulating one", config.device);
	return open_simulated(run, &config, diag);
}
