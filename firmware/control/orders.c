/* orders.c - a commit, an undo or a revert is asked for: into the queue (requests.c), or back out of it.
 * Tested by: unit/control/test_requests */
#include "control/desk_state.h"

#include <errno.h>
#include <string.h>

/* Steps back that are neither used up nor asked for. */
static int count_steps_left(const struct desk *desk)
{
	int n_left = desk->undo.n - (desk->commit.kind == ACTION_UNDO && desk->commit.next);

	for (int i = 0; i < desk->requests.n; i++)
		n_left -= desk->requests.list[i].kind == ACTION_UNDO;
	return n_left;
}

/* Into the queue, and as far as it goes. */
static int begin(struct desk *desk, const struct request *request, struct diag *diag)
{
	struct stats_page *stats = engine_stats(desk->engine);
	uint64_t refused = stats_total(stats, STAT_REFUSED);

	if (!desk_ask(desk, request))
		return diag_set(diag, -EBUSY, "%d commits wait already", desk->requests.n);
	commit_clear_outcome(desk);
	commit_poll(desk);
	if (stats_total(stats, STAT_REFUSED) != refused)
		return diag_set(diag, -EINVAL, "commit refused: %s", stats->texts.refused_why);
	return DESK_LATER;
}

int desk_commit(struct desk *desk, const struct replay_hint *hint, struct diag *diag)
{
	bool is_staged = desk->staged.n > desk->staged.n_used ||
			 desk->staged.loaded != desk->staged.loaded_used;
	bool was_refused = desk->staged.has_refused_load && !is_staged;

	edits_forgive_refusal(desk);
	if (was_refused) /* once: what plays may be committed after that */
		return diag_set(diag, -EINVAL, "commit refused: %s",
			engine_stats(desk->engine)->texts.refused_why);
	return begin(desk, &(struct request){ACTION_COMMIT, *hint, 0}, diag);
}

int desk_revert(struct desk *desk, const struct replay_hint *hint, struct diag *diag)
{
	return begin(desk, &(struct request){ACTION_REVERT, *hint, 0}, diag);
}

/* Events that the engine has not taken, and a commit under way, may come before it or behind it: a rendering
 * could not tell. */
int desk_snapshot(struct desk *desk, int number, struct answer *answer, struct diag *diag)
{
	int err;

	commit_settle_if_heard(desk);
	if (desk->pending.n > 0 || desk_is_committing(desk))
		return diag_set(diag, -EBUSY, "a commit is under way: once more when it is heard");
	err = snapshot_keep(&desk->hands.snapshots, number, desk->live, diag);
	if (err < 0)
		return err;
	desk->saved.n_changes++;
	journal_snapshot(desk, number);
	answer_say(answer, "ok snapshot %d of \"%s\"", number, desk->live->name);
	return 0;
}

int desk_recall(struct desk *desk, int number, const struct replay_hint *hint, struct diag *diag)
{
	if (!snapshot_is_there(&desk->hands.snapshots, number, desk->live) &&
		!desk_is_committing(desk))
		return diag_set(diag, -ENOENT,
			"patch \"%s\" has no snapshot %d: `snapshot %d` makes it", desk->live->name,
			number, number);
	return begin(desk, &(struct request){ACTION_RECALL, *hint, number}, diag);
}

/* The newest request is a commit that nobody has heard. One that a late state asked for is no
 * hand's. */
static bool can_take_back(const struct desk *desk)
{
	const struct request *newest = desk_newest_request(desk);

	if (desk->staged.is_replacing)
		return false;
	return newest ? newest->kind != ACTION_UNDO : commit_can_be_taken_back(desk);
}

/* Now, and not later or never, because it was heard a moment before. */
static bool is_taken_back(const struct desk *desk)
{
	return !desk->commit.is_taking_back && strcmp(desk->commit.outcome, DESK_TAKEN_BACK) == 0;
}

int desk_undo(struct desk *desk, const struct replay_hint *hint, struct diag *diag)
{
	commit_settle_if_heard(desk);
	if (can_take_back(desk)) {
		bool is_queued = desk->requests.n > 0;

		if (is_queued)
			desk_drop_newest_request(desk);
		commit_take_back(desk, !is_queued);
		commit_poll(desk);
		return is_queued || is_taken_back(desk) ? DESK_IS_TAKEN_BACK : DESK_LATER;
	}
	if (count_steps_left(desk) <= 0 ||
		!desk_ask(desk, &(struct request){ACTION_UNDO, *hint, 0}))
		return diag_set(diag, -ENOENT, "nothing to undo: no commit has changed the patch");
	commit_clear_outcome(desk);
	commit_poll(desk);
	return DESK_LATER;
}
