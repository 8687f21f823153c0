/* control_client.h - one client of the control socket: its lines in, its replies out.
 * Threads: [desk] */
#ifndef CONTROL_CONTROL_CLIENT_H
#define CONTROL_CONTROL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_socket.h"

enum { CLIENT_OUT_BYTES = CONTROL_ANSWER_BYTES + 16 * CONTROL_REPLY_BYTES };

struct client {
	int fd;           /* -1: free */
	bool is_skipping; /* inside a line that is too long */
	bool has_ended;   /* it will send no more */
	int is_waiting;   /* for the answer to its last line: what execute returned, or 0 */
	bool has_asked;   /* a whole line */
	bool is_new;      /* accepted by this call */
	int64_t since_ns; /* it stands still: control_socket.h says what counts */
	size_t n_in, n_out;
	char in[CONTROL_LINE_BYTES + 1]; /* a line and its newline */
	char out[CLIENT_OUT_BYTES];      /* replies it has not taken yet */
};

/* A request or a reply of it is under way. */
bool client_is_open(const struct client *client);
/* Room for one more answer and its newline. */
bool client_has_room(const struct client *client);
/* Takes what it has sent, as far as there is room. */
void client_read(struct client *client, int64_t now_ns);
/* Reads, executes and answers what can be done at once; closes it where it has ended. */
void client_serve(struct client *client, int64_t now_ns, control_execute_fn *execute, void *ctx);
/* One line, whatever it holds: the client counts lines. There is room. */
void client_reply(struct client *client, const char *reply);
void client_flush(struct client *client, int64_t now_ns);
void client_close(struct client *client);

#endif
