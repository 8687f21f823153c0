/* rescue.c - what is heard has failed, and no mirror was there to go on: the same patch starts
 * afresh in the other slot. If it failed in both slots at the same block (or again soon after),
 * it is the patch that is bad: the last one that played well is heard instead, and the bad one
 * is refused until it is edited. */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "modules/registry.h"

enum { SOON_BLOCKS = 4096 };

bool rescue_is_needed(const struct desk *desk)
{
	int live = engine_live(desk->engine);
	enum slot_state other = engine_slot_state(desk->engine, 1 - live);

	return engine_slot_state(desk->engine, live) == SLOT_LIVE &&
	       engine_slot_fault(desk->engine, live).is_broken &&
	       /* from a broken one nothing more is taken over */
	       (other == SLOT_PARKED || other == SLOT_ADOPTING);
}

static bool is_patch_bad(const struct desk *desk)
{
	struct slot_fault a = engine_slot_fault(desk->engine, 0);
	struct slot_fault b = engine_slot_fault(desk->engine, 1);
	uint64_t now = engine_clock(desk->engine);

	return (a.is_broken && b.is_broken && a.block == b.block) ||
	       (desk->bad.rescued_at && now - desk->bad.rescued_at < SOON_BLOCKS);
}

/* Nothing played well before: silence, which cannot fail. */
static struct patch *silence(void)
{
	struct patch *patch = patch_new();

	if (patch && patch_add_module(patch, "out", module_find("out")) < 0) {
		patch_free(patch);
		return NULL;
	}
	if (patch)
		snprintf(patch->name, sizeof(patch->name), "silence");
	return patch;
}

static void mark_bad(struct desk *desk, const struct patch *patch)
{
	desk->bad.marks[desk->bad.n++ % DESK_MAX_BAD] = patch_mark(patch);
}

int rescue_begin(struct desk *desk, struct diag *diag)
{
	bool is_bad = is_patch_bad(desk);
	int slot = 1 - engine_live(desk->engine), err;

	engine_end_adoption(desk->engine, slot);
	patch_free(desk->commit.next);
	desk->commit.kind = ACTION_COMMIT;
	desk->commit.has_news = false;
	desk_restage(desk);
	desk->commit.drops_live = is_bad && desk->undo.n > 0;
	if (is_bad) {
		log_line(LOG_LEVEL_ERROR,
			"patch \"%s\" (%s) failed in both workers; the patch before it is played",
			desk->live->name, desk->live->path);
		mark_bad(desk, desk->live);
		desk->commit.next =
			desk->undo.n ? patch_copy(desk->undo.steps[desk->undo.n - 1]) : silence();
	} else {
		desk->commit.next = patch_copy(desk->live);
	}
	if (!desk->commit.next)
		return diag_set(diag, -ENOMEM, "out of memory");
	desk->bad.rescued_at = engine_clock(desk->engine) + 1;
	err = engine_build_fresh(desk->engine, slot, desk->commit.next, diag);
	desk->commit.target = slot;
	return err;
}

/* ---- faults on purpose */

int desk_fault(struct desk *desk, enum action_slot slot, enum fault_kind kind, float value,
	struct diag *diag)
{
	int live = engine_live(desk->engine);
	int which = slot == ACTION_BOTH ? N_SLOTS : slot == ACTION_LIVE ? live : 1 - live;

	if (!desk->allows_faults)
		return diag_set(diag, -EPERM, "faults are planted only with --allow-faults");
	for (int s = 0; s < N_SLOTS && kind == FAULT_NONE; s++)
		if (which == s || which == N_SLOTS)
			engine_set_late_us(desk->engine, s, (uint32_t)value);
	if (kind != FAULT_NONE && !engine_plant(desk->engine, which, kind, value))
		return diag_set(diag, -EAGAIN, "the event log is full; try again");
	return 0;
}
