/* undo_steps.c - the patches before the one that is heard, with the values they had.
 * Tested by: unit/control/test_desk */
#include "control/desk_state.h"

#include <string.h>

void undo_push(struct desk *desk, struct patch *patch)
{
	struct undo_steps *undo = &desk->undo;

	if (undo->n == DESK_MAX_UNDO) {
		patch_free(undo->steps[0]);
		undo->n--;
		memmove(undo->steps, undo->steps + 1, (size_t)undo->n * sizeof(*undo->steps));
		rest_forget(&desk->saved.rest, 1);
	}
	rest_committed(&desk->saved.rest, undo->n, desk->staged.loaded_used != NULL,
		strcmp(patch->path, desk->commit.next->path) == 0);
	undo->steps[undo->n++] = patch;
}

void undo_pop(struct desk *desk)
{
	patch_free(desk->undo.steps[--desk->undo.n]);
	rest_undone(&desk->saved.rest, desk->undo.n);
}

void undo_lay_beneath(struct desk *desk, struct patch *const *older, int n)
{
	struct undo_steps *undo = &desk->undo;

	memmove(undo->steps + n, undo->steps, (size_t)undo->n * sizeof(*undo->steps));
	memcpy(undo->steps, older, (size_t)n * sizeof(*undo->steps));
	undo->n += n;
}
