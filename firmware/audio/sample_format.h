/* sample_format.h - float samples to what a device or a file holds.
 *
 * 16 bit gets TPDF dither of +-1 LSB; 24 bit and more are rounded. Dither is a function of the
 * frame's number and the channel, nothing else: the same frames give the same bytes, whoever
 * converts them, in pieces of any size.
 * Shapes:  in: floats, +-1; out: little-endian samples.
 * Threads: [any], pure.
 * Source:  Lipshitz, Wannamaker, Vanderkooy, Quantization and Dither, JAES 40 (1992). */
#ifndef AUDIO_SAMPLE_FORMAT_H
#define AUDIO_SAMPLE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

enum sample_format {
	FORMAT_S16,
	FORMAT_S24,
	FORMAT_S24_3,
	FORMAT_S32,
	FORMAT_FLOAT,
	N_SAMPLE_FORMATS
};

struct converter {
	enum sample_format format;
	/* 24 bit and more: a frame's sample gets this much added or taken away, as
	 * sample_noise's lowest bit says (1: added), so that silence is never digital zero.
	 * 0: off. 16 bit has its dither always. */
	int32_t awake_lsb;
};

/* FORMAT_S24: 24 bits in the low part of 4 bytes; FORMAT_S24_3: packed in 3. */
size_t sample_bytes(enum sample_format format) RT_SAFE;
const char *sample_format_name(enum sample_format format);

/* 64 random bits of a frame and a channel (0 left, 1 right): splitmix64 of 2 * frame + channel.
 * TPDF dither is (bits 40..63) - (bits 16..39), in 2^-24 LSB.
 * Source: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014. */
uint64_t sample_noise(uint64_t frame, int channel) RT_SAFE;

/* One channel: n samples, in_step floats apart, to places out_bytes apart. frame is the number of
 * the first. */
struct sample_run {
	const float *in;
	int in_step;
	unsigned char *out;
	size_t out_bytes;
	int n;
	uint64_t frame;
	int channel;
};
void converter_put(const struct converter *converter, const struct sample_run *run) RT_SAFE;
/* Interleaved stereo to interleaved stereo. */
void converter_run(const struct converter *converter, uint64_t frame, const float *stereo,
	void *out, int n_frames) RT_SAFE;

#endif
