/* slot_folder.c - writing a slot's folder. See slot_folder.h. */
#include "card/slot_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/paths.h"
#include "card/safe_file.h"
#include "card/boot_slot.h"

enum { MAX_DEPTH = 2, CHUNK_BYTES = 64 * 1024, PATH_ROOM = 600 };

static bool is_kernel(const char *name)
{
	return strncmp(name, "vmlinuz", 7) == 0 || strncmp(name, "kernel", 6) == 0;
}

static int refuse(struct diag *diag, const char *path)
{
	int err = errno ? -errno : -EIO;

	return diag_set(diag, err, "%s: %s", path, strerror(-err));
}

/* One entry of a folder; to: the same below the other folder. */
typedef int visit_fn(const char *path, const char *to, bool is_folder, struct diag *diag);

/* Folders before what is in them, or behind (at the end they can be removed); names of one kind
 * only: kernels, or all others. */
static int walk(const char *folder, const char *to, int depth, bool wants_kernels, bool is_upward,
	visit_fn *visit, struct diag *diag)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return refuse(diag, folder);
	while (!err && (entry = readdir(dir)) != NULL) {
		char path[PATH_ROOM], other[PATH_ROOM];
		struct stat stat;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!paths_join(path, sizeof(path), folder, "%s", entry->d_name) ||
			!paths_join(other, sizeof(other), to, "%s", entry->d_name) ||
			lstat(path, &stat) < 0)
			err = refuse(diag, folder);
		else if (S_ISDIR(stat.st_mode) && depth < MAX_DEPTH && !wants_kernels) {
			if (!is_upward)
				err = visit(path, other, true, diag);
			if (!err)
				err = walk(path, other, depth + 1, false, is_upward, visit, diag);
			if (!err && is_upward)
				err = visit(path, other, true, diag);
		} else if (S_ISREG(stat.st_mode) &&
			   (depth > 0 || is_kernel(entry->d_name) == wants_kernels))
			err = visit(path, other, false, diag);
		else if (!S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode))
			err = diag_set(diag, -EINVAL, "%s: neither file nor folder", path);
	}
	closedir(dir);
	return err;
}

/* ---- what is done with each entry */

static int remove_one(const char *path, const char *to, bool is_folder, struct diag *diag)
{
	(void)to;
	return (is_folder ? rmdir(path) : unlink(path)) < 0 ? refuse(diag, path) : 0;
}

/* Its name is gone before its clusters are given back. */
static int spoil_one(const char *path, const char *to, bool is_folder, struct diag *diag)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_ROOM];

	(void)to;
	(void)is_folder;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	return safe_remove(folder, slash + 1, diag);
}

/* Both files from their begin to their end: what a does not give b is written, or compared. */
static int each_chunk(int from, int to, bool is_proof)
{
	static char chunk[CHUNK_BYTES], other[CHUNK_BYTES];
	ssize_t n = 0, m;

	do {
		n = read(from, chunk, sizeof(chunk));
		if (n < 0)
			return -errno;
		m = is_proof ? read(to, other, sizeof(other)) : n ? write(to, chunk, (size_t)n) : 0;
		if (m < 0)
			return -errno;
		if (m != n || (is_proof && memcmp(chunk, other, (size_t)n) != 0))
			return is_proof ? -EBADMSG : -ENOSPC;
	} while (n > 0);
	return 0;
}

static int both(const char *path, const char *to, bool is_proof, struct diag *diag)
{
	int a = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int b = open(to, is_proof ? O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0644);
	int err = a < 0 || b < 0 ? -errno : 0;

	if (!err && is_proof) /* from the card, not from memory */
		posix_fadvise(b, 0, 0, POSIX_FADV_DONTNEED);
	if (!err)
		err = each_chunk(a, b, is_proof);
	if (a >= 0)
		close(a);
	if (b >= 0 && close(b) < 0 && !err)
		err = -errno;
	if (err == -EBADMSG)
		return diag_set(diag, err, "%s: it reads otherwise than it was written", to);
	return err ? diag_set(diag, err, "%s: %s", to, strerror(-err)) : 0;
}

static int copy_one(const char *path, const char *to, bool is_folder, struct diag *diag)
{
	if (is_folder)
		return mkdir(to, 0755) < 0 && errno != EEXIST ? refuse(diag, to) : 0;
	return both(path, to, false, diag);
}

/* A kernel has its name when it is whole, not before. */
static int copy_kernel(const char *path, const char *to, bool is_folder, struct diag *diag)
{
	const char *slash = strrchr(to, '/');
	char new[PATH_ROOM];
	int err;

	(void)is_folder;
	if (snprintf(new, sizeof(new), "%.*s/new.%s", (int)(slash - to), to, slash + 1) >=
		PATH_ROOM)
		return diag_set(diag, -ENAMETOOLONG, "%.200s: the name is too long", to);
	err = both(path, new, false, diag);
	if (!err)
		err = safe_sync(new, diag);
	if (!err && rename(new, to) < 0)
		err = refuse(diag, to);
	return err;
}

static int prove_one(const char *path, const char *to, bool is_folder, struct diag *diag)
{
	return is_folder ? 0 : both(path, to, true, diag);
}

/* ---- */

int slot_folder_spoil(const char *folder, struct diag *diag)
{
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return refuse(diag, folder);
	return walk(folder, folder, 0, true, false, spoil_one, diag);
}

int slot_folder_write(const char *from, const char *folder, struct diag *diag)
{
	int err = slot_folder_spoil(folder, diag);

	if (!err)
		err = walk(folder, folder, 0, false, true, remove_one, diag);
	if (!err)
		err = walk(from, folder, 0, false, false, copy_one, diag);
	if (!err)
		err = safe_sync(folder, diag);
	if (!err)
		err = walk(from, folder, 0, true, false, copy_kernel, diag);
	return err ? err : safe_sync(folder, diag);
}

int slot_folder_prove(const char *from, const char *folder, struct diag *diag)
{
	int err = walk(from, folder, 0, false, false, prove_one, diag);

	return err ? err : walk(from, folder, 0, true, false, prove_one, diag);
}

/* Replaces the character behind each `key` by letter, skipping `skip` more characters that must be
 * there. How many were replaced. */
static int put_letter(char *text, const char *key, char letter)
{
	int n = 0;

	for (char *at = strstr(text, key); at; at = strstr(at + 1, key)) {
		char *value = at + strlen(key);
		size_t length = strcspn(value, " \t\r\n");

		if ((at == text || strchr(" \t\n", at[-1])) && length > 0) {
			value[length - 1] = letter;
			n++;
		}
	}
	return n;
}

int slot_folder_address(const char *folder, char letter, struct diag *diag)
{
	char text[2048];
	ssize_t n = small_read(folder, "cmdline.txt", text, sizeof(text));

	if (n < 0)
		return diag_set(diag, (int)n, "%s/cmdline.txt: %s", folder, strerror((int)-n));
	if (put_letter(text, "chronus.slot=", letter) != 1)
		return diag_set(diag, -EINVAL, "%s/cmdline.txt: it does not name its slot", folder);
	put_letter(text, "root=", (char)('0' + boot_slot_partition(letter))); /* where it has one */
	return safe_replace(folder, "cmdline.txt", text, (size_t)n, 0644, diag);
}

int slot_folder_release(const char *folder, const char *key, char *value, size_t n_bytes)
{
	char text[2048], line[80];
	const char *at;
	size_t n;

	if (small_read(folder, "release", text, sizeof(text)) < 0)
		return -ENOENT;
	snprintf(line, sizeof(line), "%s=", key);
	for (at = text; strncmp(at, line, strlen(line)) != 0; at++) {
		at = strchr(at, '\n');
		if (!at)
			return -ENOENT;
	}
	at += strlen(line);
	n = strcspn(at, "\r\n");
	if (n == 0 || n >= n_bytes ||
		strspn(at, "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~_-") < n)
		return -EINVAL;
	snprintf(value, n_bytes, "%.*s", (int)n, at);
	return 0;
}
