/* card_rig.h - a machine with a card, below a folder: slot a runs, slot b holds the version before.
 *
 * What makes its images (zstd, mtools, signify ...) may be missing: see card_rig_can(). */
#ifndef SUPPORT_CARD_RIG_H
#define SUPPORT_CARD_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "card/paths.h"

/* What an image of this version is like; files are made once for each kind. */
enum card_image {
	CARD_GOOD,        /* version 2.0, 600 KB, signed by the card's key */
	CARD_STRANGE_KEY, /* the same, signed by another */
	CARD_OTHER_MACHINE,
	CARD_TOO_LARGE, /* its root does not fit */
	CARD_EARLIER,   /* 0.9.12; 1.0 runs */
	N_CARD_IMAGES
};
enum { CARD_ROOT_BYTES = 600 * 1024 };

bool card_rig_can(void); /* the programs are there */
/* A fresh one; its paths. The same folder each time. */
void card_rig_new(struct paths *paths);
/* The image's file; FILE.sig and FILE.sha256 are beside it. */
const char *card_rig_image(enum card_image image);
/* A file descriptor from which `FILE.sig` (or .sha256) and FILE come, as over ssh; the file cut at
 * cut bytes (0: not), its byte at `spoilt` changed (0: none). */
int card_rig_stream(enum card_image image, const char *beside, size_t cut, size_t spoilt);
/* The whole file PATH below the root, into memory (free it); NULL: it is not there. */
char *card_rig_read(const char *path, size_t *n_bytes);
/* Writes text there, and makes the folders on the way. */
void card_rig_write(const char *path, const char *text, size_t n_bytes);
/* The slot holds what an image of this version holds. */
void card_rig_fill(char letter, const char *version);

#endif
