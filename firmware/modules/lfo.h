/* lfo.h - the state of the module lfo and its value at a phase, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_LFO_H
#define MODULES_LFO_H

#include <stdbool.h>

#include "dsp/cycles.h"
#include "dsp/fade.h"
#include "dsp/voice.h"

enum {
	LFO_SHAPE,
	LFO_MODE,
	LFO_RATE,
	LFO_DIVISION,
	LFO_PHASE,
	LFO_SPREAD,
	LFO_WIDTH,
	LFO_N_PARAMS
};
enum { LFO_RESET, LFO_N_INS };
enum { LFO_OUT, LFO_UNIPOLAR, LFO_N_OUTS };
enum lfo_shape { SHAPE_SINE, SHAPE_TRIANGLE, SHAPE_SAW, SHAPE_SQUARE, SHAPE_HOLD, N_SHAPES };
enum { N_DIVISIONS = 18 };
enum lfo_mode { MODE_FREE, MODE_SYNC, N_MODES };

struct lfo {
	struct cycles at;   /* of the next frame, without offsets */
	struct cycles zero; /* synced: where the cycle was begun anew */
	v4u before;         /* phase of the latest frame, with offsets */
	v4u random;
	v4f held;  /* of sample_hold */
	v4f value; /* of the latest frame */
	v4f jump;  /* what is taken away, at the beginning of the fade */
	struct lfo_pace {
		struct cycles step;
		v4u offset, width;
	} pace; /* while nothing but the phase moves */
	v4i was_open;
	int32_t shape, mode, division;
	struct fade fade; /* of `jump` */
	int32_t is_started;
	float rate_hz;
	float pad;
};

static inline v4u offset_at(const struct module_io *io, int i)
{
	v4f voice = (v4f){0.0f, 1.0f, 2.0f, 3.0f} + (float)(io->group * N_LANES);
	v4f part = cable_at(io->params[LFO_SPREAD], (size_t)i) * voice;
	v4f sum = part / (float)(io->n_voices > 1 ? io->n_voices : 1) +
		  cable_at(io->params[LFO_PHASE], (size_t)i);

	if (!lanes_any(sum != 0.0f))
		return (v4u){0, 0, 0, 0};
	return (v4u)lanes_to_int((sum - lanes_floor(sum + 0.5f)) * 0x1.fffffep31f);
}

static inline v4u width_at(const struct module_io *io, int i)
{
	return (v4u)lanes_to_int((cable_at(io->params[LFO_WIDTH], (size_t)i) - 0.5f) * 0x1p32f) +
	       0x80000000u;
}

static inline v4f square_of(v4u phase, v4u width)
{
	return (v4f)(((v4u)(phase >= width) & 0x80000000u) | (v4u)lanes_of(1.0f));
}

/* These lanes take a new random number. */
static inline void number_take(struct lfo *now, v4i lanes)
{
	v4u random = rand_next(now->random);

	now->random = ((v4u)lanes & random) | (~(v4u)lanes & now->random);
	now->held = lanes_select(lanes, rand_bipolar(random), now->held);
}

static inline v4f value_of(struct lfo *now, v4u phase, v4u width)
{
	v4u before = now->before;
	v4i begins = (v4i)(before & ~phase & ~(phase - before));
	v4i x = (v4i)(phase - 0x40000000u);

	now->before = phase;
	switch (now->shape) {
	case SHAPE_SINE:
		return phase_sin(phase);
	case SHAPE_TRIANGLE:
		return lanes_from_int((x ^ (x >> 31)) - 0x40000000) * -0x1p-30f;
	case SHAPE_SAW:
		return lanes_from_int((v4i)(phase ^ 0x80000000u)) * 0x1p-31f;
	case SHAPE_SQUARE:
		return square_of(phase, width);
	default:
		if (lanes_any(begins))
			number_take(now, begins >> 31);
		return now->held;
	}
}

/* How far the phase goes in a frame. Synced, it is set to where the music is at frame i. */
struct cycles lfo_step(struct lfo *lfo, const struct module_io *io, int i) RT_SAFE;

/* A block in which nothing but the phase moves, and nothing is random. Must equal the reference,
 * lfo_run(). false: it is no such block, and nothing is done. */
bool lfo_fast(struct lfo *lfo, const struct module_io *io) RT_SAFE;

#endif
