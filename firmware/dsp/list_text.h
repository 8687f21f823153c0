/* list_text.h - a list as written ("X.x. -x", "36 c#3 48") to numbers and back; a single note.
 *
 * Shapes:  LIST_STEPS takes . x X -, and 0 and 1 for . and x, spaces anywhere; LIST_NOTES takes MIDI
 *          numbers (fractions are cents) and names: c d e f g a b, then # or b, then the octave
 *          -1..9 (c4 is 60, a4 is 69); LIST_NUMBERS takes numbers. Items stand apart by spaces, or
 *          by one comma; one between digits might be a decimal one, and is refused.
 * Threads: [desk] [init]
 * Errors:  -EINVAL (not an item), -ERANGE (outside the list's min and max), -E2BIG (too many) with
 *          the reason in diag; out is untouched then. */
#ifndef DSP_LIST_TEXT_H
#define DSP_LIST_TEXT_H

#include "base/diag.h"
#include "dsp/module.h"

enum { LIST_TEXT_BYTES = LIST_MAX_ITEMS * 16 + 1 };

/* "c#3", "Bb-1": the note's number. Returns the end of the name, NULL: there is none. */
const char *note_name_read(const char *text, double *out);
/* A note as a list has it: "60", "c#3". 0, or -EINVAL or -ERANGE and the reason. */
int note_read(const char *text, int *out, struct diag *diag);
/* The list as text, which list_read() reads back to the same bits. */
const char *list_write(
	const struct list_desc *desc, const float *items, int n, char text[LIST_TEXT_BYTES]);
/* Returns the number of items, 1..LIST_MAX_ITEMS. */
int list_read(const struct list_desc *desc, const char *text, float *out, struct diag *diag);

#endif
