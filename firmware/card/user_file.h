/* user_file.h - the files of the card that a user may replace while it runs, and what is right in
 * each.
 * Threads: [init] */
#ifndef CARD_USER_FILE_H
#define CARD_USER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"
#include "card/paths.h"

enum { USER_FILE_MAX_BYTES = 256 * 1024, USER_NAME_BYTES = 80 };

/* A person's name for it ("acid", "acid.ini", "patches/acid.ini", "chronus.ini", a path on the
 * card) to its name on the card. 0, or -EINVAL and what is allowed. */
int user_file_name(const char *said, char *name, struct diag *diag);

struct user_check {
	char summary[200];   /* what it is */
	char warnings[3000]; /* lines, or empty */
};

/* Are these bytes right for the file of this name? 0, or a negative errno and the reason, with line
 * where there is one. Nothing is written. */
int user_file_check(const struct paths *paths, const char *name, const char *bytes, size_t n_bytes,
	struct user_check *check, struct diag *diag);
/* FOLDER/name, whatever it is, has these bytes from now on; a file that was there with others is kept as
 * FOLDER/name~. After a power cut either is the old one or the new one. */
int user_file_keep_and_put(const char *folder, const char *name, const char *bytes, size_t n_bytes,
	mode_t mode, struct diag *diag);
/* Checks, and replaces: the file is the old one or the new one at any instant. */
int user_file_put(const struct paths *paths, const char *name, const char *bytes, size_t n_bytes,
	bool keeps_old, struct user_check *check, struct diag *diag);

#endif
