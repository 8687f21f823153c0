/* runtime_dir.h - the folder of what lives only while chronus runs: statistics, control socket.
 *
 * $CHRONUS_RUNTIME_DIR; else /run/chronus for root, or where it exists and may be written to; else
 * $XDG_RUNTIME_DIR/chronus; else /tmp/chronus-UID, which must be ours alone.
 * Threads: [init] */
#ifndef BASE_RUNTIME_DIR_H
#define BASE_RUNTIME_DIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/* FOLDER/name into buf (name "": the folder). 0 or -ENAMETOOLONG. Makes nothing. */
int runtime_path(char *buf, size_t n_bytes, const char *name);
/* Same for programs that look for a running chronus: the first of the folders above that has name,
 * written to by us or not (the appliance's belongs to its own user); else as runtime_path. */
int runtime_path_find(char *buf, size_t n_bytes, const char *name);
/* The process that left a file there has not died without taking it away. */
bool runtime_is_alive(int pid);
/* Makes the folder (0755 below /run, else 0700). 0, or a negative errno with the reason. */
int runtime_dir_make(struct diag *diag);

#endif
