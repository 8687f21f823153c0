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

#include "base/clock.h"
#include "control/control_client.h"

struct control_socket {
	int fd;
	int64_t now_ns; /* of the last call of control_socket_serve */
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
		if (client_has_room(client) && !client->has_ended)
			events |= POLLIN;
		fds[n++] = (struct pollfd){.fd = client->fd, .events = (short)events};
	}
	return n;
}

void control_socket_answer(struct control_socket *cs, int what, const char *reply)
{
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		struct client *client = &cs->clients[i];

		if (client->fd < 0 || client->is_waiting != what)
			continue;
		client->is_waiting = 0;
		client->since_ns = cs->now_ns;
		client_reply(client, reply);
		client_flush(client, cs->now_ns);
	}
}

/* ---- room for a new one */

static int64_t patience_ns(const struct client *client, bool takes_silent)
{
	if (client_is_open(client))
		return CONTROL_REQUEST_S * NS_PER_S;
	return client->has_asked || takes_silent ? 0 : CONTROL_SILENT_S * NS_PER_S;
}

/* The client that has stood still longest, of those who may be sent away; NULL: nobody. */
static struct client *idle_longest(struct control_socket *cs, bool takes_silent)
{
	struct client *found = NULL;

	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		struct client *client = &cs->clients[i];

		if (client->is_waiting || client->is_new ||
			cs->now_ns - client->since_ns < patience_ns(client, takes_silent))
			continue;
		if (!found || client->since_ns < found->since_ns)
			found = client;
	}
	return found;
}

static void send_away(struct client *client)
{
	static const char reason[] =
		"error: closed: all places are taken and this client has stood still longest; "
		"connect again\n";

	if (client->n_out == 0)
		send(client->fd, reason, sizeof(reason) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	client_close(client);
}

/* A free place, or one that is freed; NULL: there is none. */
static struct client *place_make(struct control_socket *cs)
{
	for (;;) {
		struct client *client;
		int64_t since_ns;

		for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
			if (cs->clients[i].fd < 0)
				return &cs->clients[i];
		client = idle_longest(cs, false);
		if (!client)
			client = idle_longest(cs, true);
		if (!client)
			return NULL;
		since_ns = client->since_ns;
		client_read(client, cs->now_ns); /* has it asked meanwhile? */
		if (client->fd >= 0 && client->since_ns == since_ns)
			send_away(client);
	}
}

static bool has_new(const struct control_socket *cs)
{
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		if (cs->clients[i].fd >= 0 && cs->clients[i].is_new)
			return true;
	return false;
}

/* When new ones have taken all places, the others stay in the queue until those have been served. */
static void accept_all(struct control_socket *cs)
{
	static const char full[] =
		"error: too many clients: each is in the middle of a request; ask again\n";
	struct pollfd caller = {.fd = cs->fd, .events = POLLIN};
	int fd;

	while (poll(&caller, 1, 0) > 0) {
		struct client *client = place_make(cs);

		if (!client && has_new(cs))
			return;
		fd = accept4(cs->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		if (!client) {
			send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
			close(fd);
			continue;
		}
		client->fd = fd;
		client->is_skipping = client->has_ended = false;
		client->is_waiting = 0;
		client->has_asked = false;
		client->is_new = true;
		client->since_ns = cs->now_ns;
		client->n_in = client->n_out = 0;
	}
}

void control_socket_serve(
	struct control_socket *cs, int64_t now_ns, control_execute_fn *execute, void *ctx)
{
	cs->now_ns = now_ns;
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		cs->clients[i].is_new = false;
		client_serve(&cs->clients[i], now_ns, execute, ctx);
	}
	accept_all(cs);
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		if (cs->clients[i].is_new)
			client_serve(&cs->clients[i], now_ns, execute, ctx);
}
