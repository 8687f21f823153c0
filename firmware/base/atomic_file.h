/* atomic_file.h - files that are whole or not there: written beside, then renamed into place.
 *
 * Whoever reads, and whenever the power goes: the name stands for the old content or the new one.
 * Threads: [init] [desk] [housekeeping]; is_durable waits for the disk: never from the desk's loop.
 * Errors:  0 or a negative errno; what was there before is there still. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* FOLDER/name. is_durable: it has reached the disk when this returns. */
int atomic_file_replace(
	const char *folder, const char *name, const char *text, size_t n_bytes, bool is_durable);
/* All of it, however many calls that takes. */
int atomic_file_write(int fd, const void *bytes, size_t n_bytes);

#endif
