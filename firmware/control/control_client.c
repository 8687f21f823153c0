/* control_client.c - one client of the control socket. See control_client.h. */
#include "control/control_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void client_close(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

bool client_has_room(const struct client *client)
{
	return sizeof(client->out) - client->n_out > CONTROL_ANSWER_BYTES;
}

void client_reply(struct client *client, const char *reply)
{
	char *at = client->out + client->n_out;
	size_t n = strnlen(reply, CONTROL_REPLY_BYTES - 1);

	memmove(at, reply, n); /* it may stand there already */
	for (size_t i = 0; i < n; i++) {
		if (at[i] == '\n' || at[i] == '\r')
			at[i] = ' ';
	}
	at[n] = '\n';
	client->n_out += n + 1;
}

/* It stands in its place already. */
static void client_reply_lines(struct client *client, char *reply)
{
	size_t n = strnlen(reply, CONTROL_ANSWER_BYTES - 1);

	reply[n] = '\n';
	client->n_out += n + 1;
}

void client_flush(struct client *client, int64_t now_ns)
{
	ssize_t n;

	if (client->n_out == 0)
		return;
	n = send(client->fd, client->out, client->n_out, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			client_close(client);
		return;
	}
	client->since_ns = now_ns;
	client->n_out -= (size_t)n;
	memmove(client->out, client->out + n, client->n_out);
}

bool client_is_open(const struct client *client)
{
	return client->n_in || client->n_out || client->is_skipping;
}

void client_read(struct client *client, int64_t now_ns)
{
	size_t room = sizeof(client->in) - client->n_in;
	char *to = client->in + client->n_in;
	ssize_t n;

	if (client->has_ended || room == 0)
		return;
	n = recv(client->fd, to, room, MSG_DONTWAIT);
	if (n > 0 && (!client_is_open(client) || memchr(to, '\n', (size_t)n)))
		client->since_ns = now_ns; /* a request begins, or is whole */
	if (n > 0)
		client->n_in += (size_t)n;
	else if (n == 0)
		client->has_ended = true; /* what it asked before is still answered */
	else if (errno != EAGAIN && errno != EINTR)
		client_close(client);
}

static void line_execute(
	struct client *client, char *line, size_t n, control_execute_fn *execute, void *ctx)
{
	char *reply = client->out + client->n_out; /* there is room */
	int result = 0;

	reply[0] = '\0';
	if (n && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	if (client->is_skipping)
		snprintf(reply, CONTROL_ANSWER_BYTES, "error: a line is at most %d bytes long",
			CONTROL_LINE_BYTES);
	else if (strlen(line) != n)
		snprintf(reply, CONTROL_ANSWER_BYTES, "error: the line has a NUL byte");
	else
		result = execute(ctx, line, reply, CONTROL_ANSWER_BYTES);
	client->is_waiting = result == CONTROL_LATER || result == CONTROL_SAVE_LATER ? result : 0;
	client->is_skipping = false;
	if (client->is_waiting)
		return;
	if (result == CONTROL_LINES)
		client_reply_lines(client, reply);
	else
		client_reply(client, reply[0] ? reply : "error: no reply");
}

static void lines_execute(struct client *client, control_execute_fn *execute, void *ctx)
{
	size_t done = 0;
	char *end;

	while (!client->is_waiting && client_has_room(client) &&
		(end = memchr(client->in + done, '\n', client->n_in - done)) != NULL) {
		char *line = client->in + done;

		line_execute(client, line, (size_t)(end - line), execute, ctx);
		done += (size_t)(end - line) + 1;
		client->has_asked = true;
	}
	client->n_in -= done;
	memmove(client->in, client->in + done, client->n_in);
	if (client->n_in == sizeof(client->in) && !memchr(client->in, '\n', client->n_in)) {
		client->is_skipping = true;
		client->n_in = 0;
	}
}

void client_serve(struct client *client, int64_t now_ns, control_execute_fn *execute, void *ctx)
{
	if (client->fd >= 0)
		client_flush(client, now_ns);
	if (client->fd >= 0)
		client_read(client, now_ns);
	if (client->fd >= 0) {
		lines_execute(client, execute, ctx);
		client_flush(client, now_ns);
	}
	/* all lines are answered and taken: an unfinished one is nobody's */
	if (client->fd >= 0 && client->has_ended && !client->is_waiting && client->n_out == 0 &&
		!memchr(client->in, '\n', client->n_in))
		client_close(client);
}
