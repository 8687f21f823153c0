/* recorder_ring.h - the ring inside a recorder: between recorder.c and recorder_put.c only. */
#ifndef AUDIO_RECORDER_RING_H
#define AUDIO_RECORDER_RING_H

#include <pthread.h>
#include <stdatomic.h>

#include "audio/recorder.h"
#include "base/clock.h"
#include "base/doorbell.h"
#include "base/wav.h"

enum { RECORDER_FRAMES = 1 << 17 }; /* 2.7 s at 48 kHz */

struct recorder {
	int block_frames;
	uint64_t n_cells;
	float *frames;
	_Atomic uint64_t head;   /* writer: [producer] */
	_Atomic uint64_t tail;   /* writer: the writing thread */
	_Atomic uint64_t n_lost; /* writer: [producer] */
	_Atomic int must_end;    /* writer: [init] */
	struct doorbell filled, room;
	pthread_t thread;
	struct converter converter;
	struct wav wav;
	uint64_t max_frames, n_frames;
	int write_err;
};

static inline float *recorder_cell(struct recorder *recorder, uint64_t n)
{
	return recorder->frames + n % recorder->n_cells * 2 * (uint64_t)recorder->block_frames;
}

#endif
