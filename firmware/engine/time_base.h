/* time_base.h - the frame at which an event of a given time is heard: its time plus one constant
 * latency, in frames of the block clock.
 *
 * The producer notes after each wake-up by the device how many frames it has handed over, and a
 * delay-locked loop makes an even line of those times: a single late wake-up moves no onset. The
 * latency is the lead and 0.5 ms, which the desk may need to read what has come. A sink without time
 * counts from its first frame, without latency.
 * Threads: [producer]
 * Source:  F. Adriaensen, Using a DLL to filter time (2005). */
#ifndef ENGINE_TIME_BASE_H
#define ENGINE_TIME_BASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

struct time_base {
	bool is_timeless;
	bool is_set; /* noted since the device began */
	int rate_hz;
	double latency_frames;
	double frame;    /* handed over at at_ns, by the line */
	double frame_ns; /* how long one lasts */
	int64_t at_ns;
	uint64_t noted_frame; /* as it was noted last */
};

/* The part of the latency beside the lead: 0.5 ms. */
static inline int time_base_slack_frames(int rate_hz)
{
	return rate_hz / 2000;
}

void time_base_init(struct time_base *base, bool is_timeless, int rate_hz, int lead_frames);
/* So many frames were handed over up to now. */
void time_base_note(struct time_base *base, int64_t now_ns, uint64_t frame) RT_SAFE;
/* The device has stopped: its times say nothing about those that follow. */
void time_base_forget(struct time_base *base) RT_SAFE;
/* The frame of what happened at time_ns. Too long ago, or time unknown: 0. Never beyond what
 * happens now. */
uint64_t time_base_frame(const struct time_base *base, int64_t time_ns) RT_SAFE;

#endif
