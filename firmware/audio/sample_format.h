/* sample_format.h - float samples to what a device or a file holds.
 *
 * 16 bit gets TPDF dither of +-1 LSB; 24 bit and more are rounded. The dither is a fixed sequence
 * from its seed, so the same samples give the same bytes.
 * Shapes:  in: n floats, +-1; out: n little-endian samples.
 * Threads: [any]; a converter belongs to one thread.
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
	uint32_t noise; /* dither state */
};

/* FORMAT_S24: 24 bits in the low part of 4 bytes; FORMAT_S24_3: packed in 3. */
size_t sample_bytes(enum sample_format format) RT_SAFE;
const char *sample_format_name(enum sample_format format);
void converter_init(struct converter *converter, enum sample_format format);
void converter_run(struct converter *converter, const float *in, void *out, int n) RT_SAFE;

#endif
