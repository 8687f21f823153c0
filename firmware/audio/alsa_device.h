/* alsa_device.h - which card is played to, and whether what it grants is what the engine needs.
 *
 * Threads: [init], or the supervisor's (alsa_supervisor.c).
 * Errors:  0 or a negative errno; diag: device, reason, and what to write in [audio]. */
#ifndef AUDIO_ALSA_DEVICE_H
#define AUDIO_ALSA_DEVICE_H

#include "audio/alsa_pcm.h"
#include "audio/sink.h"

/* A card, open and ready to be filled. */
struct alsa_device {
	struct alsa_pcm *pcm;
	struct pcm_setup granted;
	struct converter converter;
	int places[2]; /* left, right: channels from 0; the same one twice: the sum */
	char name[64];
};

/* Those that are played to, as they are tried; ALSA's own names, which people find in its tools. */
enum { N_ALSA_FORMATS = 4 };
extern const enum sample_format alsa_formats[N_ALSA_FORMATS];
const char *alsa_format_name(enum sample_format format);

/* The places of config->channels on a card that has n_channels. A card with one channel gets the
 * sum of 1 and 2. */
void alsa_device_place(struct alsa_device *device, const struct sink_config *config);
/* Opens one card by its name. */
int alsa_device_open(struct alsa_device *device, const char *name, const struct sink_config *config,
	struct diag *diag);
/* Opens the first of config->device that can be played to; "auto" stands for all cards, those that
 * are not HDMI first. on_refusal (may be NULL) hears why each one before it was not taken. */
int alsa_device_find(struct alsa_device *device, const struct sink_config *config,
	void (*on_refusal)(const char *why), struct diag *diag);
/* "hw:CARD=x, s32, 48000 Hz, 2 x 64 frames" */
void alsa_device_name(const struct alsa_device *device, char *text, size_t n_bytes);
/* Logs the set-up that was asked for, and the one that was granted. */
void alsa_device_tell(const struct alsa_device *device, const struct sink_config *config,
	char *text, size_t n_bytes);

#endif
