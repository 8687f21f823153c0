/* fill.h - the same value for a run of frames: what control modules mostly give.
 * Threads: [any], pure. */
#ifndef DSP_FILL_H
#define DSP_FILL_H

#include "dsp/lanes.h"

/* Frames from..to - 1; four at a time: half the instructions of one at a time. */
static inline void fill_lanes(v4f *out, int from, int to, v4f value)
{
	for (; from + 4 <= to; from += 4) {
		out[from] = value;
		out[from + 1] = value;
		out[from + 2] = value;
		out[from + 3] = value;
	}
	for (; from < to; from++)
		out[from] = value;
}

static inline void fill(v4f *out, int from, int to, float value)
{
	fill_lanes(out, from, to, lanes_of(value));
}

#endif
