/* power_cut.h - what a power cut may leave of a card, after every single call that changes it.
 *
 * Calls that change files are caught here (the linker takes these before the C library's; so one test
 * includes this file) and kept in a model of the card: after a cut all is there that was synced, and
 * any part of the rest. A file that is replaced or deleted while nobody holds it open is garbage until
 * its folder is synced, as on FAT. After each call, look() is shown the card in these shapes. */
#ifndef SUPPORT_POWER_CUT_H
#define SUPPORT_POWER_CUT_H

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FILES = 64, MAX_PENDING = 64, MAX_TRIED_WHOLE = 5, N_SHAPES = 12 };

struct file {
	char path[100]; /* below the root; empty: no file */
	char *bytes;
	size_t n_bytes;
};

struct disk {
	struct file files[MAX_FILES];
};

enum op_kind { OP_CREATE, OP_WRITE, OP_RENAME, OP_UNLINK, OP_GARBAGE };

struct op {
	enum op_kind kind;
	char path[100], to[100];
	size_t at, n_bytes;
	char *bytes;
};

static char root[300];
static bool is_watching;
static const char *lies_about; /* a file or partition that does not keep what is written to it */
static struct disk durable, shape;
static struct op pending[MAX_PENDING];
static int n_pending, n_calls, n_shapes;
static uint64_t dice = 1;
static void look(void); /* at a shape */

/* ---- the model */

static struct file *file_find(struct disk *disk, const char *path, bool makes)
{
	struct file *free_one = NULL;

	for (int i = 0; i < MAX_FILES; i++) {
		if (strcmp(disk->files[i].path, path) == 0)
			return &disk->files[i];
		if (!disk->files[i].path[0] && !free_one)
			free_one = &disk->files[i];
	}
	if (!makes)
		return NULL;
	if (!free_one)
		abort();
	snprintf(free_one->path, sizeof(free_one->path), "%s", path);
	return free_one;
}

static void file_drop(struct file *file)
{
	free(file->bytes);
	memset(file, 0, sizeof(*file));
}

static void disk_copy(struct disk *to, const struct disk *from)
{
	for (int i = 0; i < MAX_FILES; i++) {
		file_drop(&to->files[i]);
		to->files[i] = from->files[i];
		if (!from->files[i].bytes)
			continue;
		to->files[i].bytes = malloc(from->files[i].n_bytes + 1);
		memcpy(to->files[i].bytes, from->files[i].bytes, from->files[i].n_bytes);
	}
}

static void op_apply(struct disk *disk, const struct op *op)
{
	struct file *file = file_find(disk, op->path, op->kind == OP_CREATE), *to;

	if (!file)
		return; /* its creation was lost */
	switch (op->kind) {
	case OP_CREATE:
		free(file->bytes);
		file->bytes = NULL;
		file->n_bytes = 0;
		break;
	case OP_WRITE:
		if (op->at + op->n_bytes > file->n_bytes) {
			file->bytes = realloc(file->bytes, op->at + op->n_bytes);
			file->n_bytes = op->at + op->n_bytes;
		}
		memcpy(file->bytes + op->at, op->bytes, op->n_bytes);
		break;
	case OP_RENAME:
		to = file_find(disk, op->to, true);
		free(to->bytes);
		to->bytes = file->bytes;
		to->n_bytes = file->n_bytes;
		file->bytes = NULL;
		file_drop(file);
		break;
	case OP_UNLINK:
		file_drop(file);
		break;
	case OP_GARBAGE:
		if (file->n_bytes)
			memset(file->bytes, 0xe5, file->n_bytes);
		break;
	}
}

/* Part s of what is pending, a bit an operation: each part there is, of many operations none, all and some. */
static uint64_t part_of_pending(int s)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	if (n_pending <= MAX_TRIED_WHOLE || s == 0)
		return (uint64_t)s;
	return s == 1 ? UINT64_MAX : dice ^ dice >> 32;
}

/* All that a cut may leave now. */
static void look_at_shapes(void)
{
	int n = n_pending <= MAX_TRIED_WHOLE ? 1 << n_pending : N_SHAPES;

	n_calls++;
	for (int s = 0; s < n; s++) {
		uint64_t part = part_of_pending(s);

		disk_copy(&shape, &durable);
		for (int pass = 0; pass < 2; pass++) /* garbage is what was there before */
			for (int i = 0; i < n_pending; i++)
				if ((pending[i].kind == OP_GARBAGE) == (pass == 0) &&
					(part >> i & 1))
					op_apply(&shape, &pending[i]);
		n_shapes++;
		look();
	}
}

static bool is_card_path(const char *path)
{
	return strncmp(path, "boot/firmware/", 14) == 0;
}

/* path NULL: all of the FAT. */
static void sync_ops(const char *path)
{
	int kept = 0;

	for (int i = 0; i < n_pending; i++) {
		if (path ? strcmp(pending[i].path, path) == 0 : is_card_path(pending[i].path)) {
			if (pending[i].kind != OP_GARBAGE)
				op_apply(&durable, &pending[i]);
			free(pending[i].bytes);
		} else {
			pending[kept++] = pending[i];
		}
	}
	n_pending = kept;
	look_at_shapes();
}

static struct op *op_add(enum op_kind kind, const char *path)
{
	struct op *op = &pending[n_pending++];

	if (n_pending == MAX_PENDING)
		abort();
	memset(op, 0, sizeof(*op));
	op->kind = kind;
	snprintf(op->path, sizeof(op->path), "%s", path);
	return op;
}

/* ---- the calls */

/* Below the root and on the card or its partitions: what the model keeps. */
static const char *watched(const char *path)
{
	if (!is_watching || strncmp(path, root, strlen(root)) != 0)
		return NULL;
	path += strlen(root) + 1;
	if (strncmp(path, "boot/firmware/./", 16) == 0)
		abort();
	return is_card_path(path) || strncmp(path, "dev/card", 8) == 0 ? path : NULL;
}

static const char *watched_fd(int fd, char *path, size_t n_bytes)
{
	char link[40];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, n_bytes - 1);
	path[n < 0 ? 0 : n] = '\0';
	return watched(path);
}

static bool is_held_open(const char *wanted)
{
	char path[400];

	for (int fd = 3; fd < 64; fd++) {
		const char *held = watched_fd(fd, path, sizeof(path));

		if (held && strcmp(held, wanted) == 0)
			return true;
	}
	return false;
}

int open(const char *path, int flags, ...)
{
	const char *name = watched(path);
	va_list args;
	int fd;

	va_start(args, flags);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, va_arg(args, mode_t));
	va_end(args);
	if (name && fd >= 0 && flags & (O_CREAT | O_TRUNC)) {
		op_add(OP_CREATE, name);
		look_at_shapes();
	}
	return fd;
}

static void note_write(int fd, const void *bytes, size_t n_bytes, off_t at)
{
	char path[400];
	const char *name = watched_fd(fd, path, sizeof(path));
	struct op *op;

	if (!name)
		return;
	op = op_add(OP_WRITE, name);
	op->at = (size_t)at;
	op->n_bytes = n_bytes;
	op->bytes = malloc(n_bytes + 1);
	memcpy(op->bytes, bytes, n_bytes);
	look_at_shapes();
}

/* What the card really keeps. */
static const void *kept_of(int fd, const void *bytes, size_t n_bytes)
{
	static char other[512 * 1024];
	char path[400];
	const char *name = lies_about ? watched_fd(fd, path, sizeof(path)) : NULL;

	if (!name || strcmp(name, lies_about) != 0 || n_bytes > sizeof(other))
		return bytes;
	memcpy(other, bytes, n_bytes);
	other[n_bytes / 2] ^= 1;
	return other;
}

ssize_t write(int fd, const void *bytes, size_t n_bytes)
{
	off_t at = is_watching ? lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t n = syscall(SYS_write, fd, kept_of(fd, bytes, n_bytes), n_bytes);

	if (n > 0 && is_watching)
		note_write(fd, bytes, (size_t)n, at);
	return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t n_bytes, off_t at)
{
	ssize_t n = syscall(SYS_pwrite64, fd, kept_of(fd, bytes, n_bytes), n_bytes, at);

	if (n > 0 && is_watching)
		note_write(fd, bytes, (size_t)n, at);
	return n;
}

int fsync(int fd)
{
	char path[400];
	const char *name = watched_fd(fd, path, sizeof(path));

	if (name)
		sync_ops(name);
	return 0;
}

int syncfs(int fd)
{
	char path[400];
	bool is_card = watched_fd(fd, path, sizeof(path)) != NULL;

	if (is_card || (is_watching && strstr(path, "/boot/firmware")))
		sync_ops(NULL);
	return 0;
}

int rename(const char *path, const char *to)
{
	const char *name = watched(path), *new_name = watched(to);

	if (name && new_name) {
		if (!is_held_open(new_name))
			op_add(OP_GARBAGE, new_name);
		snprintf(op_add(OP_RENAME, name)->to, sizeof(pending[0].to), "%s", new_name);
		look_at_shapes();
	}
	return (int)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
	const char *name = watched(path);

	if (name) {
		if (!is_held_open(name))
			op_add(OP_GARBAGE, name);
		op_add(OP_UNLINK, name);
		look_at_shapes();
	}
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* The last one closes a file whose folder is not synced: its clusters are free from here on. */
int close(int fd)
{
	static const char deleted[] = " (deleted)";
	char path[400];
	const char *name = watched_fd(fd, path, sizeof(path));
	char *end = name ? strstr(path, deleted) : NULL;

	if (end) {
		*end = '\0';
		for (int i = 0; i < n_pending; i++) {
			bool is_gone =
				pending[i].kind == OP_UNLINK && strcmp(pending[i].path, name) == 0;

			if (is_gone || (pending[i].kind == OP_RENAME &&
					       strcmp(pending[i].to, name) == 0)) {
				op_add(OP_GARBAGE, name);
				look_at_shapes();
				break;
			}
		}
	}
	return (int)syscall(SYS_close, fd);
}

/* ---- */

static struct disk *loading;

static int load_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw)
{
	const char *name = watched(path);
	struct file *file;
	FILE *from;

	(void)ftw;
	if (kind != FTW_F || !name)
		return 0;
	file = file_find(loading, name, true);
	file->n_bytes = (size_t)stat->st_size;
	file->bytes = malloc(file->n_bytes + 1);
	from = fopen(path, "r");
	if (!from || fread(file->bytes, 1, file->n_bytes, from) != file->n_bytes)
		abort();
	fclose(from);
	return 0;
}

/* The card as it is now, in `disk`. */
static void disk_load(struct disk *disk)
{
	for (int i = 0; i < MAX_FILES; i++)
		file_drop(&disk->files[i]);
	loading = disk;
	is_watching = true;
	nftw(root, load_one, 16, FTW_PHYS);
	is_watching = false;
}

#endif
