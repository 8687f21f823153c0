/* control_socket.h - where other programs tell the desk what to do.
 *
 * A Unix stream socket: one command a line, one line of reply for each, in order; behind "ok N lines" come N
 * lines more, CONTROL_ANSWER_BYTES at most. A line is at most
 * CONTROL_LINE_BYTES long (without its newline) and holds no NUL, else its reply is an error and
 * nothing is executed. A client that does not read its replies is not read from: nobody else waits.
 *
 * There are CONTROL_MAX_CLIENTS places. Where all are taken, the client that has stood still longest
 * makes room for a new one; it is told so. Never one that waits for a command's outcome (a commit's),
 * nor one whose request or replies are under way: for CONTROL_REQUEST_S from the request's first
 * byte, or from the last byte of a reply that it took. One that has not asked anything yet is given
 * CONTROL_SILENT_S, unless there is no other. Only where all places are in the middle of a request
 * is the new one refused.
 * Threads: open, close [init]; fds, serve [desk].
 * Errors:  open: 0 or a negative errno, the reason in diag; -EADDRINUSE: another chronus runs. */
#ifndef CONTROL_CONTROL_SOCKET_H
#define CONTROL_CONTROL_SOCKET_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum {
	CONTROL_MAX_CLIENTS = 8,
	CONTROL_LINE_BYTES = 1024,
	CONTROL_REPLY_BYTES = 512,
	CONTROL_ANSWER_BYTES = 64 * 1024,
	CONTROL_MAX_FDS = CONTROL_MAX_CLIENTS + 1,
	CONTROL_LATER = 1,
	CONTROL_LINES = 2,
	CONTROL_SAVE_LATER = 3,
	CONTROL_REQUEST_S = 5,
	CONTROL_SILENT_S = 1,
};

struct control_socket;

/* Executes one line; reply has room for CONTROL_ANSWER_BYTES. CONTROL_LATER and
 * CONTROL_SAVE_LATER: its reply comes later.
 * CONTROL_LINES: reply is "ok N lines", and N lines behind that. Any other is one line, whatever it holds, cut
 * at CONTROL_REPLY_BYTES. */
typedef int control_execute_fn(void *ctx, const char *line, char *reply, size_t reply_bytes);

/* Makes the socket (mode 0660). A file that a dead program left behind is replaced. */
int control_socket_open(struct control_socket **socket, const char *path, struct diag *diag);
/* Closes the clients and removes the file; NULL is allowed. */
void control_socket_close(struct control_socket *socket);

/* Descriptors to poll; up to max entries, CONTROL_MAX_FDS are enough. Returns how many. */
int control_socket_fds(const struct control_socket *socket, struct pollfd *fds, int max);
/* Accepts, reads, executes and answers what can be done at once; now_ns: clock_now_ns(). Never waits.
 * If execute returns CONTROL_LATER, the client's answer (and its next line) waits for
 * control_socket_answer. */
void control_socket_serve(
	struct control_socket *socket, int64_t now_ns, control_execute_fn *execute, void *ctx);
/* Answers every client that waits for that: CONTROL_LATER (a commit), CONTROL_SAVE_LATER. */
void control_socket_answer(struct control_socket *socket, int what, const char *reply);

#endif
