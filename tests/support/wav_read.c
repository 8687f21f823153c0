#include "tests/support/wav_read.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t get(const unsigned char *at, int n_bytes)
{
	uint32_t x = 0;

	for (int i = 0; i < n_bytes; i++)
		x |= (uint32_t)at[i] << 8 * i;
	return x;
}

static float sample_of(const unsigned char *at, const struct wav_data *wav)
{
	uint32_t raw = get(at, wav->bits / 8);
	float x;

	if (!wav->is_float)
		return (float)((double)(int32_t)(raw << (32 - wav->bits)) / 2147483648.0);
	memcpy(&x, &raw, sizeof(x));
	return x;
}

static int complain(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	return -1;
}

int wav_read(const char *path, struct wav_data *wav)
{
	FILE *file = fopen(path, "rb");
	unsigned char header[58];
	size_t frame_bytes, n_bytes, n_header;
	unsigned char *bytes;

	if (!file)
		return complain(path, "cannot be opened");
	n_header = fread(header, 1, 44, file);
	if (n_header == 44 && get(header + 16, 4) == 18) /* floats: an extension and a fact chunk */
		n_header += fread(header + 44, 1, 14, file);
	if (n_header < 44 || memcmp(header, "RIFF", 4) ||
		memcmp(header + n_header - 8, "data", 4)) {
		fclose(file);
		return complain(path, "not a WAV file of ours");
	}
	*wav = (struct wav_data){
		.rate_hz = (int)get(header + 24, 4),
		.n_channels = (int)get(header + 22, 2),
		.bits = (int)get(header + 34, 2),
		.is_float = get(header + 20, 2) == 3,
	};
	n_bytes = get(header + n_header - 4, 4);
	frame_bytes = (size_t)(wav->n_channels * wav->bits / 8);
	wav->n_frames = (int)(n_bytes / frame_bytes);
	wav->frames = aligned_alloc(16, ((size_t)wav->n_frames + 1) * sizeof(v4f));
	bytes = malloc(n_bytes + 1);
	if (fread(bytes, 1, n_bytes, file) != n_bytes || fgetc(file) != EOF) {
		fclose(file);
		free(bytes);
		wav_data_free(wav);
		return complain(path, "its length is not what its header says");
	}
	for (int i = 0; i < wav->n_frames; i++)
		for (int c = 0; c < 4; c++)
			wav->frames[i][c] = c < wav->n_channels
						    ? sample_of(bytes + (size_t)i * frame_bytes +
									(size_t)(c * wav->bits / 8),
							      wav)
						    : 0.0f;
	free(bytes);
	fclose(file);
	return 0;
}

void wav_data_free(struct wav_data *wav)
{
	free(wav->frames);
	wav->frames = NULL;
}
