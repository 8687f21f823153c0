/* file_watch.h - which of two files was saved: the patch that is played or staged, and the settings.
 *
 * Folders are watched, not files: an editor that writes a new file and renames it is seen as well as
 * one that writes in place. A file that is being written is not told before it is closed.
 * Threads: [desk] */
#ifndef CONTROL_FILE_WATCH_H
#define CONTROL_FILE_WATCH_H

#include <stdbool.h>

#include "base/diag.h"

enum watch_role { WATCH_PATCH, WATCH_SETTINGS, N_WATCH_ROLES };

struct file_watch;

/* 0, or a negative errno with the reason. */
int file_watch_open(struct file_watch **watch, struct diag *diag);
void file_watch_close(struct file_watch *watch);   /* NULL is allowed */
int file_watch_fd(const struct file_watch *watch); /* readable: something was saved */

/* From now on the file at path has this role (the one before has it no longer). Cheap where nothing
 * changes. A path that leads nowhere is watched as soon as its folder exists and it is told again. */
void file_watch_set(struct file_watch *watch, enum watch_role role, const char *path);

/* Whether the file was saved since the last call; forgets it. Never waits. */
bool file_watch_was_saved(struct file_watch *watch, enum watch_role role);

#endif
