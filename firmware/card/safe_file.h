/* safe_file.h - replacing a file so that a power cut leaves the old one or the new one, on FAT too.
 *
 * README.md beside this file says what FAT guarantees and what not.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_SAFE_FILE_H
#define CARD_SAFE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"

/* FOLDER/name has these bytes from now on. */
int safe_replace(const char *folder, const char *name, const void *bytes, size_t n_bytes,
	mode_t mode, struct diag *diag);
/* FOLDER/name is there no more. */
int safe_remove(const char *folder, const char *name, struct diag *diag);
/* Writes a file of exactly one sector in place; one of another size is replaced. */
int safe_sector(
	const char *folder, const char *name, const void *bytes, size_t n_bytes, struct diag *diag);
/* Everything written to the file system of path so far is on the card. */
int safe_sync(const char *path, struct diag *diag);
/* Whole small file into buf, and a NUL. Its length, or a negative errno; -EFBIG: larger. */
ssize_t small_read(const char *folder, const char *name, char *buf, size_t n_bytes);

#endif
