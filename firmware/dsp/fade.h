/* fade.h - a short fade to a new choice or time, in one of two forms.
 *
 * Counted: the old and the new are both rendered for so many frames and mixed by fade_next(). It
 *          ends exactly on the new.
 * Shares:  each choice has a share in the output, which lanes_approach() moves to 0 or 1 by
 *          share_step() a frame; it may turn back at any time.
 * Memory:  struct fade is part of a module's state; reset keeps `frames`.
 * Threads: fade_frames, share_step [any]; the others [worker]. */
#ifndef DSP_FADE_H
#define DSP_FADE_H

#include "dsp/lanes.h"

struct fade {
	int32_t left;   /* frames until the new is heard alone; 0: no fade */
	int32_t frames; /* of a whole fade */
};

static inline int32_t fade_frames(float fade_ms, float rate_hz)
{
	return (int32_t)(fade_ms * rate_hz / 1000.0f);
}

static inline void fade_begin(struct fade *fade)
{
	fade->left = fade->frames;
}

/* The part of the fade that is to come: 1 at its beginning, 0 at its end. */
static inline float fade_rest(const struct fade *fade)
{
	return (float)fade->left / (float)fade->frames;
}

/* One frame on, while `left` is not 0. Returns the share of the new: up to 1 at the last frame. */
static inline float fade_next(struct fade *fade)
{
	fade->left--;
	return 1.0f - fade_rest(fade);
}

static inline float share_step(float fade_ms, float rate_hz)
{
	return 1000.0f / (fade_ms * rate_hz);
}

/* Moves x towards target by at most step. */
static inline v4f lanes_approach(v4f x, v4f target, v4f step)
{
	return x + lanes_clamp(target - x, -step, step);
}

#endif
