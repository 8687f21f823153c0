/* state_text.h - what outlives a power cut, as text: the patch that is heard with what was
 * done to it, the patches before it, what is staged.
 *
 *   start PATCH.ini                  as [start] of the settings said then
 *   left 0123456789abcdef PATCH.ini  as it was left: left_patches.h
 *   live PATCH.ini                   then its lines:
 *   mark 0123456789abcdef                of the file as it was written
 *   value filter1.cutoff_hz 2013.5       turned, sent or staged and committed: turned.h
 *   undo PATCH.ini                   the same, oldest first
 *   loaded PATCH.ini                 waits for the commit; the same
 *   stage osc1.shape saw             waits for the commit, in order; of the patch above it
 *
 * If a patch of these cannot be opened, its lines stay among them as they were. So there may be a second
 * live patch: the last one that can be opened is played, and one before it, if a hand has turned it, is the
 * newest step back.
 *
 * Threads: [init] [desk] */
#ifndef CONTROL_STATE_TEXT_H
#define CONTROL_STATE_TEXT_H

#include "control/desk.h"
#include "control/left_patches.h"
#include "control/state_rest.h"

enum { STATE_MAX_UNDO = 32, STATE_MAX_BYTES = 2 * 1024 * 1024 };

struct state {
	struct patch *live;   /* NULL: there is none that could be opened */
	struct patch *loaded; /* or NULL */
	int n_undo;
	struct patch *undo[STATE_MAX_UNDO]; /* oldest first */
	char *stages;                       /* lines "MODULE.PARAM VALUE", or NULL */
	struct left_patches left;           /* that were left before */
	struct left_patches snapshots;      /* of all patches */
	struct state_rest rest;             /* what could not be taken */
	char start[SETTINGS_PATH_BYTES];
	int n_edited; /* patches whose file was edited since: what was turned stays, less what was edited */
	/* what no longer fits: how many, and the first reason */
	int n_misfits;
	struct diag misfit;
	struct diag missing; /* why the patch that was heard cannot be; empty: it can */
};

/* How patches are found again. is_live: it is the one that is heard. 0 and *patch (the caller's), or
 * a negative errno and the reason. */
struct state_opener {
	int (*open)(
		void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag);
	void *ctx;
};

/* The desk's content; free() it. NULL: out of memory, or what is heard has no file (a rescue's
 * silence), which is nothing to come back to. start: of the settings. */
char *state_write(const struct desk *desk, const char *start, size_t *n_bytes);
/* Takes what fits, and keeps the rest. */
void state_read(const char *text, const struct state_opener *opener, struct state *state);
void state_free(struct state *state);

/* Another number whenever something has changed that state_write tells. */
uint64_t desk_n_changes(const struct desk *desk);
/* Another patch is heard than the state's: that one is its newest step back, and nothing is staged. */
void state_to_steps(struct state *state);
/* Another patch is heard than the one at path, which could not be opened, or than this patch, which could not
 * be played: it is played when it can be. */
void state_want(struct state *state, const char *path, const struct patch *patch);
/* Gives the desk what was staged and what can be undone; state keeps its live patch, which is heard
 * already. What inputs have staged or committed meanwhile is not touched: the steps lie beneath. */
void desk_resume(struct desk *desk, struct state *state);
/* another patch is heard than the one that was left, which cannot be opened */
bool desk_misses_patch(const struct desk *desk);
/* The same for a state that comes late: patch (the desk's from then on) is committed in the place of
 * what is heard, with what was turned since, and the one before is not remembered. -EBUSY: something
 * is staged or under way, or was committed already; then patch is freed. */
int desk_replace(struct desk *desk, struct patch *patch);

#endif
