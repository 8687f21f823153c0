/* Tested by: unit/audio/test_sink_alsa */
#include "audio/alsa_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const enum sample_format alsa_formats[N_ALSA_FORMATS] = {
	FORMAT_S32, FORMAT_S24, FORMAT_S24_3, FORMAT_S16};

const char *alsa_format_name(enum sample_format format)
{
	static const char *const names[N_SAMPLE_FORMATS] = {[FORMAT_S16] = "S16_LE",
		[FORMAT_S24] = "S24_LE",
		[FORMAT_S24_3] = "S24_3LE",
		[FORMAT_S32] = "S32_LE",
		[FORMAT_FLOAT] = "FLOAT_LE"};

	return names[format];
}

static int highest_channel(const struct sink_config *config)
{
	return config->channels[0] ? int_max(config->channels[0], config->channels[1]) : 2;
}

/* channels = 1 2 says no more than "stereo, where there is stereo". */
static bool may_be_mono(const struct sink_config *config)
{
	return config->channels[0] == 0 || (config->channels[0] == 1 && config->channels[1] == 2);
}

void alsa_device_place(struct alsa_device *device, const struct sink_config *config)
{
	int left = int_max(config->channels[0], 1) - 1;
	int right = config->channels[0] ? config->channels[1] - 1 : 1;

	if (right < 0 || device->granted.n_channels == 1)
		right = left;
	device->places[0] = left;
	device->places[1] = right;
}

/* ---- refusals: what, and what to write instead */
static void list_rates(const struct pcm_limits *limits, char *text, size_t n_bytes)
{
	size_t n = 0;

	text[0] = '\0';
	for (int r = 0; r < PCM_N_RATES; r++)
		if (limits->rates >> r & 1 && n < n_bytes)
			n += (size_t)snprintf(
				text + n, n_bytes - n, "%s%d", n ? " " : "", pcm_rates_hz[r]);
}

static int refuse_rate(struct alsa_pcm *pcm, const char *name, const struct sink_config *config,
	int err, struct diag *diag)
{
	struct pcm_limits limits;
	char rates[80] = "";

	if (pcm_get_limits(pcm, config->rate_hz, &limits) == 0)
		list_rates(&limits, rates, sizeof(rates));
	return diag_set(diag, err,
		"audio: %s: it cannot play at %d Hz: set rate_hz in [audio] to one of its own "
		"(%s), or put plughw: in the place of hw:",
		name, config->rate_hz, rates[0] ? rates : "none is known");
}

static int refuse_channels(struct alsa_pcm *pcm, const char *name, const struct sink_config *config,
	int err, struct diag *diag)
{
	struct pcm_limits limits = {0};

	pcm_get_limits(pcm, config->rate_hz, &limits);
	return diag_set(diag, err,
		"audio: %s: it has %d channels and channel %d is wanted: set channels in [audio] "
		"to numbers from 1 to %d",
		name, limits.channels_max, highest_channel(config), limits.channels_max);
}

/* The smallest block_frames that is not below what the card takes; 0: none. */
static int smallest_block(const struct pcm_limits *limits)
{
	for (int frames = 16; frames <= 256; frames *= 2)
		if (frames >= limits->period_min_frames)
			return frames <= limits->period_max_frames ? frames : 0;
	return 0;
}

static int refuse_sizes(const char *name, const struct sink_config *config,
	const struct pcm_setup *granted, const struct pcm_limits *limits, struct diag *diag)
{
	int period = granted->period_frames;
	int smallest = smallest_block(limits);
	char hint[160];

	if (smallest > config->block_frames)
		snprintf(hint, sizeof(hint),
			"set block_frames = %d in [audio], the smallest that this card takes",
			smallest);
	else if (period != config->block_frames && period >= 16 && period <= 256 &&
		 (period & (period - 1)) == 0)
		snprintf(hint, sizeof(hint), "set block_frames = %d in [audio]", period);
	else if (period != config->block_frames)
		snprintf(hint, sizeof(hint),
			"its periods have %d to %d frames: set block_frames in [audio] to 16, 32, "
			"64, 128 or 256 within that",
			limits->period_min_frames, limits->period_max_frames);
	else
		snprintf(hint, sizeof(hint), "set periods in [audio] to another number");
	return diag_set(diag, -EINVAL,
		"audio: %s: asked for %d periods of %d frames, granted a buffer of %d frames in "
		"periods of %d: %s",
		name, config->periods, config->block_frames, granted->buffer_frames, period, hint);
}

static int refuse_asked_sizes(struct alsa_pcm *pcm, const char *name,
	const struct sink_config *config, int err, struct diag *diag)
{
	struct pcm_limits limits = {0};
	char hint[96] = "block_frames or periods in [audio] to other numbers";
	int smallest;

	pcm_get_limits(pcm, config->rate_hz, &limits);
	smallest = smallest_block(&limits);
	if (smallest > config->block_frames)
		snprintf(hint, sizeof(hint),
			"block_frames = %d in [audio], the smallest that this card takes",
			smallest);
	return diag_set(diag, err, "audio: %s: %d periods of %d frames are refused (%s): set %s",
		name, config->periods, config->block_frames, strerror(-err), hint);
}

/* 0, or why the engine cannot play into what was granted. */
static int check_grant(struct alsa_pcm *pcm, const char *name, const struct sink_config *config,
	const struct pcm_setup *ask, const struct pcm_setup *granted, struct diag *diag)
{
	struct pcm_limits limits = {0};
	int period = granted->period_frames;

	if (granted->rate_hz != config->rate_hz)
		return refuse_rate(pcm, name, config, -EINVAL, diag);
	if (granted->n_channels < ask->n_channels || granted->n_channels > PCM_MAX_CHANNELS)
		return refuse_channels(pcm, name, config, -EINVAL, diag);
	if (period == config->block_frames && granted->buffer_frames % period == 0 &&
		granted->buffer_frames >= 2 * period)
		return 0;
	pcm_get_limits(pcm, config->rate_hz, &limits);
	return refuse_sizes(name, config, granted, &limits, diag);
}

static int refuse(struct alsa_pcm *pcm, const char *name, const struct sink_config *config, int err,
	enum pcm_step at, struct diag *diag)
{
	switch (at) {
	case PCM_AT_ACCESS:
		return diag_set(diag, err,
			"audio: %s: it has no memory to write to directly (mmap): put plughw: in "
			"the place of hw:",
			name);
	case PCM_AT_FORMAT:
		return diag_set(diag, err,
			"audio: %s: it takes none of S32_LE S24_LE S24_3LE S16_LE: put plughw: in "
			"the place of hw:",
			name);
	case PCM_AT_CHANNELS:
		return refuse_channels(pcm, name, config, err, diag);
	case PCM_AT_RATE:
		return refuse_rate(pcm, name, config, err, diag);
	case PCM_AT_SIZES:
		break;
	}
	return refuse_asked_sizes(pcm, name, config, err, diag);
}

/* ---- set-up */
/* One access and format. rank: how far it got, for telling the best of several refusals. */
static int try_one(struct alsa_device *device, const char *name, const struct sink_config *config,
	struct pcm_setup *ask, int *rank, struct diag *diag)
{
	enum pcm_step at = PCM_AT_ACCESS;
	int err = pcm_set_up(device->pcm, ask, &device->granted, &at);

	if (err < 0 && at == PCM_AT_CHANNELS && may_be_mono(config)) {
		struct pcm_setup mono = *ask;

		mono.n_channels = 1;
		err = pcm_set_up(device->pcm, &mono, &device->granted, &at);
		if (!err)
			*ask = mono;
	}
	*rank = err < 0 ? (int)at : PCM_AT_SIZES + 1;
	return err < 0 ? refuse(device->pcm, name, config, err, at, diag)
		       : check_grant(device->pcm, name, config, ask, &device->granted, diag);
}

/* Interleaved first, the best format first. */
static int set_up(struct alsa_device *device, const char *name, const struct sink_config *config,
	struct diag *diag)
{
	int best_rank = -1, err = -EINVAL;

	for (int access = 0; access < 2; access++)
		for (size_t f = 0; f < N_ALSA_FORMATS; f++) {
			struct pcm_setup ask = {
				.is_interleaved = access == 0,
				.format = alsa_formats[f],
				.n_channels = highest_channel(config),
				.rate_hz = config->rate_hz,
				.period_frames = config->block_frames,
				.buffer_frames = config->block_frames * config->periods,
			};
			struct diag why;
			int rank, e = try_one(device, name, config, &ask, &rank, &why);

			if (!e)
				return 0;
			if (rank > best_rank) {
				best_rank = rank;
				*diag = why;
				err = e;
			}
		}
	return err;
}

static void choose_converter(struct alsa_device *device, const struct sink_config *config)
{
	enum sample_format format = device->granted.format;
	int bits = format == FORMAT_S32 ? 32 : 24, resolution = device->granted.resolution_bits;

	device->converter = (struct converter){.format = format};
	if (config->keeps_awake && format != FORMAT_S16)
		device->converter.awake_lsb =
			resolution > 0 && resolution < bits ? 1 << (bits - resolution) : 1;
}

int alsa_device_open(struct alsa_device *device, const char *name, const struct sink_config *config,
	struct diag *diag)
{
	int err;

	*device = (struct alsa_device){0};
	snprintf(device->name, sizeof(device->name), "%.*s", (int)sizeof(device->name) - 1, name);
	err = pcm_open(&device->pcm, name);
	if (err < 0)
		return diag_set(diag, err, "audio: %s: cannot be opened: %s%s", name,
			strerror(-err), err == -EBUSY ? " (another program plays to it)" : "");
	err = set_up(device, name, config, diag);
	if (!err) {
		err = pcm_make_ready(device->pcm);
		if (err < 0)
			diag_set(diag, err, "audio: %s: cannot be made ready: %s", name,
				strerror(-err));
	}
	if (err < 0) {
		pcm_close(device->pcm);
		device->pcm = NULL;
		return err;
	}
	alsa_device_place(device, config);
	choose_converter(device, config);
	return 0;
}

/* ---- finding */
struct search {
	struct alsa_device *device;
	const struct sink_config *config;
	void (*on_refusal)(const char *why);
	struct diag *diag;
};

static int search_one(const struct search *search, const char *name)
{
	int err = alsa_device_open(search->device, name, search->config, search->diag);

	if (err < 0 && search->on_refusal)
		search->on_refusal(search->diag->text);
	return err;
}

static int search_cards(const struct search *search)
{
	struct pcm_card cards[PCM_MAX_CARDS];
	int n = pcm_cards(cards, PCM_MAX_CARDS);
	int err = -ENOENT;

	if (n == 0) {
		err = diag_set(search->diag, -ENOENT, "audio: auto: there is no sound card");
		if (search->on_refusal)
			search->on_refusal(search->diag->text);
		return err;
	}
	for (int hdmi = 0; hdmi < (search->config->skips_hdmi ? 1 : 2);
		hdmi++) /* a monitor is seldom what is listened to */
		for (int i = 0; i < n; i++) {
			if (cards[i].is_hdmi != (hdmi == 1))
				continue;
			err = search_one(search, cards[i].name);
			if (!err)
				return 0;
		}
	return err;
}

int alsa_device_find(struct alsa_device *device, const struct sink_config *config,
	void (*on_refusal)(const char *why), struct diag *diag)
{
	struct search search = {device, config, on_refusal, diag};
	char names[sizeof(config->device)];
	char *rest = names;
	int err = diag_set(diag, -ENOENT, "audio: device names no device");

	memcpy(names, config->device, sizeof(names));
	for (char *name; (name = strsep(&rest, " \t"));) {
		if (!*name)
			continue;
		err = strcmp(name, "auto") == 0 ? search_cards(&search) : search_one(&search, name);
		if (!err)
			break;
	}
	return err;
}

/* ---- words */
void alsa_device_name(const struct alsa_device *device, char *text, size_t n_bytes)
{
	const struct pcm_setup *got = &device->granted;

	snprintf(text, n_bytes, "%.60s, %s, %d Hz, %d x %d frames", device->name,
		sample_format_name(got->format), got->rate_hz,
		got->buffer_frames / got->period_frames, got->period_frames);
}

void alsa_device_tell(const struct alsa_device *device, const struct sink_config *config,
	char *text, size_t n_bytes)
{
	const struct pcm_setup *got = &device->granted;
	char places[64];

	if (device->places[0] == device->places[1])
		snprintf(places, sizeof(places), "the sum in channel %d", device->places[0] + 1);
	else
		snprintf(places, sizeof(places), "left in channel %d, right in %d",
			device->places[0] + 1, device->places[1] + 1);
	snprintf(text, n_bytes,
		"%s: asked for %d Hz, %d periods of %d frames; granted %s, %d Hz, %d periods of %d "
		"frames, %d channels, mmap %s; %s",
		device->name, config->rate_hz, config->periods, config->block_frames,
		alsa_format_name(got->format), got->rate_hz,
		got->buffer_frames / got->period_frames, got->period_frames, got->n_channels,
		got->is_interleaved ? "interleaved" : "non-interleaved", places);
}
