/* voice.h - what modules of voices share: cables, gates, pitches, random numbers.
 * Threads: [any], pure. */
#ifndef DSP_VOICE_H
#define DSP_VOICE_H

#include <stdbool.h>

#include "dsp/lanes_math.h"
#include "dsp/module.h"

static inline v4f at_frame(struct cable cable, size_t i)
{
	return cable.at[i * cable.step];
}

static inline v4f lane_if(v4i mask, v4f x)
{
	return (v4f)(mask & (v4i)x);
}

/* 0 where nothing moves: an input that is not plugged in, a value that is still. */
static inline size_t step_of(struct cable input)
{
	return input.at ? input.step : 0;
}

/* The same in n frames from `at` on. */
static inline bool cable_is_still(struct cable cable, size_t at, size_t n)
{
	v4i differs = {0, 0, 0, 0};

	for (size_t i = at + 1; cable.step && i < at + n; i++)
		differs |= cable.at[i] != cable.at[at];
	return !lanes_any(differs);
}

/* Fills outs[out] with one value, unless the last block left it so, and says that it is still. */
static inline void out_still(const struct module_io *io, int out, v4f value)
{
	v4f *to = io->outs[out];
	bool is_there = *io->still_outs >> out & 1 && !lanes_any((v4i)to[0] != (v4i)value);

#pragma GCC unroll 4
	for (int i = is_there ? io->n_frames : 0; i < io->n_frames; i++)
		to[i] = value;
	*io->still_outs |= 1u << out;
}

/* A cable that can be read: what nothing is plugged into is 0. */
static inline struct cable cable_or_zero(struct cable cable)
{
	static const v4f zero;

	return cable.at ? cable : cable_of(&zero, 0);
}

/* Lanes whose gate opens at frame i. was_open: of the frame before, kept in the state. */
static inline v4i gate_rises(struct cable gate, size_t i, v4i *was_open)
{
	v4i is_open = at_frame(gate, i) > GATE_ON, rises = is_open & ~*was_open;

	*was_open = is_open;
	return rises;
}

/* 440 Hz at 69, an octave for 12. */
static inline v4f pitch_to_hz(v4f pitch, v4f semis)
{
	v4f note = lanes_clamp(pitch, lanes_of(-200.0f), lanes_of(200.0f));

	return lanes_exp2((note - 69.0f + semis) / 12.0f) * 440.0f;
}

/* sin(2 pi phase), the phase in 2^-32 cycles */
static inline v4f phase_sin(v4u phase)
{
	v4i x = (v4i)(phase - 0x40000000u);
	v4i folded = (x ^ (x >> 31)) - 0x40000000;

	return lanes_sin_quarter(lanes_from_int(folded) * (-1.57079632679f * 0x1p-30f));
}

/* Even random numbers: 32 bits a lane. No two lanes of a patch begin alike, in one module or in two
 * of a kind; a seed is never 0. Source: Marsaglia, "Xorshift RNGs", 2003. */
static inline v4u rand_seed(const struct module_io *io)
{
	enum { LANES_A_MODULE = 64 };
	uint32_t lane = (uint32_t)(io->nth * LANES_A_MODULE + io->group * N_LANES) + 1;

	return 0x9e3779b9u * (lane + (v4u){0, 1, 2, 3}) | 1u;
}

static inline v4u rand_next(v4u x)
{
	x ^= x << 13;
	x ^= x >> 17;
	return x ^ x << 5;
}

static inline v4f rand_bipolar(v4u x) /* -1..1 */
{
	return lanes_from_int((v4i)x) * 0x1p-31f;
}

/* How many frames from `at` on, at most n, have the choice they begin with (of lane 0). */
static inline int choice_frames(struct cable choice, int at, int n)
{
	int run = 1;

	if (!choice.step)
		return n;
	while (run < n && choice.at[at + run][0] == choice.at[at][0])
		run++;
	return run;
}

#endif
