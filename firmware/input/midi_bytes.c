/* Tested by: unit/input/test_midi_bytes */
#include "input/midi_bytes.h"

#include <errno.h>
#include <sound/asound.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { FRAME_BYTES = SNDRV_RAWMIDI_FRAMING_DATA_LENGTH, BUFFER_BYTES = 4096 };

bool midi_bytes_ask_for_times(int fd)
{
	struct snd_rawmidi_params params = {.stream = SNDRV_RAWMIDI_STREAM_INPUT,
		.buffer_size = BUFFER_BYTES,
		.avail_min = 1,
		.mode = SNDRV_RAWMIDI_MODE_FRAMING_TSTAMP | SNDRV_RAWMIDI_MODE_CLOCK_MONOTONIC};
	int version = SNDRV_RAWMIDI_VERSION;

	return ioctl(fd, SNDRV_RAWMIDI_IOCTL_USER_PVERSION, &version) == 0 &&
	       ioctl(fd, SNDRV_RAWMIDI_IOCTL_PARAMS, &params) == 0;
}

static void put(struct midi_bytes *bytes, uint8_t byte, int64_t time_ns)
{
	bytes->at[bytes->n] = byte;
	bytes->time_ns[bytes->n++] = time_ns;
}

/* read(), where nothing to read is 0 bytes */
static ssize_t read_some(int fd, void *to, size_t n_bytes)
{
	ssize_t n = read(fd, to, n_bytes);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n <= 0 ? -ENODEV : n;
}

static int read_frames(struct midi_bytes *bytes, int fd, int max)
{
	struct snd_rawmidi_framing_tstamp frames[MIDI_BYTES_MAX / FRAME_BYTES];
	size_t n_frames = (size_t)int_min(max, MIDI_BYTES_MAX) / FRAME_BYTES;
	ssize_t n_read = n_frames ? read_some(fd, frames, n_frames * sizeof(frames[0])) : 0;

	for (int f = 0; n_read > 0 && f < n_read / (ssize_t)sizeof(frames[0]); f++) {
		int64_t time_ns = (int64_t)frames[f].tv_sec * NS_PER_S + (int64_t)frames[f].tv_nsec;

		for (int i = 0;
			frames[f].frame_type == 0 && i < frames[f].length && i < FRAME_BYTES; i++)
			put(bytes, frames[f].data[i], time_ns);
	}
	return n_read < 0 ? (int)n_read : 0;
}

int midi_bytes_read(struct midi_bytes *bytes, int fd, bool is_framed, int64_t now_ns, int max)
{
	uint8_t plain[MIDI_BYTES_MAX];
	ssize_t n_read;

	bytes->n = 0;
	if (is_framed)
		return read_frames(bytes, fd, max);
	n_read = read_some(fd, plain, (size_t)int_min(max, MIDI_BYTES_MAX));
	for (int i = 0; i < n_read; i++)
		put(bytes, plain[i], now_ns);
	return n_read < 0 ? (int)n_read : 0;
}
