/* edit.h - between the files of `chronus edit`. Threads: [init] */
#ifndef CLI_EDIT_H
#define CLI_EDIT_H

#include <stddef.h>

#include "base/diag.h"
#include "card/paths.h"
#include "card/user_file.h"

struct file_edit {
	struct paths paths;
	char name[USER_NAME_BYTES];
	char *bytes; /* USER_FILE_MAX_BYTES + 1 of room */
	size_t n_bytes;
};

/* All of fd into edit; path is for messages. */
int edit_read(struct file_edit *edit, int fd, const char *path, struct diag *diag);
/* Checks it, and has it replaced; says on stdout what became of it. */
int edit_put(struct file_edit *edit, struct diag *diag);
/* Has the instrument started anew; says on stdout what became of it. */
int edit_restart(struct file_edit *edit, struct diag *diag);
/* Each file of the folder. 0, or a negative errno where there is no such folder. */
int edit_inbox(struct file_edit *edit, const char *path, struct diag *diag);

#endif
