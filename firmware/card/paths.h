/* paths.h - where the card's parts are on this machine.
 *
 * On the appliance the user's files are on the FAT partition (/boot/firmware, which has slot.txt);
 * with the Debian package on another system they are in /etc/chronus, and there are no slots.
 * Threads: [init] */
#ifndef CARD_PATHS_H
#define CARD_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

enum { PATHS_BYTES = 256 };

struct paths {
	bool has_slots;          /* this is the appliance */
	char card[PATHS_BYTES];  /* the user's files */
	char data[PATHS_BYTES];  /* what lasts */
	char boot[PATHS_BYTES];  /* what the initrd has to tell: slot, trial, disk */
	char run[PATHS_BYTES];   /* what lasts until the next boot; root's */
	char sound[PATHS_BYTES]; /* the same of the instrument */
	char socket[PATHS_BYTES];
	char disk[PATHS_BYTES]; /* partition N is DISK + N */
	char systemctl[PATHS_BYTES];
};

/* root: in front of every path; "" but in tests. */
void paths_find(struct paths *paths, const char *root);
/* The root that tests choose, $CHRONUS_ROOT; else "". A service gets its environment from its
 * unit, so nobody who talks to it chooses this. */
const char *paths_root(void);

/* FOLDER/format... into buf; false: it does not fit. */
bool paths_join(char *buf, size_t n_bytes, const char *folder, const char *format, ...)
	PRINTF_LIKE(4, 5);
bool paths_has(const char *folder, const char *name);

#endif
