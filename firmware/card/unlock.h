/* unlock.h - the card may be written from unlock to lock; at all other times it is read-only.
 *
 * One at a time: who comes second waits. On a machine whose files are not on a read-only file
 * system it is only that.
 * Threads: [init] */
#ifndef CARD_UNLOCK_H
#define CARD_UNLOCK_H

#include "base/diag.h"
#include "card/paths.h"

struct unlocked {
	int fd; /* of the lock file */
	bool is_remounted;
};

/* 0, or a negative errno with the reason. */
int card_unlock(const struct paths *paths, struct unlocked *unlocked, struct diag *diag);
/* Everything is on the card when it returns. 0, or a negative errno with the reason. */
int card_lock(const struct paths *paths, struct unlocked *unlocked, struct diag *diag);

#endif
