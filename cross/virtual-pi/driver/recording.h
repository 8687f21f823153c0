/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recording.h - what the DAC was fed, for tests to read in debugfs:
 *   recording  the frames, interleaved, in the format of the stream
 *   log        a line for each start and stop: time, place in the recording, format, rate; then
 *              one of now, with how late the sample clock's interrupt was at most
 * Writing anything to `recording` empties both.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include <linux/types.h>

struct recording_line {
	const char *what, *format;
	u64 ns;          /* CLOCK_MONOTONIC */
	size_t at_bytes; /* set by recording_note */
	unsigned int rate_hz, channels, period_frames, buffer_frames, burst_frames;
	bool is_interleaved;
};

int recording_open(const char *name, size_t size);
void recording_close(void);

/* From the sample clock's interrupt; what does not fit is counted. */
void recording_keep(const void *from, size_t n);

/* The same: how long after its time the interrupt came. */
void recording_note_late(u64 ns);

/* From ALSA's trigger, where nothing is taken at the same time. */
void recording_note(const struct recording_line *line);

#endif
