/* script.h - commands with a time: `SECONDS COMMAND` a line, times that do not go back. A `#` that
 * begins a word, outside of "quotes", begins a comment.
 *
 * A journal is a script that begins with the line `journal 2` and other lines without a time
 * (control/replay.h); its relative file names begin in its own folder.
 * Threads: [init] [desk] */
#ifndef CONTROL_SCRIPT_H
#define CONTROL_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"

struct script_line {
	double seconds;
	int line; /* in the file */
	char *command;
};

struct script {
	bool is_journal;
	int n_head;
	struct script_line *head; /* after `journal 2`, without a time */
	int n_lines;
	struct script_line *lines;
};

/* 0 and *script (free with script_free), or a negative errno and the reason with file and line. */
int script_read(const char *path, struct script *script, struct diag *diag);
/* Same, from an open file, which stays the caller's; path stands for it in messages. */
int script_read_file(FILE *file, const char *path, struct script *script, struct diag *diag);
void script_free(struct script *script);

/* A line's time as desk_set_time() has it, which clock_frames() rounds to the nearest frame, */
int64_t script_time_ns(double seconds);
/* and the block of that frame. */
uint64_t script_block(double seconds, int rate_hz, int block_frames);
/* The time of a frame, for a journal: %.6f of it is read back as the same frame. */
double script_seconds(uint64_t frame, int rate_hz);

#endif
