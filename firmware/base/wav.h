/* wav.h - RIFF WAVE files, written as they grow.
 *
 * The header is right at every moment that wav_flush or wav_close was called. A file that may grow
 * above 4 GB has room in its header for sizes of 64 bits, and is RF64 from there on; others end
 * cleanly at 4 GB, with -EFBIG.
 * Threads: [init] [housekeeping]; one file, one thread. Errors: negative errno.
 * Sources: Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991); EBU Tech
 *          3306, MBWF / RF64 (2009). */
#ifndef BASE_WAV_H
#define BASE_WAV_H

#include <stdint.h>
#include <stdio.h>

#define WAV_MAX_BYTES (UINT32_MAX - 128u) /* of samples, without may_be_large */

struct wav_format {
	int rate_hz;
	int n_channels;
	int bits; /* 16, 24 (packed), 32 */
	int is_float;
	int may_be_large; /* above WAV_MAX_BYTES of samples */
};

struct wav {
	FILE *file;
	struct wav_format format;
	uint64_t data_bytes;
	int has_failed; /* a write; wav_close makes the header right again */
};

int wav_create(struct wav *wav, const char *path, const struct wav_format *format);
int wav_write(struct wav *wav, const void *bytes, size_t n_bytes);
int wav_flush(struct wav *wav);
int wav_close(struct wav *wav);

#endif
