/* boot_slot.h - slot.txt: the one sector that says which of the two systems the card boots.
 *
 * The Pi's firmware reads it as part of config.txt (`include slot.txt`) and takes kernel, initrd,
 * device trees and command line from the folder it names. It is exactly one sector, written in
 * place: a card that loses power has the old sector or the new one.
 *
 * A slot that is tried is named with the mark `try`. The initrd that finds it names the other slot
 * again (`tried`) before it does anything else, so whatever happens next, the boot after that
 * is the old system's. Only a slot that has sounded is named for good (`atomic_file`).
 * Threads: [any] */
#ifndef CARD_BOOT_SLOT_H
#define CARD_BOOT_SLOT_H

#include <stddef.h>

enum { BOOT_SLOT_BYTES = 512 };

enum boot_mark {
	BOOT_KEPT,     /* for good */
	BOOT_TRY,      /* for one boot */
	BOOT_TRIED,    /* that boot has begun; this is the slot to go back to */
	BOOT_FALLBACK, /* the other slot could not be mounted */
	N_BOOT_MARKS
};

static inline char boot_slot_other(char letter)
{
	return letter == 'a' ? 'b' : 'a';
}

/* The number of the slot's root partition. */
static inline int boot_slot_partition(char letter)
{
	return letter == 'a' ? 2 : 3;
}

/* text: BOOT_SLOT_BYTES of them, no NUL. */
void boot_slot_text(char *text, char letter, enum boot_mark mark);
/* 0, or -EINVAL: it names no slot. What somebody wrote by hand, without a mark, is `atomic_file`. */
int boot_slot_read(const char *text, size_t n_bytes, char *letter, enum boot_mark *mark);

#endif
