/* sink_alsa_state.h - the insides of an ALSA sink: between sink_alsa.c and alsa_supervisor.c only. */
#ifndef AUDIO_SINK_ALSA_STATE_H
#define AUDIO_SINK_ALSA_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "audio/alsa_device.h"
#include "audio/lap.h"
#include "audio/sink.h"
#include "base/doorbell.h"

enum { SUPERVISOR_MAX_NEWS = 4, MAX_BLOCK_FRAMES = 256 };

/* Whose `device` is. Nobody else touches it.
 *
 *   PRODUCER --(it is gone)--> SUPERVISOR --(another one is ready)--> READY --> PRODUCER
 *
 * After the producer has ended and the supervisor was joined it is [init]'s, in any state. */
enum device_owner {
	DEVICE_OF_PRODUCER,
	DEVICE_OF_SUPERVISOR,
	DEVICE_READY, /* the producer may take it */
};

struct sink_alsa {
	struct sink sink;
	struct sink_config config;
	struct alsa_device device;
	_Atomic uint32_t owner; /* enum device_owner */
	struct doorbell lost;   /* rung by the producer: the supervisor's */
	struct doorbell back;   /* rung by the supervisor: the producer's */

	struct { /* the producer's own */
		unsigned back_seen;
		uint64_t n_frames;  /* played so far: the number of the next frame */
		uint64_t n_written; /* of these, since the device was last made ready */
		int64_t start_ns, recovered_ns;
		struct lap lap; /* since the device was started */
		bool is_suspended;
		int n_vain;   /* recoveries in a row after which nothing was played */
		int n_silent; /* times in a row that the device moved nothing */
		float sum[MAX_BLOCK_FRAMES];
	} rt;

	struct { /* the supervisor's own, but for the news */
		pthread_t thread;
		bool is_running;
		_Atomic uint32_t must_end; /* writer: [init] */
		int64_t handed_ns;         /* when it last handed a device over */
		char refusal[400];         /* the last one that was told */
		pthread_mutex_t lock;      /* of news: the supervisor and the desk */
		struct sink_news news[SUPERVISOR_MAX_NEWS];
		unsigned n_news, n_taken;
	} supervisor;
};

/* ---- alsa_supervisor.c */
/* [init] 0, or a negative errno. */
int supervisor_start(struct sink_alsa *alsa);
/* [init] */
void supervisor_stop(struct sink_alsa *alsa);
/* [desk] false: there is none. */
bool supervisor_take_news(struct sink *sink, struct sink_news *news);

#endif
