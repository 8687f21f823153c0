/* alsa_pcm.h - the few things asked of ALSA, in plain numbers. Decides nothing: who asks for what,
 * and what to make of the answer, stands in alsa_device.c and sink_alsa.c. Tests put a card of
 * their own behind the same names (tests/support/fake_pcm.c).
 *
 * Shapes:  a frame has granted n_channels samples; an area is one channel's samples in the
 *          device's memory.
 * Threads: [init] stands for any thread that is not real-time; one thread a pcm at a time.
 * Errors:  0 or a count, else ALSA's negative errno.
 * Source:  alsa-lib's pcm.h, "PCM (digital audio) interface". */
#ifndef AUDIO_ALSA_PCM_H
#define AUDIO_ALSA_PCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/sample_format.h"

struct alsa_pcm;

enum { PCM_MAX_CHANNELS = 64, PCM_MAX_CARDS = 24, PCM_N_RATES = 8 };
extern const int pcm_rates_hz[PCM_N_RATES];

/* Asked for, and granted. */
struct pcm_setup {
	bool is_interleaved;
	enum sample_format format;
	int n_channels; /* asked: at least */
	int rate_hz;
	int period_frames, buffer_frames; /* granted: the nearest there is */
	/* granted only */
	int resolution_bits; /* of a sample's upper bits, as many as the device plays */
	bool has_clock;      /* false: takes everything at once (null, file) */
	bool has_stamps;     /* pcm_avail knows when the card's pointer was read */
	bool is_batch;       /* its pointer moves by periods (USB), not with each sample */
};

/* The step at which a set-up was refused. */
enum pcm_step { PCM_AT_ACCESS, PCM_AT_FORMAT, PCM_AT_CHANNELS, PCM_AT_RATE, PCM_AT_SIZES };

struct pcm_limits {
	bool has_interleaved, has_noninterleaved; /* by mmap */
	unsigned formats;                         /* a bit for each enum sample_format */
	unsigned rates;                           /* a bit for each of pcm_rates_hz */
	int rate_min_hz, rate_max_hz;
	int channels_min, channels_max;
	/* in the format, at the rate and with the channels below */
	int period_min_frames, period_max_frames;
	enum sample_format format;
	int rate_hz, n_channels;
};

/* A playback device of a card. */
struct pcm_card {
	char name[48]; /* as audio.device takes it: hw:CARD=ID or hw:CARD=ID,DEV=N */
	char card[48]; /* what the card calls itself */
	char pcm[48];  /* what the card calls this device */
	bool is_hdmi;
};

struct pcm_area {
	unsigned char *at;
	size_t step_bytes;
};

/* ---- [init] */
/* All playback devices, in the order of the cards. How many. */
int pcm_cards(struct pcm_card *cards, int max);
/* Never waits for a device that somebody else plays to: -EBUSY. */
int pcm_open(struct alsa_pcm **pcm, const char *name);
void pcm_close(struct alsa_pcm *pcm);
/* rate_hz: of which the periods' limits are wanted, as near as the device has it. */
int pcm_get_limits(struct alsa_pcm *pcm, int rate_hz, struct pcm_limits *limits);
/* 0 and what was granted; or a negative errno and where it was refused. May be called again. */
int pcm_set_up(struct alsa_pcm *pcm, const struct pcm_setup *ask, struct pcm_setup *granted,
	enum pcm_step *refused_at);
/* Makes it ready and its memory silent. */
int pcm_make_ready(struct alsa_pcm *pcm);
/* Begins to play out what is queued; false from pcm_is_draining: it has ended. */
void pcm_drain(struct alsa_pcm *pcm);
bool pcm_is_draining(struct alsa_pcm *pcm);

/* ---- [producer] */
/* Until a period fits. 1, 0 after timeout_ms, or what is wrong. */
int pcm_wait(struct alsa_pcm *pcm, int timeout_ms) RT_SAFE;
/* Frames that fit. *read_ns, where the card has stamps: when the card's pointer, from which this
 * is computed, was read and had moved (CLOCK_MONOTONIC). */
long pcm_avail(struct alsa_pcm *pcm, int64_t *read_ns) RT_SAFE;
/* Room for the next frames: areas[n_channels]. n_frames: wanted, and how many fit in one piece. */
int pcm_begin(struct alsa_pcm *pcm, struct pcm_area *areas, unsigned long *offset,
	unsigned long *n_frames) RT_SAFE;
/* How many frames were taken. */
long pcm_commit(struct alsa_pcm *pcm, unsigned long offset, unsigned long n_frames) RT_SAFE;
int pcm_start(struct alsa_pcm *pcm) RT_SAFE;
int pcm_drop(struct alsa_pcm *pcm) RT_SAFE;
int pcm_prepare(struct alsa_pcm *pcm) RT_SAFE;
/* -EAGAIN: not yet. */
int pcm_resume(struct alsa_pcm *pcm) RT_SAFE;

#endif
