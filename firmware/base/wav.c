#include "base/wav.h"

#include <errno.h>
#include <string.h>

enum {
	FORMAT_PCM = 1,
	FORMAT_IEEE_FLOAT = 3,
	PCM_HEADER_BYTES = 44,
	FLOAT_HEADER_BYTES = 58, /* an extension of no bytes, and the fact chunk */
};
#define DATA_MAX_BYTES (UINT32_MAX - FLOAT_HEADER_BYTES)

/* Fills in the header byte by byte, little-endian. */
struct writer {
	unsigned char bytes[FLOAT_HEADER_BYTES];
	int n;
};

static void put_text(struct writer *to, const char *text)
{
	while (*text)
		to->bytes[to->n++] = (unsigned char)*text++;
}

static void put(struct writer *to, uint64_t value, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++)
		to->bytes[to->n++] = (unsigned char)(value >> 8 * i);
}

static int write_header(struct wav *wav)
{
	const struct wav_format *format = &wav->format;
	uint64_t frame_bytes = (uint64_t)(format->n_channels * format->bits / 8);
	int n_header = format->is_float ? FLOAT_HEADER_BYTES : PCM_HEADER_BYTES;
	struct writer header = {0};

	put_text(&header, "RIFF");
	put(&header, wav->data_bytes + (uint64_t)n_header - 8, 4);
	put_text(&header, "WAVEfmt ");
	put(&header, format->is_float ? 18 : 16, 4);
	put(&header, format->is_float ? FORMAT_IEEE_FLOAT : FORMAT_PCM, 2);
	put(&header, (uint64_t)format->n_channels, 2);
	put(&header, (uint64_t)format->rate_hz, 4);
	put(&header, (uint64_t)format->rate_hz * frame_bytes, 4);
	put(&header, frame_bytes, 2);
	put(&header, (uint64_t)format->bits, 2);
	if (format->is_float) {
		put(&header, 0, 2);
		put_text(&header, "fact");
		put(&header, 4, 4);
		put(&header, wav->data_bytes / frame_bytes, 4);
	}
	put_text(&header, "data");
	put(&header, wav->data_bytes, 4);
	return fwrite(header.bytes, (size_t)header.n, 1, wav->file) == 1 ? 0 : -errno;
}

int wav_create(struct wav *wav, const char *path, const struct wav_format *format)
{
	int err;

	*wav = (struct wav){.file = fopen(path, "wbe"), .format = *format};
	if (!wav->file)
		return -errno;
	err = write_header(wav);
	if (err < 0) {
		fclose(wav->file);
		wav->file = NULL;
	}
	return err;
}

int wav_write(struct wav *wav, const void *bytes, size_t n_bytes)
{
	if (wav->data_bytes + n_bytes > DATA_MAX_BYTES)
		return -EFBIG;
	if (fwrite(bytes, 1, n_bytes, wav->file) != n_bytes)
		return -errno;
	wav->data_bytes += n_bytes;
	return 0;
}

int wav_flush(struct wav *wav)
{
	int err;

	if (fseek(wav->file, 0, SEEK_SET) < 0)
		return -errno;
	err = write_header(wav);
	if (fseek(wav->file, 0, SEEK_END) < 0 || fflush(wav->file) != 0)
		return -errno;
	return err;
}

int wav_close(struct wav *wav)
{
	int err;

	if (!wav->file)
		return 0;
	err = wav_flush(wav);
	if (fclose(wav->file) != 0 && !err)
		err = -errno;
	wav->file = NULL;
	return err;
}
