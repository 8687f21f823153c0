/* midi_bytes.h - bytes of a raw MIDI file, each with the time at which the kernel took it.
 *
 * Kernels from 5.14 on hand them over in frames with a time of CLOCK_MONOTONIC, if they are asked to; of
 * others, and of a pipe, it is the time of the read.
 * Threads: [desk]
 * Errors:  a negative errno. */
#ifndef INPUT_MIDI_BYTES_H
#define INPUT_MIDI_BYTES_H

#include <stdbool.h>
#include <stdint.h>

enum { MIDI_BYTES_MAX = 256 };

struct midi_bytes {
	int n;
	uint8_t at[MIDI_BYTES_MAX];
	int64_t time_ns[MIDI_BYTES_MAX];
};

/* true: from now on the file is read in frames. */
bool midi_bytes_ask_for_times(int fd);
/* At most max bytes of a file that is_framed or not; none where there is room for less than a frame.
 * 0, or -ENODEV: the port is gone. */
int midi_bytes_read(struct midi_bytes *bytes, int fd, bool is_framed, int64_t now_ns, int max);

#endif
