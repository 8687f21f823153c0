/* requests.c - commits and undos that were asked for: a queue, in the order that the hand gave.
 *
 * One is under way at a time (commit.c); those behind it wait here. A commit behind a commit is one
 * with it, for both hear all that is staged when they begin. An undo behind a commit that nobody
 * has heard takes that back, so no undo ever stands behind a commit: the queue is some undos, then
 * commits and reverts in turn. */
#include "control/desk_state.h"

#include <string.h>

const struct request *desk_newest_request(const struct desk *desk)
{
	return desk->requests.n ? &desk->requests.list[desk->requests.n - 1] : NULL;
}

bool desk_has_request(const struct desk *desk)
{
	return desk->requests.n > 0;
}

/* Two of them, one behind the other, are one; each undo is a step of its own. */
static bool replaces(const struct request *a, const struct request *b)
{
	return a->kind == b->kind && a->kind != ACTION_UNDO;
}

bool desk_ask(struct desk *desk, const struct request *request)
{
	const struct request *last = desk_newest_request(desk);

	if (last && replaces(request, last))
		desk->requests.list[desk->requests.n - 1] = *request;
	else if (desk->requests.n < DESK_MAX_REQUESTS)
		desk->requests.list[desk->requests.n++] = *request;
	else
		return false;
	return true;
}

void desk_drop_newest_request(struct desk *desk)
{
	desk->requests.n--;
}

struct request desk_take_request(struct desk *desk)
{
	struct request first = desk->requests.list[0];

	desk->requests.n--;
	memmove(desk->requests.list, desk->requests.list + 1,
		(size_t)desk->requests.n * sizeof(*desk->requests.list));
	return first;
}

void desk_ask_again(struct desk *desk, const struct request *request)
{
	const struct request *next = &desk->requests.list[0];
	bool is_one = desk->requests.n > 0 && replaces(request, next);

	if (is_one || desk->requests.n == DESK_MAX_REQUESTS)
		return;
	memmove(desk->requests.list + 1, desk->requests.list,
		(size_t)desk->requests.n * sizeof(*desk->requests.list));
	desk->requests.list[0] = *request;
	desk->requests.n++;
}
