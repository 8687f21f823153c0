/* fade.h - how one signal becomes another, and how sound ends and begins where blocks are missing.
 *
 * Shapes:  interleaved stereo float.
 * Threads: [producer]; a tag at each function.
 * Source:  gains follow base/quintic.h. The law between two signals follows their
 *          correlation: Fink, Holters, Zoelzer, Signal-matched power-complementary cross-fading
 *          and dry-wet mixing, DAFx 2016. */
#ifndef ENGINE_FADE_H
#define ENGINE_FADE_H

#include <stdbool.h>

#include "base/util.h"

enum { FADE_LENGTHS = 4 };

/* How much two signals have in common, measured over the same frames. */
struct correlation {
	/* gains that single blocks ask for in the middle of a fade */
	float makeup_min, makeup_max;
	float step_old, step_new, step_middle; /* largest step of each, and of their mean */
	float distance;                        /* largest difference between the two */
	/* largest step in the middle of a fade of each length */
	float steps_fading[FADE_LENGTHS];
	/* the first of these lengths; each other one is twice the one before */
	int shortest_frames;
	bool differs;
};
/* [producer] */
void correlation_init(struct correlation *correlation, int shortest_frames) RT_SAFE;
/* [producer] One block more. */
void correlation_add(struct correlation *correlation, const float *old_stereo,
	const float *new_stereo, int n_frames) RT_SAFE;

/* From the old slot's blocks to the new one's. */
struct fade {
	int shortest_frames; /* as the settings say; 0: a hard cut */
	int n_frames;        /* length of this one */
	/* frames done; n_frames: no fade is going on; below 0: so many frames from now it begins */
	int at;
	/* added gain in the middle, against the dip of signals that have little in common */
	float makeup;
};
/* [producer] A fade between slow signals is longer (up to 8 times), so that its own slope stays
 * small beside theirs. The make-up gain keeps the power between the two signals' own, as far as
 * all measured blocks agree that it is missing and no step grows beyond the larger of theirs. */
void fade_begin(struct fade *fade, const struct correlation *correlation) RT_SAFE;
/* [producer] As it was planned: so many frames from now, so long, with this make-up gain (also
 * below 0). */
void fade_begin_at(struct fade *fade, int offset_frames, int n_frames, float makeup) RT_SAFE;
/* [producer] */
static inline bool fade_is_on(const struct fade *fade)
{
	return fade->at < fade->n_frames;
}
/* [producer] to = from the one to the other; moves the fade on. */
void fade_mix(struct fade *fade, const float *old_stereo, const float *new_stereo, float *to,
	int n_frames) RT_SAFE;

/* Spillover: the new signal comes in, the old one rings on under it and fades over the last half,
 * whatever it still gives. */
struct tail {
	int n_left;  /* frames until the old one is gone */
	int n_fade;  /* that many of them it fades, at the end */
	int n_cut;   /* where it was cut short: the last so many once more; 0: it was not */
	int n_uncut; /* frames that it would have gone on without the cut */
};
/* [producer] */
void tail_begin(struct tail *tail, int n_frames) RT_SAFE;
/* [producer] It ends within n_frames, softly. */
void tail_cut(struct tail *tail, int n_frames) RT_SAFE;
/* [producer] to = both; moves both on. */
void tail_mix(struct tail *tail, struct fade *fade, const float *old_stereo,
	const float *new_stereo, float *to, int n_frames) RT_SAFE;

/* The output stage: missing blocks are let go softly, sound comes back softly and ends softly. */
struct shape {
	float gain, step; /* a frame */
	float last[2];    /* what was played last */
	bool is_starved;
};
enum { SHAPE_FADE_FRAMES = 128 };
/* [producer] true: the block can be played as it is. */
static inline bool shape_is_flat(const struct shape *shape)
{
	return shape->gain == 1.0f && shape->step == 0.0f;
}
/* [producer] */
void shape_init(struct shape *shape) RT_SAFE;
/* [producer] From silence, within SHAPE_FADE_FRAMES. */
void shape_begin_in(struct shape *shape) RT_SAFE;
/* [producer] To silence. */
void shape_begin_out(struct shape *shape, int n_frames) RT_SAFE;
/* [producer] to = the block at the moving gain. */
void shape_apply(struct shape *shape, const float *stereo, float *to, int n_frames) RT_SAFE;
/* [producer] A block that nobody has: the last frame played, let go to zero. */
void shape_starve(struct shape *shape, float *to, int n_frames) RT_SAFE;
/* [producer] */
static inline void shape_keep_last(struct shape *shape, const float *stereo, int n_frames)
{
	shape->last[0] = stereo[2 * n_frames - 2];
	shape->last[1] = stereo[2 * n_frames - 1];
}

#endif
