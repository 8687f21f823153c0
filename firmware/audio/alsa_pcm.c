/* alsa_pcm.c - the only file that includes ALSA's headers. See alsa_pcm.h.
 * Tested by: virtual_pi/test_formats.py */
#include "audio/alsa_pcm.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct alsa_pcm {
	snd_pcm_t *pcm;
	snd_pcm_format_t format;
	int n_channels;
	unsigned long buffer_frames;
	bool has_stamps;
};

const int pcm_rates_hz[PCM_N_RATES] = {32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000};

static const snd_pcm_format_t formats[N_SAMPLE_FORMATS] = {
	[FORMAT_S16] = SND_PCM_FORMAT_S16_LE,
	[FORMAT_S24] = SND_PCM_FORMAT_S24_LE,
	[FORMAT_S24_3] = SND_PCM_FORMAT_S24_3LE,
	[FORMAT_S32] = SND_PCM_FORMAT_S32_LE,
	[FORMAT_FLOAT] = SND_PCM_FORMAT_FLOAT_LE,
};

/* ---- cards */
static bool is_hdmi(const char *text)
{
	return strcasestr(text, "hdmi") || strcasestr(text, "displayport");
}

static void describe(struct pcm_card *to, snd_ctl_card_info_t *card, snd_pcm_info_t *pcm)
{
	const char *id = snd_ctl_card_info_get_id(card);
	unsigned device = snd_pcm_info_get_device(pcm);

	*to = (struct pcm_card){0};
	if (device == 0)
		snprintf(to->name, sizeof(to->name), "hw:CARD=%.30s", id);
	else
		snprintf(to->name, sizeof(to->name), "hw:CARD=%.20s,DEV=%u", id, device);
	snprintf(to->card, sizeof(to->card), "%s", snd_ctl_card_info_get_name(card));
	snprintf(to->pcm, sizeof(to->pcm), "%s", snd_pcm_info_get_name(pcm));
	to->is_hdmi = is_hdmi(id) || is_hdmi(to->card) || is_hdmi(to->pcm) ||
		      is_hdmi(snd_pcm_info_get_id(pcm));
}

static int card_devices(int card, struct pcm_card *cards, int max)
{
	snd_ctl_card_info_t *card_info;
	snd_pcm_info_t *pcm_info;
	snd_ctl_t *ctl;
	int device = -1, n = 0;
	char name[16];

	snd_ctl_card_info_alloca(&card_info);
	snd_pcm_info_alloca(&pcm_info);
	snprintf(name, sizeof(name), "hw:%d", card);
	if (snd_ctl_open(&ctl, name, SND_CTL_NONBLOCK) < 0)
		return 0;
	if (snd_ctl_card_info(ctl, card_info) == 0) {
		while (n < max && snd_ctl_pcm_next_device(ctl, &device) == 0 && device >= 0) {
			snd_pcm_info_set_device(pcm_info, (unsigned)device);
			snd_pcm_info_set_subdevice(pcm_info, 0);
			snd_pcm_info_set_stream(pcm_info, SND_PCM_STREAM_PLAYBACK);
			if (snd_ctl_pcm_info(ctl, pcm_info) == 0)
				describe(&cards[n++], card_info, pcm_info);
		}
	}
	snd_ctl_close(ctl);
	return n;
}

int pcm_cards(struct pcm_card *cards, int max)
{
	int card = -1, n = 0;

	while (n < max && snd_card_next(&card) == 0 && card >= 0)
		n += card_devices(card, cards + n, max - n);
	return n;
}

/* ---- opening, limits */
static void be_quiet(
	const char *file, int line, const char *function, int err, const char *format, ...)
{
	(void)file, (void)line, (void)function, (void)err, (void)format;
}

int pcm_open(struct alsa_pcm **out, const char *name)
{
	struct alsa_pcm *pcm = calloc(1, sizeof(*pcm));
	int err;

	if (!pcm)
		return -ENOMEM;
	snd_lib_error_set_handler(be_quiet); /* our own messages say what, where and what to do */
	err = snd_pcm_open(&pcm->pcm, name, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
	if (err < 0) {
		free(pcm);
		return err;
	}
	*out = pcm;
	return 0;
}

void pcm_close(struct alsa_pcm *pcm)
{
	if (!pcm)
		return;
	snd_pcm_close(pcm->pcm);
	free(pcm);
}

static bool has_access(struct alsa_pcm *pcm, snd_pcm_hw_params_t *hw, snd_pcm_access_t access)
{
	return snd_pcm_hw_params_test_access(pcm->pcm, hw, access) == 0;
}

/* Narrows hw down to what would be asked for, and reads how small and large a period may be. */
static void limit_periods(
	struct alsa_pcm *pcm, snd_pcm_hw_params_t *hw, int rate_hz, struct pcm_limits *limits)
{
	static const enum sample_format best_first[] = {
		FORMAT_S32, FORMAT_S24, FORMAT_S24_3, FORMAT_S16};
	unsigned rate = (unsigned)rate_hz, n_channels = 0;
	snd_pcm_uframes_t min = 0, max = 0;

	limits->format = N_SAMPLE_FORMATS;
	snd_pcm_hw_params_set_access(pcm->pcm, hw,
		limits->has_interleaved ? SND_PCM_ACCESS_MMAP_INTERLEAVED
					: SND_PCM_ACCESS_MMAP_NONINTERLEAVED);
	for (size_t i = 0; i < ARRAY_LEN(best_first); i++)
		if (limits->formats >> best_first[i] & 1) {
			limits->format = best_first[i];
			snd_pcm_hw_params_set_format(pcm->pcm, hw, formats[best_first[i]]);
			break;
		}
	n_channels = (unsigned)int_max(2, limits->channels_min);
	snd_pcm_hw_params_set_channels_near(pcm->pcm, hw, &n_channels);
	snd_pcm_hw_params_set_rate_near(pcm->pcm, hw, &rate, NULL);
	snd_pcm_hw_params_get_period_size_min(hw, &min, NULL);
	snd_pcm_hw_params_get_period_size_max(hw, &max, NULL);
	limits->rate_hz = (int)rate;
	limits->n_channels = (int)n_channels;
	limits->period_min_frames = (int)(min < 1 << 20 ? min : 1 << 20);
	limits->period_max_frames = (int)(max < 1 << 20 ? max : 1 << 20);
}

int pcm_get_limits(struct alsa_pcm *pcm, int rate_hz, struct pcm_limits *limits)
{
	unsigned rate_min = 0, rate_max = 0, channels_min = 0, channels_max = 0;
	snd_pcm_hw_params_t *hw;
	int err;

	snd_pcm_hw_params_alloca(&hw);
	err = snd_pcm_hw_params_any(pcm->pcm, hw);
	if (err < 0)
		return err;
	*limits = (struct pcm_limits){0};
	limits->has_interleaved = has_access(pcm, hw, SND_PCM_ACCESS_MMAP_INTERLEAVED);
	limits->has_noninterleaved = has_access(pcm, hw, SND_PCM_ACCESS_MMAP_NONINTERLEAVED);
	for (int f = 0; f < N_SAMPLE_FORMATS; f++)
		if (snd_pcm_hw_params_test_format(pcm->pcm, hw, formats[f]) == 0)
			limits->formats |= 1u << f;
	for (int r = 0; r < PCM_N_RATES; r++)
		if (snd_pcm_hw_params_test_rate(pcm->pcm, hw, (unsigned)pcm_rates_hz[r], 0) == 0)
			limits->rates |= 1u << r;
	snd_pcm_hw_params_get_rate_min(hw, &rate_min, NULL);
	snd_pcm_hw_params_get_rate_max(hw, &rate_max, NULL);
	snd_pcm_hw_params_get_channels_min(hw, &channels_min);
	snd_pcm_hw_params_get_channels_max(hw, &channels_max);
	limits->rate_min_hz = (int)rate_min;
	limits->rate_max_hz = (int)(rate_max < 1 << 30 ? rate_max : 1 << 30);
	limits->channels_min = (int)(channels_min < 10000 ? channels_min : 10000);
	limits->channels_max = (int)(channels_max < 10000 ? channels_max : 10000);
	limit_periods(pcm, hw, rate_hz, limits);
	return 0;
}

/* ---- set-up */
static int set_channels(snd_pcm_t *pcm, snd_pcm_hw_params_t *hw, int at_least)
{
	unsigned min = (unsigned)at_least, max = PCM_MAX_CHANNELS, granted;
	int err = snd_pcm_hw_params_set_channels_minmax(pcm, hw, &min, &max);

	return err < 0 ? err : snd_pcm_hw_params_set_channels_first(pcm, hw, &granted);
}

static int choose(
	snd_pcm_t *pcm, snd_pcm_hw_params_t *hw, const struct pcm_setup *ask, enum pcm_step *at)
{
	snd_pcm_uframes_t period = (snd_pcm_uframes_t)ask->period_frames;
	snd_pcm_uframes_t buffer = (snd_pcm_uframes_t)ask->buffer_frames;
	int err;

	*at = PCM_AT_ACCESS;
	err = snd_pcm_hw_params_any(pcm, hw);
	if (err >= 0)
		err = snd_pcm_hw_params_set_access(pcm, hw,
			ask->is_interleaved ? SND_PCM_ACCESS_MMAP_INTERLEAVED
					    : SND_PCM_ACCESS_MMAP_NONINTERLEAVED);
	if (err < 0)
		return err;
	*at = PCM_AT_FORMAT;
	err = snd_pcm_hw_params_set_format(pcm, hw, formats[ask->format]);
	if (err < 0)
		return err;
	*at = PCM_AT_CHANNELS;
	err = set_channels(pcm, hw, ask->n_channels);
	if (err < 0)
		return err;
	*at = PCM_AT_RATE;
	err = snd_pcm_hw_params_set_rate(pcm, hw, (unsigned)ask->rate_hz, 0);
	if (err < 0)
		return err;
	*at = PCM_AT_SIZES;
	err = snd_pcm_hw_params_set_period_size_near(pcm, hw, &period, NULL);
	if (err >= 0)
		err = snd_pcm_hw_params_set_buffer_size_near(pcm, hw, &buffer);
	return err < 0 ? err : snd_pcm_hw_params(pcm, hw);
}

static void read_grant(struct alsa_pcm *pcm, snd_pcm_hw_params_t *hw, struct pcm_setup *granted)
{
	snd_pcm_uframes_t period = 0, buffer = 0;
	unsigned rate = 0, n_channels = 0;
	int bits = snd_pcm_hw_params_get_sbits(hw);
	int dir = 0;

	snd_pcm_hw_params_get_period_size(hw, &period, &dir);
	snd_pcm_hw_params_get_buffer_size(hw, &buffer);
	snd_pcm_hw_params_get_rate(hw, &rate, &dir);
	snd_pcm_hw_params_get_channels(hw, &n_channels);
	granted->period_frames = (int)period;
	granted->buffer_frames = (int)buffer;
	granted->rate_hz = (int)rate;
	granted->n_channels = (int)n_channels;
	granted->resolution_bits = bits > 0 ? bits : 0;
	granted->has_clock = snd_pcm_type(pcm->pcm) == SND_PCM_TYPE_HW;
	granted->is_batch = snd_pcm_hw_params_is_batch(hw) == 1;
	pcm->format = formats[granted->format];
	pcm->n_channels = (int)n_channels;
	pcm->buffer_frames = buffer;
}

/* The kernel notes the time whenever it reads the card's pointer. Plugins make theirs up. */
static bool set_stamps(snd_pcm_t *pcm, snd_pcm_sw_params_t *sw)
{
	return snd_pcm_type(pcm) == SND_PCM_TYPE_HW &&
	       snd_pcm_sw_params_set_tstamp_mode(pcm, sw, SND_PCM_TSTAMP_ENABLE) == 0 &&
	       snd_pcm_sw_params_set_tstamp_type(pcm, sw, SND_PCM_TSTAMP_TYPE_MONOTONIC) == 0;
}

/* We start it ourselves, when it is full; it wakes us when a period fits. */
static int set_software(snd_pcm_t *pcm, int period_frames, bool *has_stamps)
{
	snd_pcm_sw_params_t *sw;
	snd_pcm_uframes_t boundary;
	int err;

	snd_pcm_sw_params_alloca(&sw);
	err = snd_pcm_sw_params_current(pcm, sw);
	if (err < 0)
		return err;
	snd_pcm_sw_params_get_boundary(sw, &boundary);
	snd_pcm_sw_params_set_start_threshold(pcm, sw, boundary);
	snd_pcm_sw_params_set_avail_min(pcm, sw, (snd_pcm_uframes_t)period_frames);
	*has_stamps = set_stamps(pcm, sw);
	return snd_pcm_sw_params(pcm, sw);
}

int pcm_set_up(struct alsa_pcm *pcm, const struct pcm_setup *ask, struct pcm_setup *granted,
	enum pcm_step *refused_at)
{
	snd_pcm_hw_params_t *hw;
	int err;

	snd_pcm_hw_params_alloca(&hw);
	err = choose(pcm->pcm, hw, ask, refused_at);
	if (err < 0)
		return err;
	*granted = *ask;
	read_grant(pcm, hw, granted);
	err = set_software(pcm->pcm, granted->period_frames, &pcm->has_stamps);
	granted->has_stamps = pcm->has_stamps;
	return err;
}

int pcm_make_ready(struct alsa_pcm *pcm)
{
	const snd_pcm_channel_area_t *areas;
	snd_pcm_uframes_t offset, n_frames = pcm->buffer_frames;
	int err = snd_pcm_prepare(pcm->pcm);

	if (err >= 0)
		err = (int)snd_pcm_avail_update(pcm->pcm);
	if (err < 0)
		return err;
	/* every page is touched here, not on the real-time thread */
	if (snd_pcm_mmap_begin(pcm->pcm, &areas, &offset, &n_frames) == 0) {
		snd_pcm_areas_silence(
			areas, offset, (unsigned)pcm->n_channels, n_frames, pcm->format);
		snd_pcm_mmap_commit(pcm->pcm, offset, 0);
	}
	return 0;
}

void pcm_drain(struct alsa_pcm *pcm)
{
	snd_pcm_drain(pcm->pcm); /* -EAGAIN: it has begun */
}

bool pcm_is_draining(struct alsa_pcm *pcm)
{
	return snd_pcm_state(pcm->pcm) == SND_PCM_STATE_DRAINING;
}

/* ---- [producer] */
int pcm_wait(struct alsa_pcm *pcm, int timeout_ms)
{
	return snd_pcm_wait(pcm->pcm, timeout_ms);
}

long pcm_avail(struct alsa_pcm *pcm, int64_t *read_ns)
{
	snd_pcm_uframes_t n_frames = 0;
	snd_htimestamp_t at;
	int err;

	if (!pcm->has_stamps)
		return snd_pcm_avail_update(pcm->pcm);
	err = snd_pcm_htimestamp(pcm->pcm, &n_frames, &at); /* both of the same moment */
	if (err < 0)
		return err;
	*read_ns = at.tv_sec * NS_PER_S + at.tv_nsec;
	return (long)n_frames;
}

int pcm_begin(struct alsa_pcm *pcm, struct pcm_area *areas, unsigned long *offset,
	unsigned long *n_frames)
{
	const snd_pcm_channel_area_t *from;
	int err = snd_pcm_mmap_begin(pcm->pcm, &from, offset, n_frames);

	if (err < 0)
		return err;
	for (int c = 0; c < pcm->n_channels; c++) { /* ALSA counts in bits */
		areas[c].step_bytes = from[c].step / 8;
		areas[c].at = (unsigned char *)from[c].addr + from[c].first / 8 +
			      *offset * areas[c].step_bytes;
	}
	return 0;
}

long pcm_commit(struct alsa_pcm *pcm, unsigned long offset, unsigned long n_frames)
{
	return snd_pcm_mmap_commit(pcm->pcm, offset, n_frames);
}

int pcm_start(struct alsa_pcm *pcm)
{
	return snd_pcm_start(pcm->pcm);
}

int pcm_drop(struct alsa_pcm *pcm)
{
	return snd_pcm_drop(pcm->pcm);
}

int pcm_prepare(struct alsa_pcm *pcm)
{
	return snd_pcm_prepare(pcm->pcm);
}

int pcm_resume(struct alsa_pcm *pcm)
{
	return snd_pcm_resume(pcm->pcm);
}
