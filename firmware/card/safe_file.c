/* safe_file.c - old or new, never none. See safe_file.h and README.md. */
#include "card/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "card/paths.h"

static int refuse(struct diag *diag, const char *path)
{
	int err = errno ? -errno : -EIO;

	return diag_set(diag, err, "%s: %s", path, strerror(-err));
}

/* Everything of the file system, and past the card's own cache: vfat has no sync_fs, so syncfs writes
 * its sectors out and does not flush the device; fsync of any of its files or folders does. */
static int reach_card(int fd)
{
	return syncfs(fd) < 0 || fsync(fd) < 0 ? -errno : 0;
}

int safe_sync(const char *path, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return refuse(diag, path);
	err = reach_card(fd) < 0 ? refuse(diag, path) : 0;
	close(fd);
	return err;
}

static int write_new(
	const char *path, const void *bytes, size_t n_bytes, mode_t mode, struct diag *diag)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode), err;

	if (fd < 0)
		return refuse(diag, path);
	err = atomic_file_write(fd, bytes, n_bytes);
	if (!err)
		err = reach_card(fd); /* the bytes, their place in the FAT, and the name */
	if (close(fd) < 0 && !err)
		err = -errno;
	if (err < 0) {
		unlink(path);
		return diag_set(diag, err, "%s: %s", path, strerror(-err));
	}
	return 0;
}

int safe_replace(const char *folder, const char *name, const void *bytes, size_t n_bytes,
	mode_t mode, struct diag *diag)
{
	char path[600], new[600];
	int old, err;

	if (!paths_join(path, sizeof(path), folder, "%s", name) ||
		!paths_join(new, sizeof(new), folder, "%s.new", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	err = write_new(new, bytes, n_bytes, mode, diag);
	if (err < 0)
		return err;
	/* While it is open, the old file's clusters are not given back: its name must never lead
	 * to clusters that are free. */
	old = open(path, O_RDONLY | O_CLOEXEC);
	if (rename(new, path) < 0) {
		err = refuse(diag, path);
		unlink(new);
	} else {
		err = safe_sync(folder, diag);
	}
	if (old >= 0) {
		close(old);
		if (!err)
			err = safe_sync(folder, diag);
	}
	return err;
}

int safe_remove(const char *folder, const char *name, struct diag *diag)
{
	char path[600];
	int old, err = 0;

	if (!paths_join(path, sizeof(path), folder, "%s", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	old = open(path, O_RDONLY | O_CLOEXEC);
	if (unlink(path) < 0 && errno != ENOENT)
		err = refuse(diag, path);
	if (!err)
		err = safe_sync(folder, diag);
	if (old >= 0)
		close(old);
	return err;
}

int safe_sector(
	const char *folder, const char *name, const void *bytes, size_t n_bytes, struct diag *diag)
{
	struct stat stat;
	char path[600];
	int fd, err = 0;

	if (!paths_join(path, sizeof(path), folder, "%s", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return refuse(diag, path);
	if (fstat(fd, &stat) < 0 || stat.st_size != (off_t)n_bytes) {
		close(fd);
		return safe_replace(folder, name, bytes, n_bytes, 0644, diag);
	}
	errno = 0;
	if (pwrite(fd, bytes, n_bytes, 0) != (ssize_t)n_bytes || fsync(fd) < 0)
		err = refuse(diag, path);
	close(fd);
	return err;
}

ssize_t small_read(const char *folder, const char *name, char *buf, size_t n_bytes)
{
	char path[600];
	ssize_t n = 0;
	int fd;

	buf[0] = '\0';
	if (!paths_join(path, sizeof(path), folder, "%s", name))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	while (n < (ssize_t)n_bytes) {
		ssize_t got = read(fd, buf + n, n_bytes - (size_t)n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			n = -errno;
		if (got <= 0)
			break;
		n += got;
	}
	close(fd);
	if (n >= (ssize_t)n_bytes)
		n = -EFBIG;
	buf[n < 0 ? 0 : n] = '\0';
	return n;
}
