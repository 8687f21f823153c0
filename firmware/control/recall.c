/* recall.c - a patch that is loaded sounds as it is written, one that is come back to as it was left. It
 * belongs to the patch alone what was turned in it, but for the knobs whose settings say `carries`.
 * Tested by: unit/control/test_recall */
#include "control/desk_state.h"

#include <stdio.h>
#include <string.h>

#include "config/target_read.h"
#include "control/turned.h"
#include "patch/symbol.h"

static bool is_carried(const struct desk *desk, struct module_ref module, int param)
{
	char target[SETTINGS_TARGET_BYTES];

	snprintf(target, sizeof(target), "%s.%s", symbol_name(module.symbol),
		module.desc->params[param].key);
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		const struct settings_knob *knob = &desk->settings->knobs[k];

		for (int t = 0; knob->carries && t < knob_turns_count(knob); t++)
			if (strcmp(target, knob->controls[t].target) == 0)
				return true;
	}
	return false;
}

bool recall_crosses(const struct desk *desk, uint64_t file, const struct patch *to,
	struct module_ref module, int param)
{
	return to->file == file || is_carried(desk, module, param);
}

static void carry(struct patch *to, const struct patch *from, const char *target)
{
	struct diag ignored;
	int m, p, other, q;
	const struct patch_module *before;
	const struct param_desc *param;

	if (target_find_param(from, target, &other, &q, &ignored) < 0 ||
		target_find_param(to, target, &m, &p, &ignored) < 0)
		return;
	before = &from->modules[other];
	param = &to->modules[m].desc->params[p];
	if (!(before->touched >> q & 1) || before->desc != to->modules[m].desc)
		return;
	to->modules[m].values[p] = (float)double_clamp(
		(double)before->values[q], (double)param->min, (double)param->max);
	to->modules[m].touched |= 1u << p;
}

int recall_apply(const struct desk *desk, struct patch *into, const struct patch *from)
{
	if (into->file == from->file)
		return turned_go_on(into, from);
	left_apply(&desk->left, into);
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		const struct settings_knob *knob = &desk->settings->knobs[k];

		for (int t = 0; knob->carries && t < knob_turns_count(knob); t++)
			carry(into, from, knob->controls[t].target);
	}
	return 0;
}

void recall_note(struct desk *desk, const struct patch *from, const struct patch *to)
{
	if (from->file != to->file)
		left_keep_patch(&desk->left, from);
	left_forget(&desk->left, to->file);
}

void recall_resume(struct desk *desk, struct left_patches *left, struct left_patches *snapshots)
{
	left_forget(left, desk->live->file);
	left_lay_beneath(&desk->left, left);
	left_lay_beneath(&desk->hands.snapshots, snapshots);
}

void recall_free(struct desk *desk)
{
	left_free(&desk->left);
	left_free(&desk->hands.snapshots);
}
