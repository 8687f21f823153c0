/* ask.h - the other side of serve.h: asks the privileged side to do something.
 *
 * If nobody listens (no units are installed, or a test), it is done by a child process with our
 * own rights.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason; -EPROTO: the answer was "error: ...", which is
 *          the reason. */
#ifndef CARD_ASK_H
#define CARD_ASK_H

#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"
#include "card/places.h"

struct ask {
	int fd;
	pid_t child; /* 0: a service answers */
};

int ask_open(struct ask *ask, const struct places *places, struct diag *diag);
int ask_send(struct ask *ask, const void *bytes, size_t n_bytes, struct diag *diag);
/* No more comes: what is sent is whole. Says each line that begins "- " to say, and closes. On
 * success the last line is in answer, without its "ok ". */
int ask_answer(struct ask *ask, void (*say)(const char *line), char *answer, size_t n_bytes,
	struct diag *diag);

#endif
