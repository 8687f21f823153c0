/* sink.h - where the blocks go. The producer is driven by its sink and by nothing else.
 *
 * Shapes:  a block is interleaved stereo float, +-1, block_frames frames.
 * Threads: open, close [init]; wait, write, recover [producer]: the only place where it may wait;
 *          take_news [desk].
 * Errors:  wait and write: -EPIPE (ran dry), -ESTRPIPE (suspended), anything else: gone. */
#ifndef AUDIO_SINK_H
#define AUDIO_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct sink;

/* News of a device, from its supervisor. */
struct sink_news {
	char text[400]; /* a line for the log */
	char name[128]; /* of the device, as in struct sink, as it is now */
};

struct sink_ops {
	/* Waits until at least one block fits. How many fit; 0: nothing happened for a while,
	 * look round and call again; or a negative errno. */
	int (*wait)(struct sink *sink) RT_SAFE;
	/* Converts one block into the device's memory and hands it over. Call at most as often
	 * as wait said. 0 or a negative errno. */
	int (*write)(struct sink *sink, const float *stereo) RT_SAFE;
	/* After an error of wait or write. Tells what it was, for the counters: -EPIPE, -ESTRPIPE
	 * or -ENODEV. From then on wait() says 0 (and sleeps) until there is a device to be filled
	 * anew. Errors that follow each other are slowed down here: nobody spins. */
	int (*recover)(struct sink *sink, int err) RT_SAFE;
};

struct sink {
	const struct sink_ops *ops;
	/* sound is moving; while false the device is being filled and cannot run dry */
	bool is_running;
	/* [init] it was opened without a device: wait() says 0 until there is one */
	bool begins_away;
	bool is_timeless; /* never waits for time: the workers are waited for instead (render) */
	char name[128];   /* for people: device, rate, format, periods */
	/* May be NULL. true: something has happened since it was asked last. */
	bool (*take_news)(struct sink *sink, struct sink_news *news);
	void (*close)(struct sink *sink);
};

/* The tables themselves: roots of the real-time check (tests/rt/check_rt.sh). */
extern const struct sink_ops sink_sim_ops, sink_offline_ops, sink_alsa_ops;

struct sink_config {
	char device[256];
	int rate_hz;
	int block_frames;
	int periods;
	/* where left and right go, counted from 1; the second 0: both go, as a sum, to the first.
	 * The first 0: 1 and 2. */
	int channels[2];
	/* a device that is not there yet is waited for, as one that was lost */
	bool waits_for_device;
	bool skips_hdmi;      /* `auto` takes no monitor */
	bool keeps_awake;     /* no digital zero: +-1 LSB (sample_format.h) */
	int housekeeping_cpu; /* of the supervisor; -1: anywhere */
};

#endif
