/* commit.c - the standby's journeys: to a commit, and back to being a mirror.
 *
 * Called often; each call moves on as far as the workers have come. One journey at a time; a
 * commit asked for meanwhile starts when the way is free, with everything staged by then. */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { MAX_LOST = 3 };

static int standby_of(const struct desk *desk)
{
	return 1 - engine_live(desk->engine);
}

static void remember_slot(struct desk *desk, int slot, const struct patch *patch)
{
	patch_free(desk->slot_patches[slot]);
	desk->slot_patches[slot] = patch ? patch_copy(patch) : NULL;
}

/* It will not be heard: its edits are staged again. */
static void drop_next(struct desk *desk, const char *why)
{
	journal_strike(desk, why);
	desk->hint = REPLAY_HINT_NONE;
	patch_free(desk->next);
	desk->next = NULL;
	desk->is_undo = desk->drops_live = desk->is_taking_back = false;
	desk_restage(desk);
}

static int refuse(struct desk *desk, int err, const struct diag *diag)
{
	desk_count_refusal(desk, diag);
	log_line(LOG_LEVEL_WARNING, "commit refused: %s", diag->text);
	drop_next(desk, "not heard");
	desk->n_lost = 0;
	snprintf(desk->outcome, sizeof(desk->outcome), "error: commit refused: %s", diag->text);
	desk->journey = JOURNEY_REST;
	if (desk->is_replacing) { /* nobody's hand has staged it */
		patch_free(desk->loaded);
		desk->loaded = NULL;
		desk->is_replacing = false;
		desk_rebind(desk);
	}
	return err;
}

/* The slot is parked within microseconds of asking, or a block of the live one where it takes over.
 * In lockstep it is parked at once or not before the next block. */
static bool take(struct desk *desk, int slot)
{
	int64_t until_ns = clock_now_ns() + 2 * NS_PER_MS;

	while (!engine_take_standby(desk->engine, slot)) {
		enum slot_state state = engine_slot_state(desk->engine, slot);

		if (engine_config(desk->engine)->in_lockstep || state == SLOT_RETIRING ||
			state == SLOT_LIVE || clock_now_ns() > until_ns)
			return false;
		clock_sleep_until_ns(clock_now_ns() + 20 * NS_PER_US);
	}
	return true;
}

/* It is asked for once more: it fell behind, or what is heard has failed while it was made from
 * that (then the rescue comes first). The next try has all that is staged by then, as its line in
 * the journal. */
static void put_back(struct desk *desk)
{
	if (desk->is_taking_back)
		snprintf(desk->outcome, sizeof(desk->outcome), "%s", DESK_TAKEN_BACK);
	else if (desk->next)
		desk_ask_again(desk, &(struct request){desk->is_undo, desk->hint});
	drop_next(desk, "not heard");
	desk->journey = JOURNEY_REST;
}

static int build_commit(struct desk *desk, struct diag *diag)
{
	int err = next_prepare(desk, diag);

	if (err < 0)
		return refuse(desk, err, diag);
	remember_slot(desk, desk->target, NULL);
	engine_set_replay_hint(desk->engine, desk->target, &desk->hint);
	err = engine_build(desk->engine, desk->target, desk->next, desk->live, true, diag);
	if (err == -EAGAIN) { /* the log is full: the next poll tries again */
		put_back(desk);
		desk->journey = JOURNEY_TAKE;
		return 0;
	}
	if (err < 0)
		return refuse(desk, err, diag);
	journal_commit(desk, engine_last_event(desk->engine),
		desk->is_undo ? ACTION_UNDO : ACTION_COMMIT);
	remember_slot(desk, desk->target, desk->next);
	desk->n_late = 0;
	desk->journey = JOURNEY_PRIME;
	return 0;
}

static void build_mirror(struct desk *desk)
{
	int slot = standby_of(desk);
	struct diag diag;
	int err;

	remember_slot(desk, slot, NULL);
	err = engine_build(desk->engine, slot, desk->live, desk->live, false, &diag);
	if (err == -EAGAIN)
		return;
	if (err < 0) {
		log_line(LOG_LEVEL_ERROR, "no mirror from now on: %s", diag.text);
		engine_make_no_mirrors(desk->engine);
		desk->journey = JOURNEY_REST;
		return;
	}
	remember_slot(desk, slot, desk->live);
	desk->journey = JOURNEY_RESYNC;
}

static void push_undo(struct desk *desk, struct patch *patch)
{
	if (desk->n_undo == DESK_MAX_UNDO) {
		patch_free(desk->undo[0]);
		desk->n_undo--;
		memmove(desk->undo, desk->undo + 1, (size_t)desk->n_undo * sizeof(*desk->undo));
		rest_forget(&desk->rest, 1);
	}
	rest_committed(&desk->rest, desk->n_undo, desk->loaded_used != NULL,
		strcmp(patch->path, desk->next->path) == 0);
	desk->undo[desk->n_undo++] = patch;
}

/* The new patch is heard: it is the live one from now on. */
static void settle(struct desk *desk)
{
	struct stats_page *stats = engine_stats(desk->engine);

	journal_heard(desk, desk->target);
	engine_leave_standby(desk->engine, desk->target); /* a hand came too late */
	desk->hint = REPLAY_HINT_NONE;
	desk_keep_held(desk, desk->live, desk->next);
	late_take_back(desk);
	if (desk->drops_live) {
		patch_free(desk->undo[--desk->n_undo]);
		rest_undone(&desk->rest, desk->n_undo);
	}
	if (!desk->drops_live && desk->has_news && !desk->is_replacing)
		push_undo(desk, desk->live);
	else
		patch_free(desk->live);
	if (desk->is_taking_back && desk->has_news) /* it was heard before it could be stopped */
		desk_ask_again(desk, &(struct request){true, REPLAY_HINT_NONE});
	desk->live = desk->next;
	desk->next = NULL;
	desk->n_changes++;
	if (!desk->is_undo)
		desk->is_replacing = false;
	desk->n_edits -= desk->n_edits_used;
	memmove(desk->edits, desk->edits + desk->n_edits_used,
		(size_t)desk->n_edits * sizeof(*desk->edits));
	desk->n_edits_used = 0;
	if (desk->loaded_used && desk->loaded == desk->loaded_used) {
		patch_free(desk->loaded);
		desk->loaded = NULL;
	}
	desk->loaded_used = NULL;
	desk_rebind(desk);
	desk->is_undo = desk->drops_live = desk->is_taking_back = false;
	desk->n_lost = 0;
	snprintf(desk->outcome, sizeof(desk->outcome), "ok \"%s\" is heard from block %llu on",
		desk->live->name,
		(unsigned long long)engine_transition(desk->engine, desk->target).live_since);
	stats_set_text(stats, stats->texts.patch, sizeof(stats->texts.patch), desk->live->name);
	desk->has_cut = false;
	desk->journey = JOURNEY_RETIRE;
}

/* At a block that the journal has, so that the tail ends at the same frame when that is played. */
int desk_cut_tail(struct desk *desk)
{
	enum slot_state state = engine_slot_state(desk->engine, standby_of(desk));

	if (desk->journey != JOURNEY_RETIRE || state != SLOT_RETIRING || desk->has_cut ||
		engine_config(desk->engine)->tail_frames == 0 || !engine_cut_tail(desk->engine))
		return 0;
	desk->has_cut = true;
	journal_event(
		desk, engine_last_event(desk->engine), &(struct action){.kind = ACTION_CUT});
	return 0;
}

static bool is_under_way(const struct desk *desk)
{
	return desk->journey == JOURNEY_TAKE || desk->journey == JOURNEY_PRIME;
}

bool desk_is_committing(const struct desk *desk)
{
	return desk_has_request(desk) || is_under_way(desk);
}

void commit_settle_if_heard(struct desk *desk)
{
	if (desk->journey == JOURNEY_PRIME && engine_live(desk->engine) == desk->target)
		settle(desk);
}

bool commit_can_be_taken_back(const struct desk *desk)
{
	return is_under_way(desk) && desk->next && !desk->is_undo && !desk->is_taking_back;
}

const char *desk_say_away(struct desk *desk)
{
	desk->has_said_away = true;
	return "ok the sound device is away: heard when it is back";
}

const char *desk_take_outcome(struct desk *desk)
{
	static char text[DESK_REPLY_BYTES];

	if (!engine_is_away(desk->engine))
		desk->has_said_away = false;
	else if (desk_is_committing(desk) && !desk->has_said_away)
		return desk_say_away(desk);
	if (desk_is_committing(desk) || !desk->outcome[0])
		return NULL;
	memcpy(text, desk->outcome, sizeof(text));
	desk->outcome[0] = '\0';
	return text;
}

static bool is_at_rest(const struct desk *desk)
{
	enum slot_state state = engine_slot_state(desk->engine, standby_of(desk));

	return engine_config(desk->engine)->has_mirror ? state == SLOT_MIRROR
						       : state == SLOT_PARKED;
}

/* The slot came back parked from priming: too dear, failed, or too far behind (then once more). */
static void give_back(struct desk *desk, struct diag *diag)
{
	const struct engine_config *config = engine_config(desk->engine);
	struct slot_fault fault = engine_slot_fault(desk->engine, desk->target);
	uint64_t cost_ns = engine_cost_ns(desk->engine, desk->target);
	double block_ns = 1e9 * config->block_frames / config->rate_hz;
	const char *name = desk->next->name;

	if (desk->journey == JOURNEY_RESCUE) {
		desk->journey = JOURNEY_REST; /* looked at again from the beginning */
	} else if (fault.is_broken) {
		refuse(desk,
			diag_set(diag, -EFAULT, "patch \"%s\" failed while it primed (%s)", name,
				strsignal(fault.signal)),
			diag);
	} else if (config->budget_ns && cost_ns > (uint64_t)config->budget_ns) {
		refuse(desk,
			diag_set(diag, -E2BIG,
				"patch \"%s\" costs %.0f %% of a block, the budget is %.0f %%: use "
				"fewer "
				"modules or voices, or a larger block_frames",
				name, 100.0 * (double)cost_ns / block_ns,
				100.0 * (double)config->budget_ns / block_ns),
			diag);
	} else if (++desk->n_lost < MAX_LOST) {
		put_back(desk);
	} else {
		refuse(desk,
			diag_set(diag, -ETIME, "patch \"%s\" fell behind %d times while it primed",
				name, MAX_LOST),
			diag);
	}
}

static void rescue(struct desk *desk)
{
	struct diag diag;
	int err = rescue_begin(desk, &diag);

	if (err < 0) {
		log_line(LOG_LEVEL_ERROR, "rescue: %s", diag.text);
		return;
	}
	remember_slot(desk, desk->target, desk->next);
	desk->journey = JOURNEY_RESCUE;
}

/* A hand has taken it back, and its slot is parked: nobody will hear it. */
static void take_back(struct desk *desk)
{
	drop_next(desk, "taken back");
	desk->n_lost = 0;
	snprintf(desk->outcome, sizeof(desk->outcome), "%s", DESK_TAKEN_BACK);
	desk->journey = JOURNEY_RETIRE; /* what was rendered ahead for it is played first */
}

/* true: it was. Who announces it or swaps it first, has made it heard. */
static bool is_taken_back(struct desk *desk)
{
	if (!desk->is_taking_back || engine_live(desk->engine) == desk->target ||
		engine_transition(desk->engine, 1 - desk->target).leave_block ||
		!take(desk, desk->target))
		return false;
	take_back(desk);
	return true;
}

/* One step; true: it went somewhere, look again. */
static bool step(struct desk *desk)
{
	enum journey before = desk->journey;
	enum slot_state state = engine_slot_state(desk->engine, standby_of(desk));
	struct diag diag;

	switch (before) {
	case JOURNEY_REST:
		if (rescue_is_needed(desk)) {
			rescue(desk);
			break;
		}
		desk->target = standby_of(desk);
		if (desk_has_request(desk))
			desk->journey = JOURNEY_TAKE;
		else if (!is_at_rest(desk) && engine_config(desk->engine)->has_mirror)
			desk->journey = JOURNEY_RETAKE;
		break;
	case JOURNEY_TAKE:
		desk->target = standby_of(desk); /* a failover may have swapped the roles */
		if (!desk->next && !desk_has_request(desk))
			desk->journey = JOURNEY_REST;
		else if (is_taken_back(desk))
			break;
		else if (rescue_is_needed(desk))
			put_back(desk);
		else if (take(desk, desk->target))
			build_commit(desk, &diag);
		break;
	case JOURNEY_PRIME:
	case JOURNEY_RESCUE:
		if (is_taken_back(desk))
			break;
		if (engine_live(desk->engine) == desk->target)
			settle(desk);
		else if (before == JOURNEY_PRIME && rescue_is_needed(desk))
			put_back(desk);
		else if (engine_slot_state(desk->engine, desk->target) == SLOT_PARKED)
			give_back(desk, &diag);
		break;
	case JOURNEY_RETIRE:
		if (state != SLOT_RETIRING && !engine_is_ahead(desk->engine))
			desk->journey = JOURNEY_REST;
		else if (state == SLOT_RETIRING &&
			 desk_has_request(desk)) /* a long tail makes way */
			desk_cut_tail(desk);
		break;
	case JOURNEY_RETAKE:
	case JOURNEY_RESYNC:
		if (desk_has_request(desk) || state == SLOT_MIRROR || rescue_is_needed(desk))
			desk->journey = JOURNEY_REST;
		else if (before == JOURNEY_RETAKE && take(desk, standby_of(desk)))
			build_mirror(desk);
		else if (before == JOURNEY_RESYNC && state == SLOT_PARKED)
			desk->journey = JOURNEY_REST;
		break;
	}
	return desk->journey != before;
}

void commit_poll(struct desk *desk)
{
	while (step(desk))
		;
}
