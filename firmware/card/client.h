/* client.h - the client of serve.h: requests to the privileged side.
 *
 * If nobody listens (no units are installed, or a test), it is done by a child process with our
 * own rights.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason; -EPROTO: the answer was "error: ...", which is
 *          the reason. */
#ifndef CARD_CLIENT_H
#define CARD_CLIENT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"
#include "card/paths.h"

struct client {
	int fd;
	pid_t child; /* 0: a service answers */
};

int client_open(struct client *client, const struct paths *paths, struct diag *diag);
int client_send(struct client *client, const void *bytes, size_t n_bytes, struct diag *diag);
/* No more comes: what is sent is whole. Says each line that begins "- " to say, and closes. On
 * success the last line is in answer, without its "ok ". */
int client_answer(struct client *client, void (*say)(const char *line), char *answer,
	size_t n_bytes, struct diag *diag);

#endif
