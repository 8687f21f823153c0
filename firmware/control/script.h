/* script.h - commands with a time: `SECONDS COMMAND` a line, times that do not go back. A `#` that
 * begins a word, outside of "quotes", begins a comment.
 *
 * A journal is a script that begins with the line `journal 1` and other lines without a time
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
	struct script_line *head; /* after `journal 1`, without a time */
	int n_lines;
	struct script_line *lines;
};

/* 0 and *script (free with script_free), or a negative errno and the reason with file and line. */
int script_read(const char *path, struct script *script, struct diag *diag);
/* Same, from an open file, which stays the caller's; path stands for it in messages. */
int script_read_file(FILE *file, const char *path, struct script *script, struct diag *diag);
void script_free(struct script *script);

/* The block in which a line's time falls. */
uint64_t script_block(double seconds, int rate_hz, int block_frames);
/* A time in the block, for a journal: %.6f of it is read back as the same block. */
double script_seconds(uint64_t block, int rate_hz, int block_frames);

#endif
