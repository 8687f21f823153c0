/* ask.h - the running program's control socket, from another one. Threads: [init]
 * Errors: 0 or a negative errno; -EAGAIN: it did not answer in time. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stddef.h>
#include <stdio.h>

enum { ASK_PATIENCE_S = 5 };

struct ask {
	int fd;
	size_t at, n; /* what was read ahead */
	char bytes[1024];
};

int ask_open(struct ask *ask, const char *path);
void ask_close(struct ask *ask);
/* One command. */
int ask_send(struct ask *ask, const char *command);
/* Its reply's next line, cut at n_bytes; stream: gets all of it, too, or NULL. */
int ask_line(struct ask *ask, char *line, size_t n_bytes, FILE *stream);
/* The number of lines behind this first one. */
int ask_lines_behind(const char *first);

#endif
