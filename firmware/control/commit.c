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
	desk->commit.hint = REPLAY_HINT_NONE;
	patch_free(desk->commit.next);
	desk->commit.next = NULL;
	desk->commit.kind = ACTION_COMMIT;
	desk->commit.drops_live = desk->commit.is_taking_back = false;
	desk_restage(desk);
}

static int refuse(struct desk *desk, int err, const struct diag *diag)
{
	desk_count_refusal(desk, diag);
	log_line(LOG_LEVEL_WARNING, "commit refused: %s", diag->text);
	drop_next(desk, "not heard");
	desk->commit.n_lost = 0;
	snprintf(desk->commit.outcome, sizeof(desk->commit.outcome), "error: commit refused: %s",
		diag->text);
	desk->commit.journey = JOURNEY_REST;
	edits_drop_replacement(desk);
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
	if (desk->commit.is_taking_back)
		snprintf(desk->commit.outcome, sizeof(desk->commit.outcome), "%s", DESK_TAKEN_BACK);
	else if (desk->commit.next)
		desk_ask_again(desk, &(struct request){desk->commit.kind, desk->commit.hint,
					     desk->commit.number});
	drop_next(desk, "not heard");
	desk->commit.journey = JOURNEY_REST;
}

static int build_commit(struct desk *desk, struct diag *diag)
{
	int err = next_prepare(desk, diag);

	if (err < 0)
		return refuse(desk, err, diag);
	remember_slot(desk, desk->commit.target, NULL);
	engine_set_replay_hint(desk->engine, desk->commit.target, &desk->commit.hint);
	err = engine_build(
		desk->engine, desk->commit.target, desk->commit.next, desk->live, true, diag);
	if (err == -EAGAIN) { /* the log is full: the next poll tries again */
		put_back(desk);
		desk->commit.journey = JOURNEY_TAKE;
		return 0;
	}
	if (err < 0)
		return refuse(desk, err, diag);
	journal_commit(desk, engine_last_event(desk->engine));
	remember_slot(desk, desk->commit.target, desk->commit.next);
	late_forget(desk);
	desk->commit.journey = JOURNEY_PRIME;
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
		desk->commit.journey = JOURNEY_REST;
		return;
	}
	remember_slot(desk, slot, desk->live);
	desk->commit.journey = JOURNEY_RESYNC;
}

/* The new patch is heard: it is the live one from now on. */
static void settle(struct desk *desk)
{
	struct stats_page *stats = engine_stats(desk->engine);

	journal_heard(desk, desk->commit.target);
	engine_leave_standby(desk->engine, desk->commit.target); /* a hand came too late */
	desk->commit.hint = REPLAY_HINT_NONE;
	desk_keep_gates(desk, desk->live, desk->commit.next);
	late_take_back(desk);
	recall_note(desk, desk->live, desk->commit.next);
	if (desk->commit.drops_live)
		undo_pop(desk);
	if (!desk->commit.drops_live && desk->commit.has_news && !desk->staged.is_replacing)
		undo_push(desk, desk->live);
	else
		patch_free(desk->live);
	if (desk->commit.is_taking_back &&
		desk->commit.has_news) /* it was heard before it could be stopped */
		desk_ask_again(desk, &(struct request){ACTION_UNDO, REPLAY_HINT_NONE, 0});
	desk->live = desk->commit.next;
	desk->commit.next = NULL;
	desk->saved.n_changes++;
	edits_used_up(desk);
	desk_rebind(desk);
	desk->commit.kind = ACTION_COMMIT;
	desk->commit.drops_live = desk->commit.is_taking_back = false;
	desk->commit.n_lost = 0;
	snprintf(desk->commit.outcome, sizeof(desk->commit.outcome),
		"ok \"%s\" is heard from block %llu on", desk->live->name,
		(unsigned long long)engine_transition(desk->engine, desk->commit.target)
			.live_since);
	stats_set_text(stats, stats->texts.patch, sizeof(stats->texts.patch), desk->live->name);
	desk->commit.has_cut = false;
	desk->commit.journey = JOURNEY_RETIRE;
}

/* At a block that the journal has, so that the tail ends at the same frame when that is played. */
int desk_cut_tail(struct desk *desk)
{
	enum slot_state state = engine_slot_state(desk->engine, standby_of(desk));

	if (desk->commit.journey != JOURNEY_RETIRE || state != SLOT_RETIRING ||
		desk->commit.has_cut || engine_config(desk->engine)->tail_frames == 0 ||
		!engine_cut_tail(desk->engine))
		return 0;
	desk->commit.has_cut = true;
	journal_event(desk, engine_last_event(desk->engine), &(struct action){.kind = ACTION_CUT});
	return 0;
}

static bool is_under_way(const struct desk *desk)
{
	return desk->commit.journey == JOURNEY_TAKE || desk->commit.journey == JOURNEY_PRIME;
}

bool desk_is_committing(const struct desk *desk)
{
	return desk_has_request(desk) || is_under_way(desk);
}

void commit_settle_if_heard(struct desk *desk)
{
	if (desk->commit.journey == JOURNEY_PRIME &&
		engine_live(desk->engine) == desk->commit.target)
		settle(desk);
}

bool commit_can_be_taken_back(const struct desk *desk)
{
	return is_under_way(desk) && desk->commit.next && desk->commit.kind != ACTION_UNDO &&
	       !desk->commit.is_taking_back;
}

void commit_clear_outcome(struct desk *desk)
{
	desk->commit.outcome[0] = '\0';
}

void commit_take_back(struct desk *desk, bool is_under_way)
{
	snprintf(desk->commit.outcome, sizeof(desk->commit.outcome), "%s", DESK_TAKEN_BACK);
	desk->commit.is_taking_back = is_under_way;
}

const char *desk_say_away(struct desk *desk)
{
	desk->commit.has_said_away = true;
	return "ok the sound device is away: heard when it is back";
}

const char *desk_take_outcome(struct desk *desk)
{
	static char text[DESK_REPLY_BYTES];

	if (!engine_is_away(desk->engine))
		desk->commit.has_said_away = false;
	else if (desk_is_committing(desk) && !desk->commit.has_said_away)
		return desk_say_away(desk);
	if (desk_is_committing(desk) || !desk->commit.outcome[0])
		return NULL;
	memcpy(text, desk->commit.outcome, sizeof(text));
	desk->commit.outcome[0] = '\0';
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
	struct slot_fault fault = engine_slot_fault(desk->engine, desk->commit.target);
	uint64_t cost_ns = engine_cost_ns(desk->engine, desk->commit.target);
	double block_ns = 1e9 * config->block_frames / config->rate_hz;
	const char *name = desk->commit.next->name;

	if (desk->commit.journey == JOURNEY_RESCUE) {
		desk->commit.journey = JOURNEY_REST; /* looked at again from the beginning */
	} else if (fault.is_broken) {
		refuse(desk,
			diag_set(diag, -EFAULT, "patch \"%s\" failed while it primed (%s)", name,
				strsignal(fault.signal)),
			diag);
	} else if (config->budget_ns && cost_ns > (uint64_t)config->budget_ns) {
		refuse(desk,
			diag_set(diag, -E2BIG,
				"patch \"%s\" costs %.1f %% of a block, the budget is %.0f %%: use "
				"fewer "
				"modules or voices, or a larger block_frames",
				name, 100.0 * (double)cost_ns / block_ns,
				100.0 * (double)config->budget_ns / block_ns),
			diag);
	} else if (++desk->commit.n_lost < MAX_LOST) {
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
	remember_slot(desk, desk->commit.target, desk->commit.next);
	desk->commit.journey = JOURNEY_RESCUE;
}

/* A hand has taken it back, and its slot is parked: nobody will hear it. */
static void take_back(struct desk *desk)
{
	drop_next(desk, "taken back");
	desk->commit.n_lost = 0;
	snprintf(desk->commit.outcome, sizeof(desk->commit.outcome), "%s", DESK_TAKEN_BACK);
	desk->commit.journey = JOURNEY_RETIRE; /* what was rendered ahead for it is played first */
}

/* true: it was. Who announces it or swaps it first, has made it heard. */
static bool is_taken_back(struct desk *desk)
{
	if (!desk->commit.is_taking_back || engine_live(desk->engine) == desk->commit.target ||
		engine_transition(desk->engine, 1 - desk->commit.target).leave_block ||
		!take(desk, desk->commit.target))
		return false;
	take_back(desk);
	return true;
}

/* One step; true: it went somewhere, look again. */
static bool step(struct desk *desk)
{
	enum journey before = desk->commit.journey;
	enum slot_state state = engine_slot_state(desk->engine, standby_of(desk));
	struct diag diag;

	switch (before) {
	case JOURNEY_REST:
		if (rescue_is_needed(desk)) {
			rescue(desk);
			break;
		}
		desk->commit.target = standby_of(desk);
		if (desk_has_request(desk))
			desk->commit.journey = JOURNEY_TAKE;
		else if (!is_at_rest(desk) && engine_config(desk->engine)->has_mirror)
			desk->commit.journey = JOURNEY_RETAKE;
		break;
	case JOURNEY_TAKE:
		desk->commit.target = standby_of(desk); /* a failover may have swapped the roles */
		if (!desk->commit.next && !desk_has_request(desk))
			desk->commit.journey = JOURNEY_REST;
		else if (is_taken_back(desk))
			break;
		else if (rescue_is_needed(desk))
			put_back(desk);
		else if (take(desk, desk->commit.target))
			build_commit(desk, &diag);
		break;
	case JOURNEY_PRIME:
	case JOURNEY_RESCUE:
		if (is_taken_back(desk))
			break;
		if (engine_live(desk->engine) == desk->commit.target)
			settle(desk);
		else if (before == JOURNEY_PRIME && rescue_is_needed(desk))
			put_back(desk);
		else if (engine_slot_state(desk->engine, desk->commit.target) == SLOT_PARKED)
			give_back(desk, &diag);
		break;
	case JOURNEY_RETIRE:
		if (state != SLOT_RETIRING && !engine_is_ahead(desk->engine))
			desk->commit.journey = JOURNEY_REST;
		else if (state == SLOT_RETIRING &&
			 desk_has_request(desk)) /* a long tail makes way */
			desk_cut_tail(desk);
		break;
	case JOURNEY_RETAKE:
	case JOURNEY_RESYNC:
		if (desk_has_request(desk) || state == SLOT_MIRROR || rescue_is_needed(desk))
			desk->commit.journey = JOURNEY_REST;
		else if (before == JOURNEY_RETAKE && take(desk, standby_of(desk)))
			build_mirror(desk);
		else if (before == JOURNEY_RESYNC && state == SLOT_PARKED)
			desk->commit.journey = JOURNEY_REST;
		break;
	}
	return desk->commit.journey != before;
}

void commit_poll(struct desk *desk)
{
	while (step(desk))
		;
}
