#include "control/midi_state.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

int desk_open(struct desk **out, const struct settings *settings, struct engine *engine,
	const struct patch *patch, struct diag *diag)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	if (!desk)
		return diag_set(diag, -ENOMEM, "desk: out of memory");
	desk->settings = settings;
	desk->engine = engine;
	desk->commit.hint = REPLAY_HINT_NONE;
	desk->live = patch_copy(patch);
	for (int s = 0; s < N_SLOTS; s++)
		desk->slot_patches[s] = patch_copy(patch);
	if (!desk->live || !desk->slot_patches[0] || !desk->slot_patches[1]) {
		desk_close(desk);
		return diag_set(diag, -ENOMEM, "desk: out of memory");
	}
	desk_rebind(desk);
	midi_knobs_open(desk);
	stats_set_text(engine_stats(engine), engine_stats(engine)->texts.patch,
		sizeof(engine_stats(engine)->texts.patch), patch->name);
	*out = desk;
	return 0;
}

void desk_close(struct desk *desk)
{
	if (!desk)
		return;
	desk_close_journal(desk);
	patch_free(desk->live);
	patch_free(desk->staged.loaded);
	patch_free(desk->commit.next);
	for (int s = 0; s < N_SLOTS; s++)
		patch_free(desk->slot_patches[s]);
	for (int i = 0; i < desk->undo.n; i++)
		patch_free(desk->undo.steps[i]);
	rest_free(&desk->saved.rest);
	midi_close(desk);
	recall_free(desk);
	save_free(desk);
	free(desk);
}

static void note_mirror(const struct desk *desk)
{
	struct stats_page *stats = engine_stats(desk->engine);
	bool is_there =
		engine_slot_state(desk->engine, 1 - engine_live(desk->engine)) == SLOT_MIRROR;
	uint64_t since_ns = atomic_load(&stats->mirror_since_ns);

	if (is_there != (since_ns != 0))
		atomic_store(&stats->mirror_since_ns, is_there ? (uint64_t)clock_now_ns() : 0);
}

void desk_poll(struct desk *desk)
{
	struct stats_page *stats = engine_stats(desk->engine);

	pending_flush(desk);
	midi_program_poll(desk);
	commit_poll(desk);
	journal_flush(desk);
	note_mirror(desk);
	desk_tell_resets(desk);
	for (int s = 0; s < N_SLOTS; s++)
		atomic_store_explicit(&stats->slot_states[s], engine_slot_state(desk->engine, s),
			memory_order_relaxed);
}

bool desk_is_busy(const struct desk *desk)
{
	return desk->commit.journey != JOURNEY_REST || desk_has_request(desk) ||
	       desk->pending.n > 0;
}

void desk_allow_faults(struct desk *desk)
{
	desk->allows_faults = true;
}

bool desk_wants_quit(const struct desk *desk)
{
	return desk->wants_quit;
}
