/* places.h - where the card's parts are on this machine.
 *
 * On the appliance the user's files are on the FAT partition (/boot/firmware, which has slot.txt);
 * with the Debian package on another system they are in /etc/chronus, and there are no slots.
 * Threads: [init] */
#ifndef CARD_PLACES_H
#define CARD_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

enum { PLACE_BYTES = 256 };

struct places {
	bool has_slots;          /* this is the appliance */
	char card[PLACE_BYTES];  /* the user's files */
	char data[PLACE_BYTES];  /* what lasts */
	char boot[PLACE_BYTES];  /* what the initrd has to tell: slot, trial, disk */
	char run[PLACE_BYTES];   /* what lasts until the next boot; root's */
	char sound[PLACE_BYTES]; /* the same of the instrument */
	char socket[PLACE_BYTES];
	char disk[PLACE_BYTES]; /* partition N is DISK + N */
	char systemctl[PLACE_BYTES];
};

/* root: in front of every path; "" but in tests. */
void places_find(struct places *places, const char *root);
/* The root that tests choose, $CHRONUS_ROOT; else "". A service gets its environment from its
 * unit, so nobody who talks to it chooses this. */
const char *places_root(void);

/* FOLDER/format... into buf; false: it does not fit. */
bool place_path(char *buf, size_t n_bytes, const char *folder, const char *format, ...)
	PRINTF_LIKE(4, 5);
bool place_has(const char *folder, const char *name);

#endif
