/* voice.h - gates, pitches, phases and random numbers of modules of voices.
 * Threads: [any], pure. */
#ifndef DSP_VOICE_H
#define DSP_VOICE_H

#include "dsp/cable.h"
#include "dsp/lanes_math.h"

/* Fills outs[out] with one value, unless the last block left it so, and says that it is constant. */
static inline void out_constant(const struct module_io *io, int out, v4f value)
{
	v4f *to = io->outs[out];
	bool is_there = *io->constant_outs >> out & 1 && !lanes_any((v4i)to[0] != (v4i)value);

#pragma GCC unroll 4
	for (int i = is_there ? io->n_frames : 0; i < io->n_frames; i++)
		to[i] = value;
	*io->constant_outs |= 1u << out;
}

/* Lanes whose gate opens at frame i. was_open: of the frame before, kept in the state. */
static inline v4i gate_rises(struct cable gate, size_t i, v4i *was_open)
{
	v4i is_open = cable_at(gate, i) > GATE_ON, rises = is_open & ~*was_open;

	*was_open = is_open;
	return rises;
}

/* 440 Hz at 69, an octave for 12. */
static inline v4f pitch_to_hz(v4f pitch, v4f semis)
{
	v4f note = lanes_clamp(pitch, lanes_of(-200.0f), lanes_of(200.0f));

	return lanes_exp2((note - 69.0f + semis) / 12.0f) * 440.0f;
}

/* The frequency of a frame: that of `pitch` where it is plugged in, else freq_hz. */
static inline v4f hz_at(struct cable pitch, struct cable freq_hz, size_t frame)
{
	return pitch.at ? pitch_to_hz(cable_at(pitch, frame), lanes_of(0.0f))
			: cable_at(freq_hz, frame);
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

#endif
