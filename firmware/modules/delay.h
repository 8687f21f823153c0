/* delay.h - the state of the module delay and its feedback, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_DELAY_H
#define MODULES_DELAY_H

#include "dsp/effect.h"
#include "dsp/fade.h"
#include "dsp/module.h"
#include "dsp/note_length.h"
#include "dsp/sinc_tap.h"

enum {
	DELAY_TIME,
	DELAY_FEEDBACK,
	DELAY_MIX,
	DELAY_SYNC,
	DELAY_MODE,
	DELAY_CHANGE,
	DELAY_LOW_CUT,
	DELAY_HIGH_CUT,
	DELAY_N_PARAMS
};
enum { DELAY_IN, DELAY_N_INS };
enum { CHANGE_FADE, CHANGE_TAPE };

#define LOW_CUT_MIN_HZ   20.0f /* here the highpass does nothing ... */
#define LOW_CUT_FULL_HZ  40.0f /* ... and from here on it is all there */
#define HIGH_CUT_FULL_HZ 16000.0f
#define HIGH_CUT_MAX_HZ  20000.0f

struct delay {
	uint32_t head;    /* where the next frame is written; first, as module.h asks */
	struct fade fade; /* from `now` to `next` */
	int32_t is_started;
	struct sinc_tap now, next;
	v4f low, high;       /* memories of the lowpass and the highpass */
	double place, speed; /* of the tape's head: frames behind, frames a frame */
	float frames_per_ms;
	float rate_hz;
	float cross; /* 0 stereo, 1 ping-pong; moves */
	float cross_step;
};

/* How far the two filters go in a frame, and how much of what is slow is taken away. */
struct cuts {
	v4f low, low_share, high;
};

/* The time of the echo of frame i, in frames. */
static inline float time_wanted(
	const struct module_io *io, size_t i, float min_frames, float frames_per_ms)
{
	float max_frames = (float)(io->memory_frames - BLOCK_MAX_FRAMES - 2 * SINC_MARGIN);
	double beats = note_length_beats(cable_at(io->params[DELAY_SYNC], i)[0]);
	float frames = cable_at(io->params[DELAY_TIME], i)[0] * frames_per_ms;

	if (beats > 0.0 && io->transport->beats_per_frame > 0.0) {
		double synced = beats / io->transport->beats_per_frame;

		while (synced > (double)max_frames)
			synced /= 2.0;
		frames = (float)(int32_t)(synced + 0.5);
	}
	return frames > min_frames ? frames : min_frames;
}

/* How much of a filter is there: 0 at `none`, 1 at `all`. */
static inline v4f share_between(v4f x, float none, float all)
{
	return lanes_clamp((x - none) / (all - none), lanes_of(0.0f), lanes_of(1.0f));
}

static inline struct cuts cuts_at(const struct delay *delay, const struct module_io *io, size_t i)
{
	v4f low_hz = cable_at(io->params[DELAY_LOW_CUT], i);
	v4f high_hz = cable_at(io->params[DELAY_HIGH_CUT], i);
	v4f low = share_between(low_hz, LOW_CUT_MIN_HZ, LOW_CUT_FULL_HZ);
	v4f high = share_between(high_hz, HIGH_CUT_MAX_HZ, HIGH_CUT_FULL_HZ);

	return (struct cuts){
		.low = one_pole_highpass_of_hz(low_hz, delay->rate_hz),
		.low_share = low,
		.high = 1.0f - (1.0f - one_pole_of_hz(high_hz, delay->rate_hz)) * high,
	};
}

/* Of the input and the echoes: the first is as loud as the input at mix 1. */
static inline struct dry_wet delay_levels(const struct module_io *io, size_t i)
{
	return dry_wet_of(cable_at(io->params[DELAY_MIX], i));
}

/* The ring's input: the module's, and what is fed back. has_more: filters or ping-pong. */
static inline __attribute__((always_inline)) v4f delay_mix(
	struct delay *delay, struct cuts cuts, v4f x, v4f back, const bool has_more)
{
	const v4i is_left = {-1, 0, 0, 0};

	if (has_more) {
		v4f other = __builtin_shufflevector(x, x, 1, 0, 3, 2);
		v4f left = (v4f)((v4i)((x + other) * 0.5f) & is_left), standing, slow;

		x += (left - x) * delay->cross;
		delay->low += (back - delay->low) * cuts.high;
		standing = (delay->low - delay->high) * cuts.low;
		slow = delay->high + standing;
		delay->high = slow + standing;
		back = delay->low - slow * cuts.low_share;
		other = __builtin_shufflevector(back, back, 1, 0, 3, 2);
		back += (other - back) * delay->cross;
	}
	return lanes_bend(x + back);
}

enum step_kind { STEP_RENDER, STEP_EMIT, STEP_ABSORB };

/* Of a place that is read: in a cycle a block is written after it was read. */
static inline float delay_min_frames(enum step_kind kind)
{
	return kind == STEP_RENDER ? SINC_MARGIN : BLOCK_MAX_FRAMES + SINC_MARGIN;
}

/* The first frames of a block in which no tap, filter or side moves, up to the end of the ring. Must
 * equal the reference, delay_walk(). Returns how many they are, 0 if anything moves; the rest is
 * left to the reference. */
size_t delay_fast(struct delay *delay, const struct module_io *io, enum step_kind kind) RT_SAFE;

#endif
