/* sys_file.c - reading /proc and /sys. See sys_file.h.
 * Tested by: unit/appliance/test_irq */
#include "base/sys_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_below(const char *root, const char *format, va_list args, int flags)
{
	char path[512];
	int n = snprintf(path, sizeof(path), "%s", root);
	int fd;

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	if (vsnprintf(path + n, sizeof(path) - (size_t)n, format, args) >=
		(int)(sizeof(path) - (size_t)n))
		return -ENAMETOOLONG;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sys_read(char *text, size_t n_bytes, const char *root, const char *format, ...)
{
	size_t n = 0;
	ssize_t got;
	va_list args;
	int fd, err = 0;

	text[0] = '\0';
	va_start(args, format);
	fd = open_below(root, format, args, O_RDONLY);
	va_end(args);
	if (fd < 0)
		return fd;
	while (n + 1 < n_bytes && (got = read(fd, text + n, n_bytes - 1 - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err = -errno;
			n = 0;
			break;
		}
		n += (size_t)got;
	}
	close(fd);
	if (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return err ? err : (int)n;
}

int sys_write(const char *text, const char *root, const char *format, ...)
{
	va_list args;
	int fd, err = 0;

	va_start(args, format);
	fd = open_below(root, format, args, O_WRONLY | O_TRUNC);
	va_end(args);
	if (fd < 0)
		return fd;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}
