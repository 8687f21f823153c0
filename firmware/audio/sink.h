/* sink.h - where the blocks go. The producer is driven by its sink and by nothing else.
 *
 * Shapes:  a block is interleaved stereo float, +-1, block_frames frames.
 * Threads: open, close [init]; wait, write, recover [producer]: the only place where it may wait.
 * Errors:  wait and write: -EPIPE (ran dry), -ESTRPIPE (suspended), -ENODEV or -EIO (gone). */
#ifndef AUDIO_SINK_H
#define AUDIO_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct sink;

struct sink_ops {
	/* Waits until at least one block fits. How many fit; 0: nothing happened for a while,
	 * look round and call again; or a negative errno. */
	int (*wait)(struct sink *sink) RT_SAFE;
	/* Converts one block into the device's memory and hands it over. Call at most as often
	 * as wait said. 0 or a negative errno. */
	int (*write)(struct sink *sink, const float *stereo) RT_SAFE;
	/* After an error: makes the device ready to be filled again. 0, or a negative errno:
	 * call again later (it has waited a little itself, so that nobody spins). */
	int (*recover)(struct sink *sink, int err) RT_SAFE;
};

struct sink {
	const struct sink_ops *ops;
	/* sound is moving; while false the device is being filled and cannot run dry */
	bool is_running;
	bool is_timeless; /* never waits for time: the workers are waited for instead (render) */
	char name[128];   /* for people: device, rate, format, periods */
	void (*close)(struct sink *sink);
};

/* The tables themselves: roots of the real-time check (tests/rt/check_rt.sh). */
extern const struct sink_ops sink_sim_ops, sink_offline_ops, sink_alsa_ops;

struct sink_config {
	char device[256];
	int rate_hz;
	int block_frames;
	int periods;
};

#endif
