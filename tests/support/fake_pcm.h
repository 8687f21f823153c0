/* fake_pcm.h - a sound card behind audio/alsa_pcm.h that does what a test wants.
 *
 * Linked instead of alsa_pcm.c into every test. It keeps virtual time: each pcm_wait of a running
 * card plays one period and keeps what was played. Any call can be made to fail. Its stamps are of that
 * time, which is an hour ahead of the machine's: later than any start of the card.
 * Threads: a test's own and the sink's supervisor; the fields are set while the supervisor has no reason
 *          to look, but for the atomic ones. */
#ifndef SUPPORT_FAKE_PCM_H
#define SUPPORT_FAKE_PCM_H

#include <stdatomic.h>

#include "audio/alsa_pcm.h"

enum fake_call {
	FAKE_OPEN,
	FAKE_CLOSE,
	FAKE_SET_UP,
	FAKE_WAIT,
	FAKE_AVAIL,
	FAKE_BEGIN,
	FAKE_COMMIT,
	FAKE_START,
	FAKE_DROP,
	FAKE_PREPARE,
	FAKE_RESUME,
	N_FAKE_CALLS
};

struct fake_pcm {
	/* ---- the card */
	atomic_int is_there; /* pcm_open finds it */
	const char *name;    /* NULL: any name */
	struct pcm_card cards[4];
	atomic_int n_cards; /* of cards */
	bool has_interleaved, has_noninterleaved;
	unsigned formats;
	int channels_min, channels_max;
	int rate_hz; /* the only one; 0: any */
	int resolution_bits;
	bool is_batch, has_no_stamps;
	/* granted whatever is asked; 0: as asked */
	int grant_rate_hz, grant_channels, grant_buffer;
	int min_period; /* shorter ones are refused */
	atomic_int grant_period;

	/* ---- what goes wrong */
	atomic_int fail_in[N_FAKE_CALLS]; /* 1: the next such call fails, 2: the one after it ... */
	atomic_int fail_err[N_FAKE_CALLS]; /* with this */
	bool fails_on[N_FAKE_CALLS];       /* and from then on always */
	int max_piece;                     /* of pcm_begin; 0: no limit */
	int short_commit;                  /* frames that the next commit takes less */
	bool is_ready_for_nothing;         /* wait says 1, but nothing fits */
	/* At the next wait nobody reads the pointer of a running card for so long first: it plays
	 * its ring over and over, and the pointer has lost the whole rings. */
	int stall_frames;
	int stamp_late_frames; /* every second stamp is that much after the pointer */
	double ppm;            /* how much faster than the machine's its clock is */

	/* ---- what happened */
	atomic_int calls[N_FAKE_CALLS];
	char opened[64]; /* the name last opened */
	struct pcm_setup setup;
	unsigned char *played;       /* frames of n_channels samples, interleaved, without gaps */
	size_t n_played, max_played; /* bytes */
};
extern struct fake_pcm fake;

/* A stereo card that can do everything, and nothing played. */
void fake_reset(void);
/* Pulled out: whatever is open fails with err, and nothing can be opened until is_there. */
void fake_pull_out(int err);
void fake_fail(enum fake_call call, int in, int err);
/* One sample of what was played, sign extended. */
int32_t fake_sample(size_t frame, int channel);
size_t fake_frames(void);

#endif
