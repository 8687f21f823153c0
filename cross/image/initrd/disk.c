/* disk.c - finds the card: a Pi's SD slot or eMMC, or the virtual disk of an emulator. */
#include "init.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { POLL_MS = 2 };

static const struct disk kinds[] = {
	{"/dev/mmcblk0", "p"},
	{"/dev/mmcblk1", "p"},
	{"/dev/vda", ""},
};

const char *disk_part(const struct disk *disk, int n, char path[DISK_PATH_BYTES])
{
	snprintf(path, DISK_PATH_BYTES, "%.31s%.1s%d", disk->whole, disk->separator, n);
	return path;
}

int disk_find(struct disk *disk, int n, int wait_ms)
{
	char path[DISK_PATH_BYTES];

	for (int waited = 0; waited <= wait_ms; waited += POLL_MS) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (access(disk_part(&kinds[i], n, path), F_OK) == 0) {
				*disk = kinds[i];
				return 0;
			}
		}
		usleep(POLL_MS * 1000);
	}
	return -ENODEV;
}
