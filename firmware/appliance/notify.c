#include "appliance/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

/* A positive number, or 0. */
static int64_t number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long long n;

	if (!text || !*text)
		return 0;
	n = strtoll(text, &end, 10);
	return *end || n < 0 ? 0 : n;
}

static int64_t watchdog_of_environment(void)
{
	int64_t pid = number_of("WATCHDOG_PID"), usec = number_of("WATCHDOG_USEC");

	if (pid && pid != getpid()) /* meant for whom we were started by */
		return 0;
	return usec < INT64_MAX / NS_PER_US ? usec * NS_PER_US : 0;
}

int notify_open(struct notify *notify)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	socklen_t n_bytes;
	int err = 0;

	*notify = (struct notify){.fd = -1};
	if (!path || !path[0])
		return 0;
	if ((path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(at.sun_path))
		return -EINVAL;
	memcpy(at.sun_path, path, strlen(path));
	n_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (path[0] == '@') /* an abstract name */
		at.sun_path[0] = '\0';
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->fd < 0)
		return -errno;
	if (connect(notify->fd, (const struct sockaddr *)&at, n_bytes) < 0) {
		err = -errno;
		notify_close(notify);
		return err;
	}
	notify->watchdog_ns = watchdog_of_environment();
	return 0;
}

void notify_close(struct notify *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

void notify_tell(const struct notify *notify, const char *format, ...)
{
	char text[600];
	va_list args;

	if (notify->fd < 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (send(notify->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		return; /* the next one may arrive */
}
