#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int atomic_file_write(int fd, const void *bytes, size_t n_bytes)
{
	for (const char *at = bytes; n_bytes > 0;) {
		ssize_t n = write(fd, at, n_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		n_bytes -= (size_t)n;
	}
	return 0;
}

static int write_beside(
	int folder, const char *name, const char *text, size_t n_bytes, bool is_durable)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int err;

	if (fd < 0)
		return -errno;
	err = atomic_file_write(fd, text, n_bytes);
	if (!err && is_durable && fsync(fd) < 0)
		err = -errno;
	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}

int atomic_file_replace(const char *folder_path, const char *name, const char *text, size_t n_bytes,
	bool is_durable)
{
	char beside[256];
	int folder = open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = 0;

	if (folder < 0)
		return -errno;
	if (snprintf(beside, sizeof(beside), ".%s.new", name) >= (int)sizeof(beside))
		err = -ENAMETOOLONG;
	if (!err) {
		err = write_beside(folder, beside, text, n_bytes, is_durable);
		if (!err && renameat(folder, beside, folder, name) < 0)
			err = -errno;
		if (err < 0)
			unlinkat(folder, beside, 0);
		else if (is_durable && fsync(folder) < 0)
			err = -errno;
	}
	close(folder);
	return err;
}
