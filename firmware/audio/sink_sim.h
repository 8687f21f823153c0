/* sink_sim.h - a sound card that is not there: an absolute timer takes the blocks, a recorder keeps
 * them.
 *
 * It keeps time like a card with `periods` blocks of buffer, runs dry like one, and can be told to
 * behave badly: wake-ups late by up to jitter_us; taking burst_periods at a time; standing still
 * for stall_ms every stall_every_ms; vanishing for vanish_ms when it has played for
 * vanish_every_ms; a clock wrong by drift_ppm. In virtual time (tests) it never
 * sleeps: waiting moves the clock, so that what happens does not depend on the machine.
 * Threads: open, close [init]; ops [producer]. */
#ifndef AUDIO_SINK_SIM_H
#define AUDIO_SINK_SIM_H

#include "audio/recorder.h"
#include "audio/sink.h"

struct sim_config {
	struct sink_config sink;
	int jitter_us;
	int burst_periods;
	int stall_every_ms, stall_ms;
	int vanish_every_ms, vanish_ms;
	double drift_ppm;
	bool is_virtual;
	struct recorder *recorder; /* NULL: nothing is kept */
};

struct sink_sim {
	struct sink sink;
	struct sim_config config;
	int buffer_blocks;
	int64_t start_ns;        /* when it began to run */
	int64_t back_ns;         /* there is no device before */
	int64_t virtual_ns;      /* now, in virtual time */
	uint64_t written_blocks; /* since start */
	uint32_t noise;
};

void sink_sim_init(struct sink_sim *sim, const struct sim_config *config);

#endif
