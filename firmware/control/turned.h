/* turned.h - what was turned, sent or staged in a patch since it was read, as lines of text:
 *
 *   written filter1.cutoff_hz 700      the file's value, before the one that stands over it
 *   value filter1.cutoff_hz 2013.5
 *   written seq1.notes 0123456789abcdef  of a list its sum
 *   list seq1.notes 36 c#3
 *
 * A file that has another value than was written was edited since, and wins.
 * Threads: [init] [desk] */
#ifndef CONTROL_TURNED_H
#define CONTROL_TURNED_H

#include <stdio.h>

#include "patch/patch.h"

enum { TURNED_IS_EDITED = 1, TURNED_TARGET_BYTES = 100 };

struct turned_reader {
	struct patch *patch;
	char edited[TURNED_TARGET_BYTES]; /* the file has another value of it than was written */
};

bool turned_is_any(const struct patch *patch);
void turned_put(FILE *to, const struct patch *patch);
/* One line, which is cut into words. 0: taken, or it is no such line. TURNED_IS_EDITED: the file wins. A
 * negative errno: it does not fit, and diag says why. */
int turned_read(struct turned_reader *reader, char *line, struct diag *diag);
/* The file that patch was read from has now what file has: its values are as written, those turned since
 * stay. 0 or -ENOMEM. */
int turned_note_saved(struct patch *patch, const struct patch *file);
/* All that was turned in from goes on in to, which was read from the same file, where that was not edited
 * since. 0 or -ENOMEM. */
int turned_go_on(struct patch *to, const struct patch *from);

#endif
