/* slot.c - slot.txt: one sector that says which slot the firmware boots, and whether that is a trial.
 * A slot that is tried gets one boot: the sector names the other slot again before anything else is
 * done, so that whatever happens from here on, the next boot is the one that is known to work. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMENT_COLUMNS = 64 };

/* The slot that the command line names; a for a command line that was edited badly. */
static char letter_of_boot(void)
{
	char line[2048] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		ssize_t n = read(fd, line, sizeof(line) - 1);
		line[n > 0 ? n : 0] = '\0';
		close(fd);
	}
	const char *word = strstr(line, "chronus.slot=");
	return word && word[13] == 'b' ? 'b' : 'a';
}

/* One write of one sector, past every cache: it is there, or what was there before is. */
static int put_sector(const struct disk *disk, long long at, const char *sector)
{
	int err = 0;
	int fd = open(disk->whole, O_WRONLY | O_DIRECT | O_SYNC | O_CLOEXEC);
	void *aligned = aligned_alloc(4096, SLOT_SECTOR_BYTES);

	if (fd < 0 || !aligned) {
		err = -errno;
	} else {
		memcpy(aligned, sector, SLOT_SECTOR_BYTES);
		if (pwrite(fd, aligned, SLOT_SECTOR_BYTES, at) != SLOT_SECTOR_BYTES ||
			fsync(fd) < 0)
			err = -errno;
	}
	free(aligned);
	if (fd >= 0)
		close(fd);
	return err;
}

/* "os_prefix=a/", the mark, and comment up to the end of the sector */
static void fill_sector(char sector[SLOT_SECTOR_BYTES], char letter, const char *mark)
{
	size_t n =
		(size_t)snprintf(sector, SLOT_SECTOR_BYTES, "os_prefix=%c/\n# %s\n", letter, mark);

	for (size_t column = 0; n < SLOT_SECTOR_BYTES; n++) {
		bool is_end = ++column == COMMENT_COLUMNS || n == SLOT_SECTOR_BYTES - 1;
		sector[n] = is_end ? '\n' : '#';
		column = is_end ? 0 : column;
	}
}

/* slot.txt's sector and its place on the disk, or a negative errno. */
static long long get_sector(const struct disk *disk, char sector[SLOT_SECTOR_BYTES])
{
	unsigned bytes = 0;
	int fd = open(disk->whole, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	long long at = fat_find(fd, NULL, "slot.txt", &bytes);
	if (at >= 0 && bytes != SLOT_SECTOR_BYTES)
		at = -EINVAL;
	if (at >= 0 && pread(fd, sector, SLOT_SECTOR_BYTES, at) != SLOT_SECTOR_BYTES)
		at = -EIO;
	close(fd);
	return at;
}

static bool has_mark(const char sector[SLOT_SECTOR_BYTES], const char *mark)
{
	const char *line = memchr(sector, '\n', SLOT_SECTOR_BYTES);
	size_t n = strlen(mark);

	if (!line || line + 1 + n >= sector + SLOT_SECTOR_BYTES)
		return false;
	return memcmp(line + 1, mark, n) == 0 && (line[1 + n] == '\n' || line[1 + n] == '\r');
}

void slot_begin(struct slot *slot, const struct disk *disk)
{
	char sector[SLOT_SECTOR_BYTES];

	*slot = (struct slot){.letter = letter_of_boot()};
	long long at = get_sector(disk, sector);
	if (at < 0) {
		complain("slot.txt is not on the card as it should be (%s): no trial is possible",
			strerror((int)-at));
		return;
	}
	slot->is_fallback = has_mark(sector, "# fallback");
	if (!has_mark(sector, "# try") || sector[10] != slot->letter)
		return;
	fill_sector(sector, slot_other(slot->letter), "tried");
	int err = put_sector(disk, at, sector);
	if (err < 0) {
		complain("slot.txt cannot be written (%s): this trial is not taken back by itself",
			strerror(-err));
		return;
	}
	slot->is_trial = true;
	say("slot %c is on trial; the next boot is %c's", slot->letter, slot_other(slot->letter));
}

int slot_give_up(const struct slot *slot, const struct disk *disk)
{
	char sector[SLOT_SECTOR_BYTES], folder[2] = {slot_other(slot->letter), '\0'};
	unsigned bytes = 0;

	if (slot->is_trial)
		return 0;
	if (slot->is_fallback)
		return -ENOENT;
	long long at = get_sector(disk, sector);
	int fd = open(disk->whole, O_RDONLY | O_CLOEXEC);
	long long kernel = fd < 0 ? -errno : fat_find(fd, folder, "kernel", &bytes);
	if (fd >= 0)
		close(fd);
	if (at < 0 || kernel < 0)
		return -ENOENT;
	fill_sector(sector, folder[0], "fallback");
	return put_sector(disk, at, sector);
}
