/* client.c - requests to the privileged side. See client.h.
 * Tested by: e2e/test_card */
#include "card/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "card/serve.h"

static int serve_ourselves(struct client *client, const struct paths *paths, struct diag *diag)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return diag_set(diag, -errno, "socketpair: %s", strerror(errno));
	fflush(NULL);
	client->child = fork();
	if (client->child < 0)
		return diag_set(diag, -errno, "fork: %s", strerror(errno));
	if (client->child == 0) {
		close(pair[0]);
		_exit(card_serve(paths, pair[1], pair[1]));
	}
	close(pair[1]);
	client->fd = pair[0];
	return 0;
}

int client_open(struct client *client, const struct paths *paths, struct diag *diag)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int err;

	client->child = 0;
	if (strlen(paths->socket) >= sizeof(at.sun_path))
		return diag_set(diag, -ENAMETOOLONG, "%s: too long", paths->socket);
	memcpy(at.sun_path, paths->socket, strlen(paths->socket) + 1);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return diag_set(diag, -errno, "socket: %s", strerror(errno));
	if (connect(client->fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return 0;
	err = -errno;
	close(client->fd);
	if (err == -ENOENT)
		return serve_ourselves(client, paths, diag);
	return diag_set(diag, err, "%s: %s%s", paths->socket, strerror(-err),
		err == -EACCES ? " (be root or in the group chronus: `sudo adduser NAME chronus`)"
			       : "");
}

int client_send(struct client *client, const void *bytes, size_t n_bytes, struct diag *diag)
{
	for (const char *at = bytes; n_bytes;) {
		ssize_t n = send(client->fd, at, n_bytes, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) /* it has stopped listening: its answer says why */
			return diag_set(diag, -errno, "the card's service: %s", strerror(errno));
		at += n;
		n_bytes -= (size_t)n;
	}
	return 0;
}

static bool read_line(int fd, char *line, size_t n_bytes)
{
	size_t n = 0;
	char c;

	while (n + 1 < n_bytes && recv(fd, &c, 1, 0) == 1 && c != '\n')
		line[n++] = c;
	line[n] = '\0';
	return n > 0;
}

int client_answer(struct client *client, void (*say)(const char *line), char *answer,
	size_t n_bytes, struct diag *diag)
{
	int err = diag_set(diag, -ECONNRESET, "the card's service ended without an answer");
	char line[SERVE_LINE_BYTES];

	shutdown(client->fd, SHUT_WR);
	while (read_line(client->fd, line, sizeof(line))) {
		if (strncmp(line, "- ", 2) == 0) {
			say(line + 2);
		} else if (strncmp(line, "ok", 2) == 0) {
			snprintf(answer, n_bytes, "%s", line + (line[2] == ' ' ? 3 : 2));
			err = 0;
			break;
		} else {
			bool is_error = strncmp(line, "error: ", 7) == 0;

			err = diag_set(diag, -EPROTO, "%s", line + (is_error ? 7 : 0));
			break;
		}
	}
	close(client->fd);
	if (client->child)
		waitpid(client->child, NULL, 0);
	return err;
}
