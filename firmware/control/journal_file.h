/* journal_file.h - a journal's file, what it begins with, and the copies of patches beside it.
 *
 * Threads: [desk]; between the files of control/ only. */
#ifndef CONTROL_JOURNAL_FILE_H
#define CONTROL_JOURNAL_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "config/settings.h"
#include "control/file_name.h"
#include "patch/patch.h"

enum { JOURNAL_PATH_BYTES = 1024 };

struct journal_file {
	FILE *file;
	bool has_begun;
	char path[JOURNAL_PATH_BYTES];
	bool keeps_copies; /* of all; else only of what is in no file as it was played */
	int n_copies;
	int err; /* the first one; nothing more is written then */
};

/* A file, which is begun anew, or a folder that is there: FOLDER/played.txt, with copies of all files.
 * It begins with what a rendering needs: first, what is played from block 0 on; of the settings those that
 * samples depend on. 0, or a negative errno and the reason; nothing is open then. */
int journal_file_open(struct journal_file *to, const char *path, const struct settings *settings,
	const struct patch *first, struct diag *diag);
/* A patch's file: a path that a command can hold, and the sum of the file. */
struct journal_name {
	char path[JOURNAL_PATH_BYTES]; /* absolute, or it begins in the journal's folder */
	uint64_t sum;
	uint64_t of; /* patch->file, where path is a copy; else 0 */
};

/* How the patch's file is named in it. 0; 1: the patch is in no file and has no text; or a negative
 * errno, told: no file could be kept. */
int journal_file_name(
	struct journal_file *to, const struct patch *patch, struct journal_name *name);
/* An error ends it; the first one is told. */
void journal_file_fail(struct journal_file *to, int err, const char *what);
void journal_file_flush(struct journal_file *to);
/* to->err. */
int journal_file_close(struct journal_file *to);

#endif
