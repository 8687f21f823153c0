/* sys_file.h - small text files of /proc and /sys, below a root that tests may choose.
 *
 * Threads: [init] [desk] */
#ifndef BASE_SYS_FILE_H
#define BASE_SYS_FILE_H

#include <stddef.h>

#include "base/util.h"

/* The file ROOT/FORMAT... into text, cut at its size; a newline at the end goes. root "" is the
 * machine's own. Bytes read, or a negative errno (text is empty then). */
int sys_read(char *text, size_t n_bytes, const char *root, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Writes text to it; the file must exist. 0 or a negative errno. */
int sys_write(const char *text, const char *root, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
