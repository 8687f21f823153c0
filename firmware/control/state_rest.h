/* state_rest.h - leftovers of a state, which do not fit now: a patch whose file is missing or broken, a line for
 * a module that is gone. They stay in the state, as they were written, until they fit again at a start or a
 * hand replaces them.
 *
 * A leftover belongs to the patch that is heard, to one before it, to the loaded one or to what is staged, and
 * moves along as those do: what the desk does with its patches it tells here.
 * Threads: [init] [desk]
 * Errors:  none; what there is no memory or no room for is lost, the oldest first. */
#ifndef CONTROL_STATE_REST_H
#define CONTROL_STATE_REST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum rest_of { REST_UNDO, REST_LIVE, REST_LOADED, REST_STAGED };
enum { REST_MAX_LEFTOVERS = 128, REST_MAX_BYTES = 128 * 1024 };

struct leftover {
	enum rest_of of;
	bool is_block; /* a whole patch with its lines; else a line of one that is there */
	int at;        /* REST_UNDO, a line: its step; a block: how many steps are older */
	char *text;    /* lines with their ends; a block's first one is the path of its patch */
};

struct state_rest {
	int n;
	struct leftover *leftovers; /* in the order of the text; NULL: none yet */
};

void rest_add(struct state_rest *rest, enum rest_of of, bool is_block, int at, const char *text,
	size_t n_bytes);
void rest_free(struct state_rest *rest);
/* All leftovers of this kind, as text; at: of REST_UNDO. */
void rest_put(const struct state_rest *rest, FILE *to, enum rest_of of, bool is_block, int at);
bool rest_has_block(const struct state_rest *rest, enum rest_of of);

/* The patch that is heard becomes the step n_undo, another one is heard. has_loaded: it was the loaded one.
 * is_same_file: of the same file as before. */
void rest_committed(struct state_rest *rest, int n_undo, bool has_loaded, bool is_same_file);
/* The step n_undo is heard again, and no step any more. */
void rest_undone(struct state_rest *rest, int n_undo);
/* The n oldest steps are gone. */
void rest_forget(struct state_rest *rest, int n);
/* Another patch is loaded, or nothing is staged any more. */
void rest_unstaged(struct state_rest *rest);
/* Something else is heard than the state has: its live patch is the step n_undo, nothing is staged. */
void rest_to_steps(struct state_rest *rest, int n_undo);

#endif
