#include "control/state_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"
#include "control/turned.h"

/* Steps back are dropped, oldest first, where the text would grow beyond this. */
enum { UNDO_BYTES = 64 * 1024 };

/* ---- writing */
/* With what belongs to it and does not fit; before the values, which are newer. */
static void put_patch(FILE *to, const char *head, const struct patch *patch,
	const struct state_rest *rest, enum rest_of of, int at)
{
	fprintf(to, "%s%s\nmark %016" PRIx64 "\n", head, patch->path, patch_mark(patch));
	rest_put(rest, to, of, false, at);
	turned_put(to, patch);
}

static void put_edit(FILE *to, const struct desk *desk, const struct edit *edit)
{
	struct action action = {.kind = ACTION_STAGE,
		.stage = {.module = edit->module, .param = edit->param, .value = edit->value}};
	char text[ACTION_TEXT_BYTES];

	if (edit->n_items) {
		action = (struct action){.kind = ACTION_STAGE_LIST,
			.stage_list = {
				.module = edit->module, .list = edit->param, .n = edit->n_items}};
		memcpy(action.stage_list.items, edit->items,
			(size_t)edit->n_items * sizeof(*edit->items));
	}
	fprintf(to, "%s\n", action_text(desk->settings, &action, text));
}

static void put_undo(FILE *to, const struct desk *desk)
{
	char *text = NULL;
	size_t n_bytes = 0;
	int first = desk->undo.n;

	for (size_t sum = 0; first > 0; first--) { /* how many fit, from the newest back */
		FILE *trial = open_memstream(&text, &n_bytes);

		if (!trial)
			return;
		put_patch(trial, "undo ", desk->undo.steps[first - 1], &desk->saved.rest, REST_UNDO,
			first - 1);
		fclose(trial);
		free(text);
		sum += n_bytes;
		if (sum > UNDO_BYTES)
			break;
	}
	for (int i = first; i < desk->undo.n; i++) {
		rest_put(&desk->saved.rest, to, REST_UNDO, true, i);
		if (desk->undo.steps[i]->path[0])
			put_patch(
				to, "undo ", desk->undo.steps[i], &desk->saved.rest, REST_UNDO, i);
	}
	rest_put(&desk->saved.rest, to, REST_UNDO, true, desk->undo.n);
}

static void put_edits(FILE *to, const struct desk *desk)
{
	for (int i = 0; i < desk->staged.n; i++)
		if (edit_is_of(desk, &desk->staged.edits[i], desk_staged_base(desk)))
			put_edit(to, desk, &desk->staged.edits[i]);
	rest_put(&desk->saved.rest, to, REST_STAGED, false, 0);
}

char *state_write(const struct desk *desk, const char *start, size_t *n_bytes)
{
	char *text = NULL;
	FILE *to;

	if (!desk->live->path[0] || !(to = open_memstream(&text, n_bytes)))
		return NULL;
	fprintf(to, "start %s\n", start);
	/* before all else: an older chronus does not look there */
	left_put(&desk->left, "left", to);
	left_put(&desk->hands.snapshots, "snapshots", to);
	put_undo(to, desk);
	put_patch(to, "live ", desk->live, &desk->saved.rest, REST_LIVE, 0);
	if (!desk->staged.loaded)
		put_edits(to, desk);
	rest_put(&desk->saved.rest, to, REST_LIVE, true, 0);
	if (desk->staged.loaded) {
		put_patch(to, "loaded ", desk->staged.loaded, &desk->saved.rest, REST_LOADED, 0);
		put_edits(to, desk);
	}
	rest_put(&desk->saved.rest, to, REST_LOADED, true, 0);
	if (fclose(to) != 0 || *n_bytes > STATE_MAX_BYTES) {
		free(text);
		return NULL;
	}
	return text;
}

void state_free(struct state *state)
{
	patch_free(state->live);
	patch_free(state->loaded);
	for (int i = 0; i < state->n_undo; i++)
		patch_free(state->undo[i]);
	free(state->stages);
	left_free(&state->left);
	left_free(&state->snapshots);
	rest_free(&state->rest);
	memset(state, 0, sizeof(*state));
}

/* ---- the desk's side */
uint64_t desk_n_changes(const struct desk *desk)
{
	return desk->saved.n_changes;
}

static bool is_untouched(const struct desk *desk)
{
	return desk->staged.n == 0 && !desk->staged.loaded;
}

/* The steps of the state are older than those that there are. */
static void lay_beneath(struct desk *desk, struct state *state)
{
	int n_over = int_max(state->n_undo + desk->undo.n - DESK_MAX_UNDO, 0);

	if (desk->undo.n > 0)
		rest_to_steps(&state->rest, state->n_undo);
	rest_forget(&state->rest, n_over);
	for (int i = 0; i < n_over; i++)
		patch_free(state->undo[i]);
	undo_lay_beneath(desk, state->undo + n_over, state->n_undo - n_over);
	state->n_undo = 0;
}

static void stage_again(struct desk *desk, struct state *state)
{
	const struct action_names names = desk_names(desk);
	char *rest = state->stages, *line, whole[ACTION_TEXT_BYTES];
	struct action action;
	struct diag diag;

	while (rest && (line = strsep(&rest, "\n"))) {
		int n = snprintf(whole, sizeof(whole), "stage %s\n", line);
		char text[sizeof(whole)];

		memcpy(text, whole, sizeof(text)); /* reading cuts it into words */
		if (!strchr(line, ' ') || (action_read(&names, text, &action, &diag) >= 0 &&
						  desk_execute(desk, &action, NULL, 0, &diag) >= 0))
			continue;
		if (state->n_misfits++ == 0)
			state->misfit = diag;
		if (n < (int)sizeof(whole))
			rest_add(&desk->saved.rest, REST_STAGED, false, 0, whole, (size_t)n);
	}
}

void desk_resume(struct desk *desk, struct state *state)
{
	bool is_free = is_untouched(desk);

	lay_beneath(desk, state);
	recall_resume(desk, &state->left, &state->snapshots);
	if (!is_free)
		rest_unstaged(&state->rest);
	rest_free(&desk->saved.rest);
	desk->saved.rest = state->rest;
	state->rest = (struct state_rest){.n = 0};
	if (!is_free)
		return;
	edits_give_loaded(desk, state->loaded, desk->staged.is_replacing);
	state->loaded = NULL;
	stage_again(desk, state);
}

bool desk_misses_patch(const struct desk *desk)
{
	return rest_has_block(&desk->saved.rest, REST_LIVE);
}

void state_to_steps(struct state *state)
{
	if (state->live && state->n_undo == STATE_MAX_UNDO) {
		patch_free(state->undo[0]);
		state->n_undo--;
		memmove(state->undo, state->undo + 1, (size_t)state->n_undo * sizeof(*state->undo));
		rest_forget(&state->rest, 1);
	}
	rest_to_steps(&state->rest, state->n_undo);
	if (state->live)
		left_keep_patch(&state->left, state->live);
	if (state->live)
		state->undo[state->n_undo++] = state->live;
	state->live = NULL;
	patch_free(state->loaded);
	state->loaded = NULL;
	free(state->stages);
	state->stages = NULL;
}

void state_want(struct state *state, const char *path, const struct patch *patch)
{
	static const struct state_rest none = {.n = 0};
	char *text = NULL;
	size_t n_bytes = 0;
	FILE *to;

	if (rest_has_block(&state->rest, REST_LIVE) || !(to = open_memstream(&text, &n_bytes)))
		return;
	if (patch)
		put_patch(to, "", patch, &none, REST_LIVE, 0);
	else
		fprintf(to, "%s\n", path);
	if (fclose(to) == 0)
		rest_add(&state->rest, REST_LIVE, true, 0, text, n_bytes);
	free(text);
}

int desk_replace(struct desk *desk, struct patch *patch)
{
	if (!is_untouched(desk) || desk->undo.n || desk_is_committing(desk)) {
		patch_free(patch);
		return -EBUSY;
	}
	edits_give_loaded(desk, patch, true);
	desk_ask(desk, &(struct request){ACTION_COMMIT, REPLAY_HINT_NONE, 0});
	commit_poll(desk);
	return 0;
}

_Static_assert((int)STATE_MAX_UNDO == (int)DESK_MAX_UNDO, "all steps back are kept");
