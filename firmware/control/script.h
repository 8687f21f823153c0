/* script.h - commands with a time: `SECONDS COMMAND` a line, times that do not go back. A `#` that
 * begins a word begins a comment.
 * Threads: [init] [desk] */
#ifndef CONTROL_SCRIPT_H
#define CONTROL_SCRIPT_H

#include "base/diag.h"

struct script_line {
	double seconds;
	int line; /* in the file */
	char *command;
};

struct script {
	int n_lines;
	struct script_line *lines;
};

/* 0 and *script (free with script_free), or a negative errno and the reason with file and line. */
int script_read(const char *path, struct script *script, struct diag *diag);
void script_free(struct script *script);

#endif
