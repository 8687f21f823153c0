/* edges.c - edges of many lines, put into order. See edges.h. */
#include "board/edges.h"

#include <string.h>

void edges_init(struct edges *edges)
{
	memset(edges, 0, sizeof(*edges));
	edges->next_seq = 1;
}

int edges_room(const struct edges *edges)
{
	return EDGES_MAX - edges->n;
}

/* Numbers wrap. */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* A line's edges come in their order. */
static void losses_count(struct edges *edges, const struct edge *edge)
{
	uint32_t *last = &edges->line_seqs[edge->pin];
	uint32_t n_missing = edge->line_seq - *last - 1;

	*last = edge->line_seq;
	if (n_missing > 0) {
		edges->n_lost += n_missing;
		edges->has_gap = true;
	}
}

void edges_push(struct edges *edges, const struct edge *edge)
{
	int to = edges->n;

	if (edge->pin >= EDGES_MAX_PINS || edges->n == EDGES_MAX)
		return;
	losses_count(edges, edge);
	for (; to > 0 && edges->at[to - 1].at_ns > edge->at_ns; to--)
		edges->at[to] = edges->at[to - 1];
	edges->at[to] = *edge;
	edges->n++;
}

/* Whether one that was numbered before the first is not here yet. */
static bool is_one_missing(const struct edges *edges)
{
	if (!is_before(edges->next_seq, edges->at[0].seq))
		return false;
	for (int i = 1; i < edges->n; i++)
		if (edges->at[i].seq == edges->next_seq)
			return false; /* here, with a later time */
	return true;
}

bool edges_take(struct edges *edges, int64_t now_ns, struct edge *edge)
{
	if (edges->n == 0)
		return false;
	if (is_one_missing(edges)) {
		if (edges->n < EDGES_MAX && now_ns - edges->at[0].at_ns < EDGES_HOLD_NS)
			return false;
		edges->has_gap = true;
	}
	*edge = edges->at[0];
	memmove(edges->at, edges->at + 1, (size_t)--edges->n * sizeof(edges->at[0]));
	if (is_before(edges->next_seq, edge->seq + 1))
		edges->next_seq = edge->seq + 1;
	return true;
}

int64_t edges_deadline_ns(const struct edges *edges)
{
	if (edges->n == 0)
		return 0;
	return is_one_missing(edges) && edges->n < EDGES_MAX ? edges->at[0].at_ns + EDGES_HOLD_NS
							     : 1;
}
