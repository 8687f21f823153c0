/* wav_read.h - reads back what chronus wrote: 16, 24, 32 bit and float WAV into lanes 0 and 1. */
#ifndef SUPPORT_WAV_READ_H
#define SUPPORT_WAV_READ_H

#include "dsp/lanes.h"

struct wav_data {
	int rate_hz, n_channels, bits, is_float;
	int n_frames;
	v4f *frames; /* left and right in lanes 0 and 1 */
};

/* 0, or -1 with a line on stderr. Free with wav_data_free. */
int wav_read(const char *path, struct wav_data *wav);
void wav_data_free(struct wav_data *wav);

#endif
