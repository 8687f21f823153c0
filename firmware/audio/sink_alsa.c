/* sink_alsa.c - the only file that knows ALSA. */
#include "audio/sink_alsa.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sample_format.h"
#include "base/clock.h"
#include "base/log.h"

struct sink_alsa {
	struct sink sink;
	struct sink_config config;
	snd_pcm_t *pcm;
	struct converter converter;
	size_t frame_bytes;
	int64_t start_ns;
	snd_pcm_uframes_t written; /* since the device was last made ready */
};

static const struct {
	snd_pcm_format_t alsa;
	enum sample_format ours;
} formats[] = {
	/* best first */
	{SND_PCM_FORMAT_S32_LE, FORMAT_S32},
	{SND_PCM_FORMAT_S24_LE, FORMAT_S24},
	{SND_PCM_FORMAT_S24_3LE, FORMAT_S24_3},
	{SND_PCM_FORMAT_S16_LE, FORMAT_S16},
};

/* ---- [producer]
 * --------------------------------------------------------------------------------- */

/* Devices without a clock (null, file) take everything at once. They are fed in time all the
 * same: nothing may be more than 1 % and a buffer ahead of the time since the start. */
static void wait_for_time(const struct sink_alsa *alsa)
{
	double buffer = (double)alsa->config.periods * alsa->config.block_frames;
	double ahead_s = ((double)alsa->written - buffer) / (1.01 * alsa->config.rate_hz);
	int64_t due_ns = alsa->start_ns + (int64_t)(ahead_s * NS_PER_S);

	if (due_ns > clock_now_ns())
		clock_sleep_until_ns(due_ns);
}

static int alsa_wait(struct sink *sink)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	snd_pcm_sframes_t avail;
	int err;

	if (sink->is_running) {
		wait_for_time(alsa);
		err = snd_pcm_wait(alsa->pcm, 100);
		if (err <= 0)
			return err;
	}
	avail = snd_pcm_avail_update(alsa->pcm);
	return avail < 0 ? (int)avail : (int)(avail / alsa->config.block_frames);
}

static int put_run(struct sink_alsa *alsa, const float *stereo, snd_pcm_uframes_t *n_frames)
{
	const snd_pcm_channel_area_t *areas;
	snd_pcm_uframes_t offset;
	snd_pcm_sframes_t done;
	char *to;
	int err = snd_pcm_mmap_begin(alsa->pcm, &areas, &offset, n_frames);

	if (err < 0)
		return err;
	to = (char *)areas[0].addr + areas[0].first / 8 + offset * alsa->frame_bytes;
	converter_run(&alsa->converter, stereo, to, 2 * (int)*n_frames);
	done = snd_pcm_mmap_commit(alsa->pcm, offset, *n_frames);
	if (done < 0)
		return (int)done;
	return done == (snd_pcm_sframes_t)*n_frames ? 0 : -EPIPE;
}

static int start_when_full(struct sink_alsa *alsa)
{
	snd_pcm_uframes_t full =
		(snd_pcm_uframes_t)(alsa->config.periods * alsa->config.block_frames);
	int err;

	if (alsa->sink.is_running || alsa->written < full)
		return 0;
	err = snd_pcm_start(alsa->pcm);
	alsa->sink.is_running = err >= 0;
	alsa->start_ns = clock_now_ns();
	return err;
}

static int alsa_write(struct sink *sink, const float *stereo)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	snd_pcm_uframes_t left = (snd_pcm_uframes_t)alsa->config.block_frames;

	while (left > 0) { /* twice where the block meets the end of the device's ring */
		snd_pcm_uframes_t n = left;
		int err = put_run(alsa, stereo, &n);

		if (err < 0)
			return err;
		if (n == 0)
			return -EPIPE;
		stereo += 2 * n;
		left -= n;
		alsa->written += n;
	}
	return start_when_full(alsa);
}

static int alsa_recover(struct sink *sink, int err)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;

	sink->is_running = false;
	alsa->written = 0;
	if (err == -ESTRPIPE)
		err = snd_pcm_resume(alsa->pcm);
	if (err < 0)
		err = snd_pcm_prepare(alsa->pcm);
	if (err < 0)
		clock_sleep_until_ns(clock_now_ns() + 100 * NS_PER_MS);
	return err;
}

const struct sink_ops sink_alsa_ops = {alsa_wait, alsa_write, alsa_recover};

/* ---- [init]
 * -------------------------------------------------------------------------------------- */

static void alsa_close(struct sink *sink)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;

	snd_pcm_drain(alsa->pcm);
	snd_pcm_close(alsa->pcm);
	free(alsa);
}

static int refuse(struct diag *diag, int err, const char *device, const char *what)
{
	return diag_set(diag, err, "audio: %s: %s: %s", device, what, snd_strerror(err));
}

static int choose_format(struct sink_alsa *alsa, snd_pcm_hw_params_t *hw)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (snd_pcm_hw_params_set_format(alsa->pcm, hw, formats[i].alsa) < 0)
			continue;
		converter_init(&alsa->converter, formats[i].ours);
		alsa->frame_bytes = 2 * sample_bytes(formats[i].ours);
		return 0;
	}
	return -EINVAL;
}

static int set_hardware(struct sink_alsa *alsa, const char *device, struct diag *diag)
{
	const struct sink_config *config = &alsa->config;
	snd_pcm_uframes_t period = (snd_pcm_uframes_t)config->block_frames;
	snd_pcm_uframes_t buffer = period * (snd_pcm_uframes_t)config->periods;
	unsigned rate = (unsigned)config->rate_hz;
	snd_pcm_hw_params_t *hw;
	int err;

	snd_pcm_hw_params_alloca(&hw);
	err = snd_pcm_hw_params_any(alsa->pcm, hw);
	if (err < 0)
		return refuse(diag, err, device, "no configuration");
	err = snd_pcm_hw_params_set_access(alsa->pcm, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED);
	if (err < 0)
		return refuse(diag, err, device, "no mmap access (try plughw: instead of hw:)");
	err = choose_format(alsa, hw);
	if (err < 0)
		return refuse(
			diag, err, device, "none of S32_LE S24_LE S24_3LE S16_LE (try plughw:)");
	err = snd_pcm_hw_params_set_channels(alsa->pcm, hw, 2);
	if (err < 0)
		return refuse(diag, err, device, "not two channels (try plughw:)");
	err = snd_pcm_hw_params_set_rate(alsa->pcm, hw, rate, 0);
	if (err < 0)
		return refuse(
			diag, err, device, "not this rate_hz (try 48000 or 44100, or plughw:)");
	snd_pcm_hw_params_set_period_size_near(alsa->pcm, hw, &period, NULL);
	snd_pcm_hw_params_set_buffer_size_near(alsa->pcm, hw, &buffer);
	err = snd_pcm_hw_params(alsa->pcm, hw);
	if (err < 0)
		return refuse(diag, err, device, "configuration refused");
	if (period != (snd_pcm_uframes_t)config->block_frames || buffer % period != 0 ||
		buffer < 2 * period)
		return diag_set(diag, -EINVAL,
			"audio: %s: asked for %d x %d frames, granted a buffer of %lu in periods "
			"of %lu: set "
			"block_frames to a period it can do",
			device, config->periods, config->block_frames, buffer, period);
	alsa->config.periods = (int)(buffer / period);
	return 0;
}

static int set_software(struct sink_alsa *alsa, const char *device, struct diag *diag)
{
	snd_pcm_sw_params_t *sw;
	snd_pcm_uframes_t boundary;
	int err;

	snd_pcm_sw_params_alloca(&sw);
	snd_pcm_sw_params_current(alsa->pcm, sw);
	snd_pcm_sw_params_get_boundary(sw, &boundary);
	/* we start it ourselves, when full */
	snd_pcm_sw_params_set_start_threshold(alsa->pcm, sw, boundary);
	snd_pcm_sw_params_set_avail_min(
		alsa->pcm, sw, (snd_pcm_uframes_t)alsa->config.block_frames);
	err = snd_pcm_sw_params(alsa->pcm, sw);
	return err < 0 ? refuse(diag, err, device, "software parameters refused") : 0;
}

static int open_one(
	struct sink **out, const char *device, const struct sink_config *config, struct diag *diag)
{
	struct sink_alsa *alsa = calloc(1, sizeof(*alsa));
	int err;

	if (!alsa)
		return diag_set(diag, -ENOMEM, "audio: out of memory");
	alsa->config = *config;
	err = snd_pcm_open(&alsa->pcm, device, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
	if (err < 0) {
		free(alsa);
		return refuse(diag, err, device, "cannot be opened");
	}
	err = set_hardware(alsa, device, diag);
	if (!err)
		err = set_software(alsa, device, diag);
	if (err < 0) {
		snd_pcm_close(alsa->pcm);
		free(alsa);
		return err;
	}
	alsa->sink.ops = &sink_alsa_ops;
	alsa->sink.close = alsa_close;
	snprintf(alsa->sink.name, sizeof(alsa->sink.name), "%.60s, %s, %d Hz, %d x %d frames",
		device, sample_format_name(alsa->converter.format), config->rate_hz,
		alsa->config.periods, config->block_frames);
	*out = &alsa->sink;
	return 0;
}

static int open_any_card(struct sink **out, const struct sink_config *config, struct diag *diag)
{
	int card = -1, err = diag_set(diag, -ENOENT, "audio: there is no sound card");

	while (snd_card_next(&card) == 0 && card >= 0) {
		char name[16];

		snprintf(name, sizeof(name), "hw:%d", card);
		err = open_one(out, name, config, diag);
		if (!err)
			break;
		log_line(LOG_LEVEL_INFO, "%s", diag->text);
	}
	return err;
}

static void be_quiet(
	const char *file, int line, const char *function, int err, const char *format, ...)
{
	(void)file, (void)line, (void)function, (void)err, (void)format;
}

int sink_alsa_open(struct sink **out, const struct sink_config *config, struct diag *diag)
{
	char names[sizeof(config->device)];
	char *rest = names;
	int err = -ENOENT;

	snd_lib_error_set_handler(be_quiet); /* our own messages say what, where and what to do */
	snprintf(names, sizeof(names), "%s", config->device);
	for (char *name; (name = strsep(&rest, " \t"));) {
		if (!*name)
			continue;
		err = strcmp(name, "auto") == 0 ? open_any_card(out, config, diag)
						: open_one(out, name, config, diag);
		if (!err)
			return 0;
		log_line(LOG_LEVEL_INFO, "%s", diag->text);
	}
	return err;
}
