/* file_name.h - a file in a command: NAME as it is, or "NAME" [sum HEX [of HEX]].
 *
 * Between quotes \" \\ and \xHH stand for a byte. What is written here is ASCII and UTF-8 without
 * quotes, `#`, backslashes and control characters inside, so a script's line can always hold it.
 * The sum is that of the file's content (base/fnv.h): a file with another one is refused. A copy says of
 * which file it is one (patch->file), so that what was turned in that one goes on in it.
 * Threads: [init] [desk] */
#ifndef CONTROL_FILE_NAME_H
#define CONTROL_FILE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum { FILE_NAME_BYTES = 1000 }; /* as written: with its quotes, and its sum */

struct file_name {
	char *path; /* inside the text it was read from */
	bool is_quoted, has_sum;
	uint64_t sum;
	uint64_t of; /* patch->file of what it is a copy of; 0: it is no copy */
};

/* Reads text, which is changed. 0, or -EINVAL and the reason. */
int file_name_read(char *text, struct file_name *name, struct diag *diag);
/* Into text; sum: NULL for none. 0, or -ENAMETOOLONG. */
int file_name_write(const char *path, const uint64_t *sum, char text[FILE_NAME_BYTES]);
/* Behind what file_name_write() wrote with a sum. */
void file_name_write_of(uint64_t of, char text[FILE_NAME_BYTES]);
/* 0, or why it is not (any more) the file that was meant. */
int file_name_check(const struct file_name *name, struct diag *diag);

#endif
