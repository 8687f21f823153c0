/* next.c - the patch that a commit will make heard: what is staged, with what inputs have
 * done since. */
#include "control/desk_state.h"

#include <errno.h>
#include <string.h>

#include "base/fnv.h"
#include "control/turned.h"

static int apply_edits(const struct desk *desk, struct patch *to)
{
	int err = 0;

	for (int i = 0; i < desk->staged.n && !err; i++) {
		const struct edit *edit = &desk->staged.edits[i];
		int m = patch_find_ref(to, edit->module);

		if (!edit_is_of(desk, edit, to))
			continue;
		if (edit->n_items) {
			to->modules[m].touched_lists |= 1u << edit->param;
			err = patch_set_list(
				to, &to->modules[m], edit->param, edit->items, edit->n_items);
			continue;
		}
		to->modules[m].values[edit->param] = edit->value;
		to->modules[m].touched |= 1u << edit->param;
	}
	return err;
}

static uint64_t mark_sum(uint64_t mark, const struct patch *patch, const struct patch_sum *sum)
{
	for (int t = 0; t < sum->n_terms; t++)
		mark = fnv_add(mark, &patch->terms[sum->first + t], sizeof(struct patch_term));
	return fnv_add(mark, &sum->n_terms, sizeof(sum->n_terms));
}

uint64_t patch_mark(const struct patch *patch)
{
	uint64_t mark = FNV_START;

	for (int m = 0; m < patch->n_modules; m++) {
		const struct patch_module *module = &patch->modules[m];

		mark = fnv_add(mark, module->id, strlen(module->id));
		mark = fnv_add(mark, module->desc->key, strlen(module->desc->key));
		for (int i = 0; i < module->desc->n_ins; i++)
			mark = mark_sum(mark, patch, &module->ins[i]);
		for (int p = 0; p < module->desc->n_params; p++) {
			mark = mark_sum(mark, patch, &module->mods[p]);
			if (!(module->touched >> p & 1))
				mark = fnv_add(mark, &module->values[p], sizeof(float));
		}
		for (int l = 0; l < module->desc->n_lists; l++)
			if (!(module->touched_lists >> l & 1) && module->lists[l].n)
				mark = fnv_add(mark, patch->items + module->lists[l].first,
					(size_t)module->lists[l].n * sizeof(float));
	}
	return mark;
}

bool desk_plays(const struct desk *desk, struct patch *patch)
{
	const struct patch *live = desk->live;

	if (patch->n_voices != live->n_voices || patch->n_modules != live->n_modules ||
		strcmp(patch->name, live->name) != 0)
		return false;
	for (int m = 0; m < live->n_modules; m++) {
		patch->modules[m].touched |= live->modules[m].touched;
		patch->modules[m].touched_lists |= live->modules[m].touched_lists;
	}
	return patch_mark(patch) == patch_mark(live);
}

static int check_not_bad(const struct desk *desk, struct diag *diag)
{
	uint64_t mark = patch_mark(desk->commit.next);

	for (int i = 0; i < desk->bad.n && i < DESK_MAX_BAD; i++)
		if (desk->bad.marks[i] == mark)
			return diag_set(diag, -EFAULT,
				"%s: patch \"%s\" has failed in both workers and is not played "
				"again until "
				"it is edited",
				desk->commit.next->path, desk->commit.next->name);
	return 0;
}

/* As the file says, in its newest reading; number: and then as that snapshot is, or 0. */
static int prepare_revert(struct desk *desk, int number, struct diag *diag)
{
	const struct patch *loaded = desk->staged.loaded;
	bool is_newer = loaded && loaded->file == desk->live->file;
	const struct patch *from = is_newer ? loaded : desk->live;
	int err;

	if (!from->source)
		return diag_set(diag, -ENOENT,
			"patch \"%s\" is in no file: there is nothing to revert to", from->name);
	err = patch_read_text(
		from->source->text, from->source->n_bytes, from->path, &desk->commit.next, diag);
	if (err < 0)
		return err;
	desk->commit.next->file = from->file;
	if (number) {
		err = snapshot_apply(&desk->hands.snapshots, number, desk->commit.next, diag);
		if (err < 0)
			return err;
	}
	edits_use_loaded(desk, is_newer ? loaded : NULL);
	desk->commit.has_news = number || is_newer || turned_is_any(desk->live);
	return 0;
}

int next_prepare(struct desk *desk, struct diag *diag)
{
	const struct request request = desk_take_request(desk);
	int err = 0;

	desk->commit.kind = request.kind;
	desk->commit.drops_live = request.kind == ACTION_UNDO;
	desk->commit.hint = request.hint;
	desk->commit.number = request.number;
	if (request.kind == ACTION_REVERT || request.kind == ACTION_RECALL) {
		err = prepare_revert(desk, request.number, diag);
		if (err < 0)
			return err;
	} else if (request.kind == ACTION_UNDO) {
		if (desk->undo.n == 0) /* a rescue has taken it since it was asked for */
			return diag_set(
				diag, -ENOENT, "nothing to undo: no commit has changed the patch");
		desk->commit.next = patch_copy(desk->undo.steps[desk->undo.n - 1]);
	} else {
		desk->commit.next = patch_copy(desk_staged_base(desk));
		if (desk->commit.next && desk->staged.loaded)
			err = recall_apply(desk, desk->commit.next, desk->live);
		if (desk->commit.next && !err)
			err = apply_edits(desk, desk->commit.next);
		edits_use(desk);
		desk->commit.has_news = desk->staged.loaded || desk->staged.n > 0;
	}
	return desk->commit.next && !err ? check_not_bad(desk, diag)
					 : diag_set(diag, -ENOMEM, "out of memory");
}
