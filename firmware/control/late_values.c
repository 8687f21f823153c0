/* late_values.c - values turned while a commit was under way: which patch they belong to is known
 * when the block of their event is. */
#include "control/desk_state.h"

#include <string.h>

static bool is_noted(const struct desk *desk, int module, int param)
{
	for (int i = desk->late.n - 1; i >= 0 && desk->late.list[i].position < 0; i--)
		if (desk->late.list[i].module == module && desk->late.list[i].param == param)
			return true;
	return false;
}

/* Turns of a value that have not been sent yet are one: pending_send makes one event of them. */
void late_note(struct desk *desk, int module, int param)
{
	const struct patch_module *before = &desk->live->modules[module];

	if (desk->commit.journey != JOURNEY_PRIME || desk->late.n == DESK_MAX_LATE ||
		is_noted(desk, module, param))
		return;
	desk->late.list[desk->late.n++] = (struct late_value){
		-1, module, param, before->values[param], before->touched >> param & 1};
}

void late_note_sent(struct desk *desk, const struct pending_event *sent)
{
	int64_t clock = (int64_t)engine_clock(desk->engine);
	int64_t leave =
		(int64_t)engine_transition(desk->engine, engine_live(desk->engine)).leave_block;
	int n_heard = 0;

	for (int i = 0; i < desk->late.n && sent->kind == EVENT_PARAM; i++)
		if (desk->late.list[i].position < 0 && desk->late.list[i].param == sent->param &&
			desk->live->modules[desk->late.list[i].module].symbol ==
				sent->module.symbol)
			desk->late.list[i].position = engine_last_event(desk->engine);
	for (; n_heard < desk->late.n && desk->late.list[n_heard].position >= 0; n_heard++) {
		int64_t block = engine_event_block(desk->engine, desk->late.list[n_heard].position);

		if (block < 0 || block >= clock || (leave && block >= leave))
			break;
	}
	desk->late.n -= n_heard;
	memmove(desk->late.list, desk->late.list + n_heard,
		(size_t)desk->late.n * sizeof(*desk->late.list));
}

/* Block from which on what is turned is no longer the live patch's, but the next one's, or
 * nobody's. */
static int64_t left_at(const struct desk *desk, const struct patch_module *module, int param)
{
	struct transition_facts live = engine_transition(desk->engine, engine_live(desk->engine));
	const struct module_ref ref = module_ref_of(module);
	bool goes_on = patch_find_ref(desk->commit.next, ref) >= 0 &&
		       recall_crosses(desk, desk->live->file, desk->commit.next, ref, param);

	return (int64_t)(goes_on ? live.live_since : live.left_block);
}

void late_take_back(struct desk *desk)
{
	while (desk->late.n > 0) {
		const struct late_value *late = &desk->late.list[--desk->late.n];
		struct patch_module *module = &desk->live->modules[late->module];
		int64_t block =
			late->position < 0 ? -1 : engine_event_block(desk->engine, late->position);

		if (block >= 0 && block < left_at(desk, module, late->param))
			continue;
		module->values[late->param] = late->value;
		if (!late->was_touched)
			module->touched &= ~(1u << late->param);
	}
}

void late_forget(struct desk *desk)
{
	desk->late.n = 0;
}
