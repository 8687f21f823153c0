/* image.c - a whole card image becomes the other slot. See update.h.
 *
 * The image is unpacked by zstd as it is read, twice: once to write, once to compare with what the
 * card gives back. Its FAT is kept as a file, from which mtools takes the slot's folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/child.h"
#include "card/safe_file.h"
#include "card/boot_slot.h"
#include "card/slot_folder.h"
#include "card/trial.h"
#include "card/unlock.h"
#include "card/update.h"

enum { SECTOR_BYTES = 512, CHUNK_BYTES = 256 * 1024, MAX_FAT_MB = 1024, REPORT_MB = 32 };

struct partition {
	unsigned type;
	uint64_t at, n_bytes;
};

struct image {
	struct update *update;
	struct child unpacker;
	uint64_t at; /* of the unpacked image */
	char *chunk;
	struct partition fat, root;
	char letter;                  /* of the slot that is written */
	char disk[PATHS_BYTES + 8];   /* its root partition */
	char folder[PATHS_BYTES + 8]; /* its folder on the card */
	char new[PATHS_BYTES + 64];   /* what comes into it */
};

static int next_bytes(struct image *image, char *to, size_t n_bytes, struct diag *diag)
{
	size_t n = 0;

	while (n < n_bytes) {
		ssize_t got = read(image->unpacker.fd, to + n, n_bytes - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return diag_set(diag, -ENODATA, "the image ends before its partitions do");
		n += (size_t)got;
	}
	image->at += n_bytes;
	return 0;
}

static int skip_to(struct image *image, uint64_t at, struct diag *diag)
{
	int err = 0;

	while (!err && image->at < at) {
		uint64_t n = at - image->at;

		err = next_bytes(
			image, image->chunk, n < CHUNK_BYTES ? (size_t)n : CHUNK_BYTES, diag);
	}
	return err;
}

static uint64_t sectors(const unsigned char *at)
{
	return SECTOR_BYTES *
	       (at[0] + ((uint64_t)at[1] << 8) + ((uint64_t)at[2] << 16) + ((uint64_t)at[3] << 24));
}

static struct partition partition_of(const unsigned char *row)
{
	return (struct partition){row[4], sectors(row + 8), sectors(row + 12)};
}

static int read_table(struct image *image, struct diag *diag)
{
	unsigned char mbr[SECTOR_BYTES];
	int err = next_bytes(image, (char *)mbr, sizeof(mbr), diag);

	if (err < 0)
		return err;
	image->fat = partition_of(mbr + 446);
	image->root = partition_of(mbr + 446 + 16);
	if (mbr[510] != 0x55 || mbr[511] != 0xaa ||
		(image->fat.type != 0x0b && image->fat.type != 0x0c) || image->root.type != 0x83 ||
		image->fat.at < SECTOR_BYTES || image->fat.n_bytes > (uint64_t)MAX_FAT_MB << 20 ||
		image->fat.at + image->fat.n_bytes > image->root.at || image->root.n_bytes == 0)
		return diag_set(diag, -EINVAL, "this is not the image of a Chronus card");
	return 0;
}

static int begin(struct image *image, struct diag *diag)
{
	const char *const argv[] = {"zstd", "-dcq", "--", image->update->file, NULL};
	int err = child_start(&image->unpacker, argv, diag);

	image->at = 0;
	if (err < 0)
		return err;
	err = read_table(image, diag);
	if (err < 0)
		child_end(&image->unpacker, 1, NULL);
	return err;
}

static bool is_zero(const char *bytes, size_t n_bytes)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n_bytes - 1) == 0;
}

/* The image's FAT into a file with holes, and its slot's folder out of that. */
static int take_folder(struct image *image, struct diag *diag)
{
	char fat[PATHS_BYTES + 64];
	const char *const argv[] = {
		"mcopy", "-s", "-n", "-i", fat, "::/a", image->update->work, NULL};
	int fd, err;

	snprintf(fat, sizeof(fat), "%s/fat", image->update->work);
	fd = open(fat, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)image->fat.n_bytes) < 0)
		err = diag_set(diag, -errno, "%s: %s", fat, strerror(errno));
	else
		err = skip_to(image, image->fat.at, diag);
	while (!err && image->at < image->fat.at + image->fat.n_bytes) {
		uint64_t done = image->at - image->fat.at, left = image->fat.n_bytes - done;
		size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;

		err = next_bytes(image, image->chunk, n, diag);
		if (!err && !is_zero(image->chunk, n) &&
			pwrite(fd, image->chunk, n, (off_t)done) != (ssize_t)n)
			err = diag_set(diag, -EIO, "%s: no room for the image's FAT", fat);
	}
	if (fd >= 0)
		close(fd);
	if (!err)
		err = child_run(argv, NULL, 0, diag);
	unlink(fat);
	return err;
}

/* For this machine, and to be addressed to this slot? */
static int check_folder(struct image *image, struct diag *diag)
{
	struct update *update = image->update;
	char product[32], machine[32], ours[32], running[PATHS_BYTES + 8];

	snprintf(running, sizeof(running), "%s/%c", update->paths->card,
		boot_slot_other(image->letter));
	if (slot_folder_release(image->new, "product", product, sizeof(product)) < 0 ||
		strcmp(product, "chronus") != 0 ||
		slot_folder_release(
			image->new, "version", update->version, sizeof(update->version)) < 0 ||
		slot_folder_release(image->new, "machine", machine, sizeof(machine)) < 0)
		return diag_set(diag, -EINVAL, "the image does not say that it is a Chronus");
	if (slot_folder_release(running, "machine", ours, sizeof(ours)) < 0)
		return diag_set(
			diag, -EINVAL, "%s/release: does not say what machine this is", running);
	if (strcmp(machine, ours) != 0)
		return diag_set(diag, -ENOEXEC, "the image is for %s, this is %s", machine, ours);
	if (update_check_age(update, diag) < 0)
		return -EPERM;
	progress_say(&update->progress, "version %s for slot %c", update->version, image->letter);
	return slot_folder_address(image->new, image->letter, diag);
}

static int open_disk(struct image *image, struct diag *diag)
{
	/* O_EXCL: not while anybody has it mounted */
	int fd = open(image->disk, O_RDWR | O_EXCL | O_CLOEXEC);
	off_t n_bytes = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (fd < 0 || n_bytes < 0)
		return diag_set(diag, -errno, "%s: %s", image->disk, strerror(errno));
	if ((uint64_t)n_bytes >= image->root.n_bytes)
		return fd;
	close(fd);
	return diag_set(diag, -EFBIG, "the new system has %d KB, the slot only %d KB",
		(int)(image->root.n_bytes >> 10), (int)(n_bytes >> 10));
}

/* Before anything is written: does it fit, and may we? */
static int check_disk(struct image *image, struct diag *diag)
{
	int fd = open_disk(image, diag);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* One piece of the root: written where the card has something else, or compared. */
static int one_piece(
	struct image *image, int fd, uint64_t at, size_t n, bool is_proof, struct diag *diag)
{
	char *there = image->chunk + CHUNK_BYTES;
	bool is_same =
		pread(fd, there, n, (off_t)at) == (ssize_t)n && memcmp(there, image->chunk, n) == 0;

	if (is_same)
		return 0;
	if (is_proof)
		return diag_set(diag, -EBADMSG, "%s: reads otherwise than it was written at %llu",
			image->disk, (unsigned long long)at);
	errno = 0;
	if (pwrite(fd, image->chunk, n, (off_t)at) != (ssize_t)n)
		return diag_set(diag, errno ? -errno : -EIO, "%s: %s", image->disk,
			strerror(errno ? errno : EIO));
	return 0;
}

static int each_piece(struct image *image, int fd, bool is_proof, struct diag *diag)
{
	int err = skip_to(image, image->root.at, diag);
	uint64_t done = 0, reported = 0;

	while (!err && done < image->root.n_bytes) {
		uint64_t left = image->root.n_bytes - done;
		size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;

		err = next_bytes(image, image->chunk, n, diag);
		if (!err)
			err = one_piece(image, fd, done, n, is_proof, diag);
		done += n;
		if (done - reported >= (uint64_t)REPORT_MB << 20) {
			reported = done;
			progress_say(&image->update->progress, "%s %d of %d MB",
				is_proof ? "compared" : "written", (int)(done >> 20),
				(int)(image->root.n_bytes >> 20));
		}
	}
	return err;
}

static int write_root(struct image *image, struct diag *diag)
{
	int fd = open_disk(image, diag), err;

	if (fd < 0)
		return fd;
	err = each_piece(image, fd, false, diag);
	if (!err && fsync(fd) < 0)
		err = diag_set(diag, -errno, "%s: %s", image->disk, strerror(errno));
	close(fd);
	return err;
}

static int prove_root(struct image *image, struct diag *diag)
{
	int fd = open_disk(image, diag), err;

	if (fd < 0)
		return fd;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* from the card, not from memory */
	err = begin(image, diag);
	if (!err) {
		err = each_piece(image, fd, true, diag);
		child_end(&image->unpacker, 1, NULL);
	}
	close(fd);
	return err;
}

/* The card may be written to while `work` runs. */
static int with_card(
	struct image *image, int (*work)(struct image *image, struct diag *diag), struct diag *diag)
{
	struct unlocked unlocked;
	struct diag why;
	int err = card_unlock(image->update->paths, &unlocked, diag), result;

	if (err < 0)
		return err;
	err = work(image, diag);
	result = card_lock(image->update->paths, &unlocked, &why);
	if (!err && result < 0) {
		err = result;
		*diag = why;
	}
	return err;
}

/* The card must not name a slot without a kernel, not for an instant. */
static int spoil(struct image *image, struct diag *diag)
{
	const char *card = image->update->paths->card;
	int err = trial_name_slot(card, boot_slot_other(image->letter), diag);

	return err ? err : slot_folder_spoil(image->folder, diag);
}

static int write_folder(struct image *image, struct diag *diag)
{
	int err = slot_folder_write(image->new, image->folder, diag);

	return err ? err : slot_folder_prove(image->new, image->folder, diag);
}

static int try_once(struct image *image, struct diag *diag)
{
	return trial_try_slot(image->update->paths, image->letter, diag);
}

static int write_slot(struct image *image, struct diag *diag)
{
	int err = begin(image, diag);

	if (err < 0)
		return err;
	err = take_folder(image, diag);
	if (!err)
		err = check_folder(image, diag);
	if (!err)
		err = check_disk(image, diag);
	if (!err)
		err = with_card(image, spoil, diag);
	if (!err)
		err = write_root(image, diag);
	child_end(&image->unpacker, 1, NULL);
	if (!err)
		err = prove_root(image, diag);
	if (!err)
		err = with_card(image, write_folder, diag);
	return err;
}

int update_image(struct update *update, struct diag *diag)
{
	const struct paths *paths = update->paths;
	struct image image = {.update = update};
	char now[8];
	int err;

	if (small_read(paths->boot, "slot", now, sizeof(now)) < 1 ||
		(now[0] != 'a' && now[0] != 'b'))
		return diag_set(
			diag, -ENOTSUP, "%s/slot: does not say which slot runs", paths->boot);
	image.letter = boot_slot_other(now[0]);
	snprintf(image.disk, sizeof(image.disk), "%s%d", paths->disk,
		boot_slot_partition(image.letter));
	snprintf(image.folder, sizeof(image.folder), "%s/%c", paths->card, image.letter);
	snprintf(image.new, sizeof(image.new), "%s/a", update->work);
	image.chunk = malloc(2 * CHUNK_BYTES);
	if (!image.chunk)
		return diag_set(diag, -ENOMEM, "out of memory");
	err = write_slot(&image, diag);
	if (!err)
		err = trial_note(paths, diag, "slot %c, version %s", image.letter, update->version);
	if (!err)
		err = with_card(&image, try_once, diag);
	free(image.chunk);
	return err;
}
