/* wav.h - RIFF WAVE files, written as they grow.
 *
 * The header is right at every moment that wav_flush or wav_close was called. Files end cleanly at
 * 4 GB.
 * Threads: [init] [housekeeping]; one file, one thread. Errors: negative errno.
 * Source:  Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991). */
#ifndef BASE_WAV_H
#define BASE_WAV_H

#include <stdint.h>
#include <stdio.h>

struct wav_format {
	int rate_hz;
	int n_channels;
	int bits;      /* 16, 24 (packed), 32 */
	int is_float;
};

struct wav {
	FILE *file;
	struct wav_format format;
	uint64_t data_bytes;
};

int wav_create(struct wav *wav, const char *path, const struct wav_format *format);
int wav_write(struct wav *wav, const void *bytes, size_t n_bytes);
int wav_flush(struct wav *wav);
int wav_close(struct wav *wav);

#endif
