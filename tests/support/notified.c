#include "tests/support/notified.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notified_open(const char *folder)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	char name[sizeof(at.sun_path)];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (folder[0] == '@')
		snprintf(name, sizeof(name), "%s", folder);
	else
		snprintf(name, sizeof(name), "%.90s/notify", folder);
	memcpy(at.sun_path, name, strlen(name));
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	else
		unlink(name);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))))
		abort();
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

void notified_close(int fd)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	close(fd);
}

const char *notified_next(int fd, int wait_ms)
{
	static char text[2048];
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	ssize_t n;

	if (poll(&poller, 1, wait_ms) <= 0)
		return NULL;
	n = recv(fd, text, sizeof(text) - 1, 0);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

const char *notified_wait(int fd, const char *want, int wait_ms)
{
	const char *text;

	while ((text = notified_next(fd, wait_ms)))
		if (strncmp(text, want, strlen(want)) == 0)
			return text;
	return NULL;
}
