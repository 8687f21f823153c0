#include "base/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The pid that /proc/locks (proc(5)) has for the folder. Some file systems show a device of their own
 * there, so the same number on another device counts where there is no better one. */
static int holder_of(int fd)
{
	FILE *locks = fopen("/proc/locks", "re");
	unsigned major_no, minor_no;
	unsigned long inode;
	struct stat info;
	char line[200];
	int pid, found = 0;

	if (!locks)
		return 0;
	if (fstat(fd, &info) < 0)
		info.st_ino = 0;
	while (fgets(line, sizeof(line), locks)) {
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_no, &minor_no,
			    &inode) != 4 ||
			pid <= 0 || inode != (unsigned long)info.st_ino)
			continue;
		found = pid;
		if (major_no == major(info.st_dev) && minor_no == minor(info.st_dev))
			break;
	}
	fclose(locks);
	return found;
}

int folder_lock(const char *path, int *holder)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	*holder = err == -EBUSY ? holder_of(fd) : 0;
	close(fd);
	return err;
}
