/* setlist.h - setlist.txt beside the patches: their order for the patch knob, `next`, `previous` and
 * program changes. One patch a line, `acid` or `acid.ini`; blank lines, and all behind a `#`, say nothing.
 * Threads: [init] [desk]: it reads the disk. */
#ifndef CONFIG_SETLIST_H
#define CONFIG_SETLIST_H

#include <stddef.h>

#include "base/diag.h"

enum { SETLIST_MAX_PATCHES = 128, SETLIST_NAME_BYTES = 64 };
#define SETLIST_FILE "setlist.txt"

struct setlist {
	int n; /* 0: there is no such file, or nothing in it */
	char names[SETLIST_MAX_PATCHES][SETLIST_NAME_BYTES]; /* "acid.ini", in the file's order */
};

/* FOLDER/setlist.txt; whether the patches are there is not looked at. 0, or a negative errno and
 * FILE:LINE with the reason: out is as it was. */
int setlist_read(const char *folder, struct setlist *out, struct diag *diag);
/* The same from a text; file is for messages. */
int setlist_read_text(
	const char *text, size_t n_bytes, const char *file, struct setlist *out, struct diag *diag);
/* Index of "acid.ini", or -ENOENT. */
int setlist_find(const struct setlist *setlist, const char *name);

#endif
