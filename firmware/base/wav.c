#include "base/wav.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FORMAT_PCM = 1,
	FORMAT_IEEE_FLOAT = 3,
	PCM_HEADER_BYTES = 44,
	FLOAT_HEADER_BYTES = 58, /* an extension of no bytes, and the fact chunk */
	SIZES_BYTES = 28,        /* of the chunk ds64, or of the one that keeps its place */
	MAX_HEADER_BYTES = FLOAT_HEADER_BYTES + 8 + SIZES_BYTES,
};
_Static_assert(MAX_HEADER_BYTES <= UINT32_MAX - WAV_MAX_BYTES, "what a RIFF counts fits 32 bits");

/* Fills in the header byte by byte, little-endian. */
struct writer {
	unsigned char bytes[MAX_HEADER_BYTES];
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

static int header_bytes(const struct wav_format *format)
{
	return (format->is_float ? FLOAT_HEADER_BYTES : PCM_HEADER_BYTES) +
	       (format->may_be_large ? 8 + SIZES_BYTES : 0);
}

/* The sizes of an RF64; in a file that is small yet, the same room in a chunk that readers skip. */
static void put_sizes(struct writer *to, bool is_large, uint64_t file_bytes, uint64_t data_bytes,
	uint64_t n_frames)
{
	put_text(to, is_large ? "ds64" : "JUNK");
	put(to, SIZES_BYTES, 4);
	put(to, is_large ? file_bytes : 0, 8);
	put(to, is_large ? data_bytes : 0, 8);
	put(to, is_large ? n_frames : 0, 8);
	put(to, 0, 4);
}

static int write_header(struct wav *wav)
{
	const struct wav_format *format = &wav->format;
	uint64_t frame_bytes = (uint64_t)(format->n_channels * format->bits / 8);
	uint64_t file_bytes = (uint64_t)header_bytes(format) - 8 + wav->data_bytes;
	uint64_t n_frames = wav->data_bytes / frame_bytes;
	bool is_large = wav->data_bytes > WAV_MAX_BYTES;
	struct writer header = {0};

	put_text(&header, is_large ? "RF64" : "RIFF");
	put(&header, is_large ? UINT32_MAX : file_bytes, 4);
	put_text(&header, "WAVE");
	if (format->may_be_large)
		put_sizes(&header, is_large, file_bytes, wav->data_bytes, n_frames);
	put_text(&header, "fmt ");
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
		put(&header, is_large ? UINT32_MAX : n_frames, 4);
	}
	put_text(&header, "data");
	put(&header, is_large ? UINT32_MAX : wav->data_bytes, 4);
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
	if (!wav->format.may_be_large && wav->data_bytes + n_bytes > WAV_MAX_BYTES)
		return -EFBIG;
	if (fwrite(bytes, 1, n_bytes, wav->file) != n_bytes) {
		wav->has_failed = 1;
		return -errno;
	}
	wav->data_bytes += n_bytes;
	return 0;
}

int wav_flush(struct wav *wav)
{
	int err;

	if (fseeko(wav->file, 0, SEEK_SET) < 0)
		return -errno;
	err = write_header(wav);
	if (fseeko(wav->file, 0, SEEK_END) < 0 || fflush(wav->file) != 0)
		return -errno;
	return err;
}

/* After an error: what has reached the file is what its header says. Of what waits in the buffer
 * nobody can tell how much will. */
static void end_short(struct wav *wav)
{
	struct stat info;

	__fpurge(wav->file);
	clearerr(wav->file);
	if (fstat(fileno(wav->file), &info) == 0 && S_ISREG(info.st_mode) &&
		info.st_size >= header_bytes(&wav->format)) {
		wav->data_bytes = (uint64_t)(info.st_size - header_bytes(&wav->format));
		wav_flush(wav);
	}
}

int wav_close(struct wav *wav)
{
	int err;

	if (!wav->file)
		return 0;
	err = wav_flush(wav);
	if (err < 0 || wav->has_failed)
		end_short(wav);
	if (fclose(wav->file) != 0 && !err)
		err = -errno;
	wav->file = NULL;
	return err;
}
