/* plan.h - the best fade between two signals whose future is known.
 *
 * In a fade the power g(1-g)(x-y)^2 is lacking, and only who knows both signals can say how much
 * that will be. So starts, lengths and make-up gains are tried in turn, on the very samples, until
 * one keeps every 10 ms as loud as the two signals are by themselves, and makes no step larger
 * than theirs, and no peak that the limiter would bend.
 * Shapes:  interleaved stereo float in; each channel is judged by itself.
 * Memory:  the table is the caller's, about 600 KB; nothing is allocated.
 * Threads: [worker], each function, between two blocks. About 25 us where the first start is good; each start
 *          costs that much. */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include <stdbool.h>

#include "base/util.h"

enum {
	PLAN_MAX_FRAMES = 8192,      /* heard before and known ahead, together */
	PLAN_MAX_FADE_FRAMES = 2048, /* of any length that is tried */
};

/* One channel of both signals. Sums are of squares, of all frames before the index. */
struct plan_channel {
	float x[PLAN_MAX_FRAMES], y[PLAN_MAX_FRAMES];
	double x_sums[PLAN_MAX_FRAMES + 1], y_sums[PLAN_MAX_FRAMES + 1];
	double lo, hi; /* a window's sum: the least and the largest of either signal */
	float step;    /* the largest of either signal */
	float peak;    /* likewise, but not below where the limiter begins */
	/* the fade at hand: a plain mix, and the sums its windows' power is made of */
	float mix[PLAN_MAX_FADE_FRAMES];
	double sums[3][PLAN_MAX_FADE_FRAMES + 1];
};

struct plan_table {
	/* written by the caller */
	int n_before;        /* frames of x that were heard (or will be) before the first start */
	int n_frames;        /* known, those before included */
	int n_window_frames; /* 10 ms */
	struct plan_channel channels[2];
	/* the search's own */
	int n_channels; /* 1: both are the same */
	int n_fade;
	float gain[PLAN_MAX_FADE_FRAMES], bump[PLAN_MAX_FADE_FRAMES];
};

struct plan {
	int start;    /* frame of the table */
	int n_frames; /* 0: none is good, let the fade follow fade_begin() */
	float makeup; /* added gain in the middle, may be below 0 */
};

/* [worker] One block more, at frame `at` of the table; y may be NULL before the first start. */
void plan_load(struct plan_table *table, int at, const float *x_stereo, const float *y_stereo,
	int n_frames) RT_SAFE;
/* [worker] Starts first..last (frames of the table); lengths n_fade_frames and, where the signals
 * are too slow for that, two, three and four times as long. */
struct plan plan_choose(struct plan_table *table, int first, int last, int n_fade_frames) RT_SAFE;

#endif
