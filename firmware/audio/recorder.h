/* recorder.h - what was played, to a WAV file, by a thread of its own.
 *
 * A ring of blocks between the producer and a housekeeping thread that converts and writes.
 * Threads: open, close [init]; put, put_patiently [producer].
 * Errors:  put never fails: a full ring loses the block and counts it. put_patiently waits for room
 *          (offline only). A full disk ends the file cleanly and is told at close. */
#ifndef AUDIO_RECORDER_H
#define AUDIO_RECORDER_H

#include <stdint.h>

#include "audio/sample_format.h"
#include "base/diag.h"

struct recorder;

struct recorder_config {
	const char *path;
	enum sample_format format;
	int rate_hz;
	int block_frames;
	uint64_t max_frames;  /* the rest is not kept; 0: no limit */
	int housekeeping_cpu; /* -1: anywhere */
};

int recorder_open(
	struct recorder **recorder, const struct recorder_config *config, struct diag *diag);
void recorder_put(struct recorder *recorder, const float *stereo) RT_SAFE;
void recorder_put_patiently(struct recorder *recorder, const float *stereo) RT_SAFE;
/* Ends the file. 0, or a negative errno and the reason: -ENOBUFS for lost blocks (the disk is too
 * slow), else what the disk said. */
int recorder_close(struct recorder *recorder, struct diag *diag);

#endif
