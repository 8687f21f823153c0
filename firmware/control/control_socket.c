/* control_socket.c - the control socket, for the desk's poll loop. See control_socket.h. */
#include "control/control_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { OUT_BYTES = 16 * CONTROL_REPLY_BYTES };

struct client {
	int fd;           /* -1: free */
	bool is_skipping; /* inside a line that is too long */
	bool has_ended;   /* it will send no more */
	bool is_waiting;  /* for the answer to its last line */
	size_t n_in, n_out;
	char in[CONTROL_LINE_BYTES + 1]; /* a line and its newline */
	char out[OUT_BYTES];             /* replies it has not taken yet */
};

struct control_socket {
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct client clients[CONTROL_MAX_CLIENTS];
};

static int socket_new(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* 0: nothing is there now; else why the path cannot be had. */
static int path_free(const struct sockaddr_un *at, struct diag *diag)
{
	struct ucred peer = {.pid = 0};
	socklen_t n_peer = sizeof(peer);
	struct stat info;
	int fd, err;

	if (lstat(at->sun_path, &info) < 0)
		return errno == ENOENT ? 0
				       : diag_set(diag, -errno, "control socket %s: %s",
						 at->sun_path, strerror(errno));
	if (!S_ISSOCK(info.st_mode))
		return diag_set(
			diag, -EEXIST, "control socket %s: a file stands there", at->sun_path);
	fd = socket_new();
	if (fd < 0)
		return diag_set(diag, -errno, "control socket: %s", strerror(errno));
	err = connect(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 ? -errno : 0;
	if (err == 0)
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n_peer);
	close(fd);
	if (err == 0)
		return diag_set(
			diag, -EADDRINUSE, "another chronus is running, pid %d", (int)peer.pid);
	if (err == -EAGAIN) /* alive, and its queue of callers is full */
		return diag_set(
			diag, -EADDRINUSE, "another chronus is running (it has %s)", at->sun_path);
	if (err != -ECONNREFUSED)
		return diag_set(diag, err, "control socket %s: %s", at->sun_path, strerror(-err));
	if (unlink(at->sun_path) < 0 && errno != ENOENT)
		return diag_set(diag, -errno, "control socket %s: cannot remove the old one: %s",
			at->sun_path, strerror(errno));
	return 0;
}

static int listener_open(const struct sockaddr_un *at, struct diag *diag)
{
	int fd = socket_new();
	int err;

	if (fd < 0)
		return diag_set(diag, -errno, "control socket: %s", strerror(errno));
	if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0) {
		err = -errno;
		close(fd);
		return diag_set(diag, err, "control socket %s: %s", at->sun_path, strerror(-err));
	}
	/* nobody can connect before listen, so the mode is right in time */
	if (chmod(at->sun_path, 0660) < 0 || listen(fd, CONTROL_MAX_CLIENTS) < 0) {
		err = -errno;
		unlink(at->sun_path);
		close(fd);
		return diag_set(diag, err, "control socket %s: %s", at->sun_path, strerror(-err));
	}
	return fd;
}

int control_socket_open(struct control_socket **out, const char *path, struct diag *diag)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct control_socket *cs;
	int err;

	if (strlen(path) >= sizeof(at.sun_path))
		return diag_set(diag, -ENAMETOOLONG, "control socket %.120s: longer than %zu bytes",
			path, sizeof(at.sun_path) - 1);
	memcpy(at.sun_path, path, strlen(path) + 1);
	err = path_free(&at, diag);
	if (err < 0)
		return err;
	cs = calloc(1, sizeof(*cs));
	if (!cs)
		return diag_set(diag, -ENOMEM, "control socket: out of memory");
	cs->fd = listener_open(&at, diag);
	if (cs->fd < 0) {
		err = cs->fd;
		free(cs);
		return err;
	}
	memcpy(cs->path, at.sun_path, sizeof(cs->path));
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		cs->clients[i].fd = -1;
	*out = cs;
	return 0;
}

static void client_close(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

void control_socket_close(struct control_socket *cs)
{
	if (!cs)
		return;
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		if (cs->clients[i].fd >= 0)
			client_close(&cs->clients[i]);
	}
	unlink(cs->path);
	close(cs->fd);
	free(cs);
}

/* Room for one more reply and its newline. */
static bool has_room(const struct client *client)
{
	return sizeof(client->out) - client->n_out > CONTROL_REPLY_BYTES;
}

int control_socket_fds(const struct control_socket *cs, struct pollfd *fds, int max)
{
	int n = 0;

	if (n < max)
		fds[n++] = (struct pollfd){.fd = cs->fd, .events = POLLIN};
	for (int i = 0; i < CONTROL_MAX_CLIENTS && n < max; i++) {
		const struct client *client = &cs->clients[i];
		int events = client->n_out ? POLLOUT : 0;

		if (client->fd < 0)
			continue;
		if (has_room(client) && !client->has_ended)
			events |= POLLIN;
		fds[n++] = (struct pollfd){.fd = client->fd, .events = (short)events};
	}
	return n;
}

static void accept_all(struct control_socket *cs)
{
	static const char full[] = "error: too many clients\n";
	int fd;

	while ((fd = accept4(cs->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct client *client = NULL;

		for (int i = 0; i < CONTROL_MAX_CLIENTS && !client; i++) {
			if (cs->clients[i].fd < 0)
				client = &cs->clients[i];
		}
		if (!client) {
			send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
			close(fd);
			continue;
		}
		client->fd = fd;
		client->is_skipping = client->has_ended = client->is_waiting = false;
		client->n_in = client->n_out = 0;
	}
}

/* One line, whatever it holds: the client counts lines. */
static void reply_put(struct client *client, const char *reply)
{
	char *at = client->out + client->n_out;
	size_t n = strnlen(reply, CONTROL_REPLY_BYTES - 1);

	memcpy(at, reply, n);
	for (size_t i = 0; i < n; i++) {
		if (at[i] == '\n' || at[i] == '\r')
			at[i] = ' ';
	}
	at[n] = '\n';
	client->n_out += n + 1;
}

static void client_flush(struct client *client)
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
	client->n_out -= (size_t)n;
	memmove(client->out, client->out + n, client->n_out);
}

static void client_read(struct client *client)
{
	size_t room = sizeof(client->in) - client->n_in;
	ssize_t n;

	if (client->has_ended || room == 0)
		return;
	n = recv(client->fd, client->in + client->n_in, room, MSG_DONTWAIT);
	if (n > 0)
		client->n_in += (size_t)n;
	else if (n == 0)
		client->has_ended = true; /* what it asked before is still answered */
	else if (errno != EAGAIN && errno != EINTR)
		client_close(client);
}

typedef int execute_fn(void *ctx, const char *line, char *reply, size_t reply_bytes);

static void line_execute(
	struct client *client, char *line, size_t n, execute_fn *execute, void *ctx)
{
	char reply[CONTROL_REPLY_BYTES] = "";

	if (n && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	if (client->is_skipping)
		snprintf(reply, sizeof(reply), "error: a line is at most %d bytes long",
			CONTROL_LINE_BYTES);
	else if (strlen(line) != n)
		snprintf(reply, sizeof(reply), "error: the line has a NUL byte");
	else
		client->is_waiting = execute(ctx, line, reply, sizeof(reply)) == CONTROL_LATER;
	client->is_skipping = false;
	if (client->is_waiting)
		return;
	reply_put(client, reply[0] ? reply : "error: no reply");
}

static void lines_execute(struct client *client, execute_fn *execute, void *ctx)
{
	size_t done = 0;
	char *end;

	while (!client->is_waiting && has_room(client) &&
		(end = memchr(client->in + done, '\n', client->n_in - done)) != NULL) {
		char *line = client->in + done;

		line_execute(client, line, (size_t)(end - line), execute, ctx);
		done += (size_t)(end - line) + 1;
	}
	client->n_in -= done;
	memmove(client->in, client->in + done, client->n_in);
	if (client->n_in == sizeof(client->in) && !memchr(client->in, '\n', client->n_in)) {
		client->is_skipping = true;
		client->n_in = 0;
	}
}

void control_socket_answer(struct control_socket *cs, const char *reply)
{
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		struct client *client = &cs->clients[i];

		if (client->fd < 0 || !client->is_waiting)
			continue;
		client->is_waiting = false;
		reply_put(client, reply);
		client_flush(client);
	}
}

void control_socket_serve(struct control_socket *cs, execute_fn *execute, void *ctx)
{
	accept_all(cs);
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		struct client *client = &cs->clients[i];

		if (client->fd >= 0)
			client_flush(client);
		if (client->fd >= 0)
			client_read(client);
		if (client->fd >= 0) {
			lines_execute(client, execute, ctx);
			client_flush(client);
		}
		/* all lines are answered and taken: an unfinished one is nobody's */
		if (client->fd >= 0 && client->has_ended && !client->is_waiting &&
			client->n_out == 0 && !memchr(client->in, '\n', client->n_in))
			client_close(client);
	}
}
