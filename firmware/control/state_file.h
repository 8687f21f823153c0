/* state_file.h - the state on a disk: two files in turn, so that one is always whole.
 *
 * FOLDER/state.0 and state.1, text, the first line of each
 *     chronus-state 1 generation 42 bytes 513 sum 0123456789abcdef
 * The one with the highest generation among those that are whole is the state. The folder is not made
 * here: that it is there says that its disk is.
 * Threads: [init] [housekeeping]: it waits for the disk.
 * Errors:  0 or a negative errno. */
#ifndef CONTROL_STATE_FILE_H
#define CONTROL_STATE_FILE_H

#include <stddef.h>
#include <stdint.h>

/* text: the body, which the caller frees. -ENOENT: there is no folder, or no state in it
 * (*has_folder says which); -EBADMSG: there are files, and none is whole. *n_damaged: files that were
 * not whole. */
struct state_found {
	char *text;
	uint64_t generation; /* of the state, or the highest one that was seen */
	int has_folder;
	int n_damaged;
	int holder; /* pid of the process whose folder it is (state_writer.h); 0: none, or not known */
};
int state_file_read(const char *folder, struct state_found *found);
/* In the place of the older one; it has reached the disk when this returns. */
int state_file_write(const char *folder, uint64_t generation, const char *text, size_t n_bytes);

#endif
