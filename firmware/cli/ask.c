/* ask.c - one client of the control socket. See ask.h.
 * Tested by: e2e/test_cli */
#include "cli/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/control_socket.h"

/* A socket, or a negative errno. */
static int listener_connect(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = ASK_PATIENCE_S};
	int fd, err;

	if (strlen(path) >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	memcpy(at.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int ask_open(struct ask *ask, const char *path)
{
	*ask = (struct ask){.fd = listener_connect(path)};
	return ask->fd < 0 ? ask->fd : 0;
}

void ask_close(struct ask *ask)
{
	close(ask->fd);
}

int ask_send(struct ask *ask, const char *command)
{
	char line[CONTROL_LINE_BYTES + 2];
	size_t n_line = (size_t)snprintf(line, sizeof(line), "%s\n", command);
	ssize_t n;

	for (size_t sent = 0; sent < n_line; sent += (size_t)n) {
		n = send(ask->fd, line + sent, n_line - sent, MSG_NOSIGNAL);
		if (n < 0)
			return -errno;
	}
	return 0;
}

int ask_line(struct ask *ask, char *line, size_t n_bytes, FILE *stream)
{
	size_t n = 0;
	char byte = '\0';

	while (byte != '\n') {
		if (ask->at == ask->n) {
			ssize_t got = recv(ask->fd, ask->bytes, sizeof(ask->bytes), 0);

			if (got <= 0)
				return got < 0 ? -errno : -ECONNRESET;
			ask->n = (size_t)got;
			ask->at = 0;
		}
		byte = ask->bytes[ask->at++];
		if (stream)
			putc(byte, stream);
		if (byte != '\n' && n + 1 < n_bytes)
			line[n++] = byte;
	}
	line[n] = '\0';
	return 0;
}

int ask_lines_behind(const char *first)
{
	char end;
	int n;

	return sscanf(first, "ok %d line%c", &n, &end) == 2 && end == 's' && n > 0 ? n : 0;
}
