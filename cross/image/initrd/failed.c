/* failed.c - a start that failed leaves a text on the card's first partition, for another computer. See init.h. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 3072 };

static const char begin[] =
	"Chronus did not start from this card.\r\n"
	"Your own files are untouched. If it goes on, write the card anew; keep a copy of your files first.\r\n"
	"You may delete this file. The Pi wrote:\r\n\r\n";

int failed_write(const char *folder, const char *why)
{
	static char text[TEXT_BYTES], before[TEXT_BYTES];
	char path[200];

	snprintf(path, sizeof(path), "%s/boot-failed.txt", folder);
	int n = snprintf(text, sizeof(text), "%s%s", begin, why);
	if (n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t got = read(fd, before, sizeof(before));
		close(fd);
		if (got == n && memcmp(before, text, (size_t)n) == 0)
			return 0; /* it tries every 20 s: the card is not written to each time */
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	int err = write(fd, text, (size_t)n) == n && fsync(fd) == 0 ? 0 : -EIO;
	if (syncfs(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

void failed_leave(const struct disk *disk, const char *why)
{
	static const char folder[] = "/failed";
	char path[DISK_PATH_BYTES];

	/* where a root has it, read-only */
	umount("/new/boot/firmware");
	umount("/boot/firmware");
	mkdir(folder, 0755);
	if (mount(disk_part(disk, PART_CARD, path), folder, "vfat",
		    MS_NOATIME | MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL) < 0)
		return; /* it may be what is broken */
	if (failed_write(folder, why) < 0)
		complain("boot-failed.txt cannot be written");
	umount(folder);
}
