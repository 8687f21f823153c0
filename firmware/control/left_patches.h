/* left_patches.h - patches that were played and left, as they were left: what was turned in each, as lines
 * (turned.h). In the state, before all else of it:
 *
 *   left 0123456789abcdef PATCH.ini     the sum of its real path (patch->file), and its path as it was said
 *   written filter1.cutoff_hz 700       then its lines
 *   value filter1.cutoff_hz 2013.5
 *
 * Threads: [init] [desk]
 * Errors:  none; the ones that were left first are lost where there is no room or no memory. */
#ifndef CONTROL_LEFT_PATCHES_H
#define CONTROL_LEFT_PATCHES_H

#include "patch/patch.h"

#include <stdio.h>

enum { LEFT_MAX_PATCHES = 128, LEFT_MAX_BYTES = 512 * 1024 };

struct left_patch {
	uint64_t file;
	char *path;
	char *lines;
};

struct left_patches {
	int n;
	struct left_patch *list; /* the one that was left first is first; NULL: none yet */
};

/* The newest, in the place of what there is of that file. */
void left_keep(struct left_patches *left, uint64_t file, const char *path, const char *lines,
	size_t n_bytes);
/* The same of a patch; one in which nothing is turned is as it is written. */
void left_keep_patch(struct left_patches *left, const struct patch *patch);
void left_forget(struct left_patches *left, uint64_t file);
/* Those of files that left has not; older is empty then. */
void left_lay_beneath(struct left_patches *left, struct left_patches *older);
/* A fresh reading of the file gets what was turned in it. Lines that do not fit any more are told in the
 * log. */
void left_apply(const struct left_patches *left, struct patch *patch);
/* The lines that are kept of a file; NULL: there are none. */
const char *left_lines(const struct left_patches *left, uint64_t file);
/* word: that each begins with, as `left` */
void left_put(const struct left_patches *left, const char *word, FILE *to);
/* text: behind the word, up to the next section. */
void left_read(struct left_patches *left, const char *text, size_t n_bytes);
void left_free(struct left_patches *left);

#endif
