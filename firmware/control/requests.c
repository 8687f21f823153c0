/* requests.c - commits and undos that were asked for: a queue, in the order that the hand gave.
 *
 * One is under way at a time (commit.c); those behind it wait here. A commit behind a commit is one
 * with it, for both hear all that is staged when they begin. An undo behind a commit that nobody
 * has heard takes that back, so no undo ever stands behind a commit: the queue is some undos, then
 * at most one commit. */
#include "control/desk_state.h"

#include <string.h>

const struct request *desk_newest_request(const struct desk *desk)
{
	return desk->n_requests ? &desk->requests[desk->n_requests - 1] : NULL;
}

bool desk_has_request(const struct desk *desk)
{
	return desk->n_requests > 0;
}

bool desk_ask(struct desk *desk, const struct request *request)
{
	const struct request *last = desk_newest_request(desk);

	if (last && !last->is_undo && !request->is_undo)
		desk->requests[desk->n_requests - 1] = *request;
	else if (desk->n_requests < DESK_MAX_REQUESTS)
		desk->requests[desk->n_requests++] = *request;
	else
		return false;
	return true;
}

void desk_drop_newest_request(struct desk *desk)
{
	desk->n_requests--;
}

struct request desk_take_request(struct desk *desk)
{
	struct request first = desk->requests[0];

	desk->n_requests--;
	memmove(desk->requests, desk->requests + 1,
		(size_t)desk->n_requests * sizeof(*desk->requests));
	return first;
}

void desk_ask_again(struct desk *desk, const struct request *request)
{
	bool is_one = desk->n_requests > 0 && !desk->requests[0].is_undo && !request->is_undo;

	if (is_one || desk->n_requests == DESK_MAX_REQUESTS)
		return;
	memmove(desk->requests + 1, desk->requests,
		(size_t)desk->n_requests * sizeof(*desk->requests));
	desk->requests[0] = *request;
	desk->n_requests++;
}
