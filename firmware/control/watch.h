/* watch.h - which of two files was saved: the patch that is played or staged, and the settings.
 *
 * Folders are watched, not files: an editor that writes a new file and renames it is seen as well as
 * one that writes in place. A file that is being written is not told before it is closed.
 * Threads: [desk] */
#ifndef CONTROL_WATCH_H
#define CONTROL_WATCH_H

#include <stdbool.h>

#include "base/diag.h"

enum watch_role { WATCH_PATCH, WATCH_SETTINGS, N_WATCH_ROLES };

struct watch;

/* 0, or a negative errno with the reason. */
int watch_open(struct watch **watch, struct diag *diag);
void watch_close(struct watch *watch);   /* NULL is allowed */
int watch_fd(const struct watch *watch); /* readable: something was saved */

/* From now on the file at path has this role (the one before has it no longer). Cheap where nothing
 * changes. A path that leads nowhere is watched as soon as its folder exists and it is told again. */
void watch_file(struct watch *watch, enum watch_role role, const char *path);

/* Whether the file was saved since the last call; forgets it. Never waits. */
bool watch_was_saved(struct watch *watch, enum watch_role role);

#endif
