/* slot_folder.h - a slot's folder on the FAT: kernel, initrd, device trees, overlays, command line.
 *
 * Its kernel is deleted first and written last: a folder that has a kernel is whole.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_SLOT_FOLDER_H
#define CARD_SLOT_FOLDER_H

#include <stddef.h>

#include "base/diag.h"

/* Takes the kernel away: the slot cannot be booted any more. Makes the folder if there is none. */
int slot_folder_spoil(const char *folder, struct diag *diag);
/* Replaces all of folder by what is in from; on the card when it returns. */
int slot_folder_write(const char *from, const char *folder, struct diag *diag);
/* Reads both again, folder from the card itself: is it the same? */
int slot_folder_prove(const char *from, const char *folder, struct diag *diag);

/* The command line in folder is for this slot from now on: `chronus.slot=` and `root=`. */
int slot_folder_address(const char *folder, char letter, struct diag *diag);

/* The value of a line KEY=VALUE of the folder's file `release`. 0, -ENOENT, -EINVAL (it holds what
 * does not belong into a name). */
int slot_folder_release(const char *folder, const char *key, char *value, size_t n_bytes);

#endif
