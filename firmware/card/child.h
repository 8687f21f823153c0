/* child.h - runs another program: arguments as they are, no shell, our own path and language.
 *
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_CHILD_H
#define CARD_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"

/* Runs it to its end. Its output's first line, without the end, goes to out (NULL: none). What it
 * said on stderr is the reason where it fails. */
int child_run(const char *const argv[], char *out, size_t n_bytes, struct diag *diag);
/* The same with these bytes on its stdin; all of its output goes to out, as far as it fits. */
int child_feed(const char *const argv[], const void *input, size_t n_input, char *out,
	size_t n_bytes, struct diag *diag);

/* The same, left running: its output is read from *fd. child_end closes it and waits; told to end
 * early (its output is not wanted any more) it does not fail. */
struct child {
	const char *name;
	pid_t pid;
	int fd;
};
int child_start(struct child *child, const char *const argv[], struct diag *diag);
int child_end(struct child *child, int is_early, struct diag *diag);

/* Removes a folder with all that is in it, by rm. */
int child_remove_tree(const char *path, struct diag *diag);

#endif
