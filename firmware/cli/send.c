/* send.c - `chronus send COMMAND...`: tells the running program something, prints what it says.
 * Tested by: e2e/test_cli */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/runtime_dir.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "control/control_socket.h"

enum { PATIENCE_S = 5 };

static int tell_failure(const char *path, int err)
{
	if (err == ENOENT || err == ECONNREFUSED)
		fprintf(stderr, "chronus send: nothing listens at %s (is `chronus run` running?)\n",
			path);
	else if (err == EACCES)
		fprintf(stderr, "chronus send: %s: %s (be root or in the group that owns it)\n",
			path, strerror(err));
	else if (err == EAGAIN)
		fprintf(stderr, "chronus send: no reply within %d s\n", PATIENCE_S);
	else
		fprintf(stderr, "chronus send: %s: %s\n", path, strerror(err));
	return CLI_FAILED;
}

/* A socket, or a negative errno. */
static int listener_connect(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE_S};
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

/* Sends one command and prints its reply. 0, 1 (the reply is an error) or a negative errno. */
static int ask(int fd, const char *command)
{
	char line[CONTROL_LINE_BYTES + 2], reply[CONTROL_REPLY_BYTES + 1];
	size_t n_line = (size_t)snprintf(line, sizeof(line), "%s\n", command), n = 0;
	ssize_t got;

	for (size_t sent = 0; sent < n_line; sent += (size_t)got) {
		got = send(fd, line + sent, n_line - sent, MSG_NOSIGNAL);
		if (got < 0)
			return -errno;
	}
	while (n < sizeof(reply) - 1) {
		got = recv(fd, reply + n, 1, 0); /* a few hundred bytes, once */
		if (got <= 0)
			return got < 0 ? -errno : -ECONNRESET;
		if (reply[n] == '\n')
			break;
		n++;
	}
	reply[n] = '\0';
	puts(reply);
	return strncmp(reply, "error:", strlen("error:")) == 0;
}

int cli_send(int argc, char **argv)
{
	int n_args = options_read(NULL, 0, argc, argv);
	int fd, code = CLI_OK;
	char path[512];

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args == 0)
		return options_refuse(argv[0], "which command?");
	for (int i = 1; i <= n_args; i++) {
		if (strchr(argv[i], '\n') || strlen(argv[i]) > CONTROL_LINE_BYTES)
			return options_refuse(argv[0], "a command is one line of at most %d bytes",
				CONTROL_LINE_BYTES);
	}
	if (runtime_path_find(path, sizeof(path), "control.sock") < 0)
		return tell_failure("the runtime folder", ENAMETOOLONG);
	fd = listener_connect(path);
	if (fd < 0)
		return tell_failure(path, -fd);
	for (int i = 1; i <= n_args; i++) {
		int result = ask(fd, argv[i]);

		if (result < 0) {
			close(fd);
			return tell_failure(path, -result);
		}
		if (result > 0)
			code = CLI_FAILED;
	}
	close(fd);
	return code;
}
