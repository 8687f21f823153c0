/* config_txt.h - config.txt's own part comes with an update, the user's lines stay.
 *
 * The file has two parts: the maker's, up to the line CONFIG_TXT_USERS, and the user's behind it.
 * The maker's part of a version is in its slot's folder, as config.own. A line is known by what
 * stands before its "=" or blank. Of the maker's part, a line that the user has changed, added or
 * taken out stays so; all others become those of the new version. Comments are the new version's.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason; then nothing has changed. */
#ifndef CARD_CONFIG_TXT_H
#define CARD_CONFIG_TXT_H

#include "base/diag.h"

#define CONFIG_TXT_USERS "# sound and pins"

/* now: the card's. before: config.own of the version that wrote it (NULL: it had none: then a line
 * that differs is the user's, and one that is missing comes). next: of the new version. Pure; *out
 * is to be freed. -EINVAL: the maker's part has a filter ([pi4]) or no end, so a line's meaning
 * depends on where it stands: it is for a hand. */
int config_txt_merge(
	const char *now, const char *before, const char *next, char **out, struct diag *diag);

/* The same on the card (unlocked), whose slot `letter` is the new version. Without its config.own,
 * or where nothing differs, nothing is written. 1: it was changed. */
int config_txt_update(const char *card, char letter, struct diag *diag);

#endif
