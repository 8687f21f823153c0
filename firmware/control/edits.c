/* edits.c - what changes values: heard at once (set), or waiting for the commit (stage, load). */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/patch_path.h"

/* The value stays through commits: in the live patch, and in the one that is about to be live where that
 * is the same one, edited. */
static void keep_value(const struct desk *desk, struct patch *patch, struct module_ref module,
	int param, float value)
{
	int m = patch_find_ref(patch, module);

	if (m < 0 || !recall_crosses(desk, desk->live->file, patch, module, param))
		return;
	patch->modules[m].values[param] = value;
	patch->modules[m].touched |= 1u << param;
}

void desk_set_value(struct desk *desk, int module, int param, float value)
{
	const struct pending_event event = {.kind = EVENT_PARAM,
		.file = desk->live->file,
		.module = module_ref_of(&desk->live->modules[module]),
		.param = param,
		.value = value};

	desk->saved.n_changes++;
	late_note(desk, module, param);
	keep_value(desk, desk->live, event.module, param, value);
	keep_value(desk, desk->commit.next, event.module, param, value);
	for (int s = 0; s < N_SLOTS; s++)
		keep_value(desk, desk->slot_patches[s], event.module, param, value);
	pending_send(desk, &event);
}

const struct edit *desk_find_edit(const struct desk *desk, struct module_ref module, int param)
{
	for (int i = desk->staged.n - 1; i >= 0; i--) {
		const struct edit *edit = &desk->staged.edits[i];

		if (edit->module.symbol == module.symbol && edit->module.desc == module.desc &&
			edit->param == param && !edit->n_items)
			return edit;
	}
	return NULL;
}

static bool is_of_same(const struct edit *a, const struct edit *b)
{
	return a->module.symbol == b->module.symbol && a->module.desc == b->module.desc &&
	       a->param == b->param && !a->n_items == !b->n_items;
}

int desk_stage_room(const struct desk *desk, int n, struct diag *diag)
{
	if (desk->staged.n + n <= DESK_MAX_EDITS)
		return 0;
	return diag_set(diag, -ENOSPC, "%d edits are staged already; commit first", desk->staged.n);
}

/* The place of an edit of this: over one that was not used by a commit under way (that may still be
 * refused), or behind all. NULL: no room. */
static struct edit *edit_slot(struct desk *desk, const struct edit *edit, struct diag *diag)
{
	for (int i = desk->staged.n_used; i < desk->staged.n; i++)
		if (is_of_same(&desk->staged.edits[i], edit))
			return &desk->staged.edits[i];
	return desk_stage_room(desk, 1, diag) < 0 ? NULL : &desk->staged.edits[desk->staged.n++];
}

static int stage_edit(struct desk *desk, const struct edit *edit, struct diag *diag)
{
	struct edit *to = edit_slot(desk, edit, diag);

	if (!to)
		return -ENOSPC;
	*to = *edit;
	desk->saved.n_changes++;
	return 0;
}

int desk_stage_value(
	struct desk *desk, struct module_ref module, int param, float value, struct diag *diag)
{
	const struct edit edit = {.module = module,
		.param = param,
		.value = value,
		.file = desk_staged_base(desk)->file};
	const struct action action = {
		.kind = ACTION_STAGE, .stage = {.module = module, .param = param, .value = value}};

	journal_edit(desk, &action);
	return stage_edit(desk, &edit, diag);
}

int desk_stage_list(struct desk *desk, struct module_ref module, int list, const float *items,
	int n, struct diag *diag)
{
	struct edit edit = {.module = module,
		.param = list,
		.n_items = n,
		.file = desk_staged_base(desk)->file};
	struct action action = {
		.kind = ACTION_STAGE_LIST, .stage_list = {.module = module, .list = list, .n = n}};

	memcpy(action.stage_list.items, items, (size_t)n * sizeof(*items));
	memcpy(edit.items, items, (size_t)n * sizeof(*items));
	journal_edit(desk, &action);
	return stage_edit(desk, &edit, diag);
}

/* As if it had never been used: a later edit of the same is in its place, or a patch was
 * loaded that has no such module. */
static bool is_superseded(const struct desk *desk, const struct edit *edit)
{
	bool is_later = false;

	for (int i = desk->staged.n_used; i < desk->staged.n; i++)
		is_later = is_later || is_of_same(&desk->staged.edits[i], edit);
	return is_later || edit->is_misfit;
}

void desk_restage(struct desk *desk)
{
	int n_kept = 0;

	for (int i = 0; i < desk->staged.n; i++)
		if (i >= desk->staged.n_used || !is_superseded(desk, &desk->staged.edits[i]))
			desk->staged.edits[n_kept++] = desk->staged.edits[i];
	desk->staged.n = n_kept;
	desk->staged.n_used = 0;
	desk->staged.loaded_used = NULL;
}

/* The file is told and journaled as it was found. */
static int read_named(
	const struct desk *desk, const char *said, struct patch **patch, struct diag *diag)
{
	const struct patch_places places = {.now = desk_staged_base(desk)->path,
		.start = desk->settings->start.patch,
		.settings = desk->settings->path};
	char path[sizeof(((struct patch *)0)->path)];
	struct diag why;
	int err;

	if (strlen(said) >= sizeof(path))
		return diag_set(diag, -ENAMETOOLONG, "%.200s...: the name is longer than %zu bytes",
			said, sizeof(path) - 1);
	if (patch_path_find(said, &places, path, sizeof(path)))
		return patch_read_filled(path, patch, diag);
	err = patch_read_filled(said, patch, &why);
	if (err == -ENOENT && said[0] != '/')
		return diag_set(diag, err,
			"%.300s, here, beside the patch that is heard, or in patches/ beside "
			"chronus.ini",
			why.text);
	*diag = why;
	return err;
}

bool edit_is_of(const struct desk *desk, const struct edit *edit, const struct patch *patch)
{
	if (patch_find_ref(patch, edit->module) < 0)
		return false;
	return edit->n_items ? edit->file == patch->file
			     : recall_crosses(desk, edit->file, patch, edit->module, edit->param);
}

int desk_load(struct desk *desk, const char *said, uint64_t of, struct diag *diag)
{
	struct patch *patch;
	int kept = desk->staged.n_used;
	int err = read_named(desk, said, &patch, diag);

	if (err < 0) {
		desk_count_refusal(desk, diag);
		desk->staged.has_refused_load = true;
		return err;
	}
	desk->staged.has_refused_load = false;
	if (of)
		patch->file = of;
	/* edits staged before stay where it is the same patch, or their knob says that they go along */
	for (int i = 0; i < desk->staged.n; i++) {
		if (!edit_is_of(desk, &desk->staged.edits[i], patch))
			desk->staged.edits[i].is_misfit = true;
		if (i >= desk->staged.n_used && !desk->staged.edits[i].is_misfit)
			desk->staged.edits[kept++] = desk->staged.edits[i];
	}
	desk->staged.n = kept;
	if (desk->staged.loaded == desk->staged.loaded_used)
		desk->staged.loaded_used = NULL;
	patch_free(desk->staged.loaded);
	desk->staged.loaded = patch;
	desk_rebind(desk);
	rest_unstaged(&desk->saved.rest);
	desk->staged.is_replacing = false;
	desk->saved.n_changes++;
	journal_load(desk, patch);
	return 0;
}

void edits_use(struct desk *desk)
{
	desk->staged.n_used = desk->staged.n;
	desk->staged.loaded_used = desk->staged.loaded;
}

void edits_use_loaded(struct desk *desk, const struct patch *loaded)
{
	desk->staged.n_used = 0;
	desk->staged.loaded_used = loaded;
}

void edits_used_up(struct desk *desk)
{
	struct staged *staged = &desk->staged;

	if (desk->commit.kind == ACTION_COMMIT)
		staged->is_replacing = false;
	staged->n -= staged->n_used;
	memmove(staged->edits, staged->edits + staged->n_used,
		(size_t)staged->n * sizeof(*staged->edits));
	staged->n_used = 0;
	if (staged->loaded_used && staged->loaded == staged->loaded_used) {
		patch_free(staged->loaded);
		staged->loaded = NULL;
	}
	staged->loaded_used = NULL;
}

void edits_give_loaded(struct desk *desk, struct patch *patch, bool is_replacing)
{
	desk->staged.loaded = patch;
	desk->staged.is_replacing = is_replacing;
	desk_rebind(desk);
}

void edits_drop_replacement(struct desk *desk)
{
	if (!desk->staged.is_replacing)
		return;
	patch_free(desk->staged.loaded);
	edits_give_loaded(desk, NULL, false);
}

void edits_forgive_refusal(struct desk *desk)
{
	desk->staged.has_refused_load = false;
}
