/* trial.h - what was updated is tried once, and kept only when it has sounded.
 *
 * The lasting choice (slot.txt, /data/app/current) names what was there before during the whole
 * trial: a power cut, a hang or a crash needs nobody to act. Only success changes it.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_TRIAL_H
#define CARD_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "card/paths.h"
#include "card/sound_watch.h"

enum trial_kind {
	TRIAL_NONE,
	TRIAL_SLOT,    /* this boot is one */
	TRIAL_PROGRAM, /* the instrument's program is one */
	TRIAL_ENDED,   /* there was one, and it did not last */
};

/* The trial under way; what: the note about it ("slot b, version 1.2"). */
enum trial_kind trial_find(const struct paths *paths, char *what, size_t n_bytes);

/* Before it begins: what is tried, and whether there is a sound card now (then silence on a
 * simulated one does not count). */
int trial_note(const struct paths *paths, struct diag *diag, const char *format, ...)
	PRINTF_LIKE(3, 4);
bool trial_needs_device(const struct paths *paths);
/* Asks the running instrument; set by the program, which knows the statistics page. */
extern void (*trial_look)(struct sound_look *look);

/* The card (unlocked) boots this slot, for good; writes only what is not so yet. */
int trial_name_slot(const char *card, char letter, struct diag *diag);
/* The card (unlocked) boots this slot once. */
int trial_try_slot(const struct paths *paths, char letter, struct diag *diag);
/* The instrument's next start is by the program in this folder of /data/app, once. */
int trial_try_program(const struct paths *paths, const char *version, struct diag *diag);

/* It has sounded: it is kept. The slot's letter is what runs. */
int trial_keep(const struct paths *paths, enum trial_kind kind, struct diag *diag);
/* It has not, or did not last: forgotten. What was there before is what starts next. */
void trial_forget(const struct paths *paths);

#endif
