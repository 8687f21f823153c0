/* sink_offline.h - the sink of `chronus render`: never waits for time, only for the desk's word how
 * far to go.
 *
 * Threads: sink_offline_run_to, _allow, _has_left, _end [desk]; ops [producer]. */
#ifndef AUDIO_SINK_OFFLINE_H
#define AUDIO_SINK_OFFLINE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "audio/recorder.h"
#include "audio/sink.h"
#include "base/doorbell.h"

struct sink_offline {
	struct sink sink;
	struct recorder *recorder;  /* NULL: samples are thrown away */
	_Atomic uint64_t until;     /* blocks allowed; writer: [desk] */
	_Atomic uint64_t done;      /* blocks written; writer: [producer] */
	_Atomic uint32_t is_ending; /* nothing more will be asked; writer: [desk] */
	/* it waits, having delivered all below this; writer: [producer] */
	_Atomic uint64_t idle_at;
	struct doorbell go;    /* rung by the desk */
	struct doorbell there; /* rung by the producer when it waits */
	unsigned go_seen;
};

void sink_offline_init(struct sink_offline *offline, struct recorder *recorder);
/* Lets the producer deliver blocks below `until`, and returns when it waits again. */
void sink_offline_run_to(struct sink_offline *offline, uint64_t until);
/* The same where one thread does it all: sets how far, and tells whether a block below it is left. */
void sink_offline_allow(struct sink_offline *offline, uint64_t until);
bool sink_offline_has_left(const struct sink_offline *offline);
/* Before engine_stop: the producer looks every ms whether it must stop, no longer every 100 ms. */
void sink_offline_end(struct sink_offline *offline);

#endif
