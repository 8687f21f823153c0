/* update.h - the journey of an update: received, verified, written, proven, tried, kept.
 *
 * The slot that runs is never touched. slot.txt changes only after everything else is on the card
 * and was read back, and only "for one boot" (boot_slot.h); trial.h decides about more.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason; then the card boots what it booted before. */
#ifndef CARD_UPDATE_H
#define CARD_UPDATE_H

#include <stdbool.h>

#include "base/diag.h"
#include "card/paths.h"
#include "card/progress.h"

struct seat;

enum { UPDATE_MAX_MB = 512, UPDATE_VERSION_BYTES = 64 };

struct update {
	const struct paths *paths;
	bool is_unsigned;  /* by the owner's word: the checksum suffices */
	bool may_be_older; /* by the owner's word: a downgrade */
	struct progress progress;
	struct seat *seat; /* of the request; may be NULL */

	char work[PATHS_BYTES + 32]; /* a folder of /data, made and removed by us */
	char file[PATHS_BYTES + 64]; /* what was received */
	char version[UPDATE_VERSION_BYTES];
	bool is_package;
};

/* Reads the update from fd up to its end and does it all. Then the new slot is tried at the next
 * boot, or the new program at the next start of the instrument: the caller has to see to that. */
int update_do(struct update *update, int fd, struct diag *diag);

/* Is this machine updated by us? Where it has packages of its own, the reason says what to do. */
int update_is_ours(const struct paths *paths, struct diag *diag);

/* ---- between the files of the journey */

/* receive.c: the stream into update->file; is it what its maker made? */
struct envelope;
int update_receive(struct update *update, int fd, struct envelope *envelope, struct diag *diag);
int update_verify(struct update *update, const struct envelope *envelope, struct diag *diag);
/* installed.c: is update->version as late as what is installed? Or may it be older? */
int update_check_age(const struct update *update, struct diag *diag);
/* image.c, package.c: written, and read back; not yet tried. */
int update_image(struct update *update, struct diag *diag);
int update_package(struct update *update, struct diag *diag);

#endif
