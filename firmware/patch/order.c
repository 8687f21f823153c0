/* order.c - which module is rendered after which.
 *
 * At most 320 modules: a bit matrix of "is fed by" and its transitive closure (Warshall) say who is
 * in a cycle and with whom, with no recursion. A module with emit/absorb that is in a cycle is cut
 * loose from the sources inside it; what is left must be orderable, or a cycle has no delay. */
#include "patch/order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_WORDS (PATCH_MAX_MODULES / 64)

struct graph {
	int n;
	uint64_t fed_by[PATCH_MAX_MODULES][ROW_WORDS];  /* [i] holds j: i takes an output of j */
	uint64_t reached[PATCH_MAX_MODULES][ROW_WORDS]; /* closure: what j does can be heard in i */
	bool in_cycle[PATCH_MAX_MODULES];               /* and may break it */
	uint64_t unplaced[ROW_WORDS];                   /* not placed in the order yet */
};

static bool bit_get(const uint64_t *row, int idx)
{
	return row[idx / 64] >> (idx % 64) & 1;
}

static void bit_set(uint64_t *row, int idx)
{
	row[idx / 64] |= UINT64_C(1) << (idx % 64);
}

static void bit_clear(uint64_t *row, int idx)
{
	row[idx / 64] &= ~(UINT64_C(1) << (idx % 64));
}

static void sum_edges(const struct patch *patch, const struct patch_sum *sum, uint64_t *row)
{
	for (int i = 0; i < sum->n_terms; i++) {
		int source = patch->terms[sum->first + i].module;

		if (source >= 0)
			bit_set(row, source);
	}
}

/* Takes the sources of its own cycles out of a breaker's row. */
static void graph_cut(struct graph *graph, int idx)
{
	for (int j = 0; j < graph->n; j++)
		if (bit_get(graph->reached[idx], j) && bit_get(graph->reached[j], idx))
			bit_clear(graph->fed_by[idx], j);
}

static void graph_close(struct graph *graph)
{
	for (int k = 0; k < graph->n; k++)
		for (int i = 0; i < graph->n; i++)
			if (bit_get(graph->reached[i], k))
				for (int w = 0; w < ROW_WORDS; w++)
					graph->reached[i][w] |= graph->reached[k][w];
}

static struct graph *graph_new(const struct patch *patch)
{
	struct graph *graph = calloc(1, sizeof(*graph));

	if (!graph)
		return NULL;
	graph->n = patch->n_modules;
	for (int i = 0; i < graph->n; i++) {
		const struct patch_module *module = &patch->modules[i];

		bit_set(graph->unplaced, i);
		for (int k = 0; k < module->desc->n_ins; k++)
			sum_edges(patch, &module->ins[k], graph->fed_by[i]);
		for (int k = 0; k < module->desc->n_params; k++)
			sum_edges(patch, &module->mods[k], graph->fed_by[i]);
	}
	memcpy(graph->reached, graph->fed_by, sizeof(graph->reached));
	graph_close(graph);
	for (int i = 0; i < graph->n; i++) {
		graph->in_cycle[i] = patch->modules[i].desc->emit && bit_get(graph->reached[i], i);
		if (!graph->in_cycle[i])
			continue;
		graph_cut(graph, i);
		/* its parameters are needed when it emits: what modulates them must come before,
		 * cycle or not */
		for (int k = 0; k < patch->modules[i].desc->n_params; k++)
			sum_edges(patch, &patch->modules[i].mods[k], graph->fed_by[i]);
	}
	return graph;
}

/* The lowest source of idx that is not placed yet, or -1. */
static int unplaced_source(const struct graph *graph, int idx)
{
	for (int w = 0; w < ROW_WORDS; w++) {
		uint64_t sources = graph->fed_by[idx][w] & graph->unplaced[w];

		if (sources)
			return 64 * w + __builtin_ctzll(sources);
	}
	return -1;
}

/* Always the lowest index that can go next. Returns how many were placed; out_order may be NULL. */
static int graph_place(struct graph *graph, int *out_order)
{
	int n_placed = 0;

	for (int i = 0; i < graph->n; i++) {
		if (!bit_get(graph->unplaced, i) || unplaced_source(graph, i) >= 0)
			continue;
		bit_clear(graph->unplaced, i);
		if (out_order)
			out_order[n_placed] = i;
		n_placed++;
		i = -1; /* an earlier one may be free now */
	}
	return n_placed;
}

/* After graph_place() has left some: each of them waits for another, so walking from source to
 * source must meet a module again. */
static int graph_cycle(const struct graph *graph, int *out_cycle)
{
	int seen_at[PATCH_MAX_MODULES];
	int walk[PATCH_MAX_MODULES];
	int n_walk = 0, at = 0, first, lead, n;

	memset(seen_at, -1, sizeof(seen_at));
	while (!bit_get(graph->unplaced, at))
		at++;
	while (seen_at[at] < 0) {
		seen_at[at] = n_walk;
		walk[n_walk++] = at;
		at = unplaced_source(graph, at);
	}
	first = seen_at[at];
	n = n_walk - first;
	lead = first;
	for (int i = first; i < n_walk; i++)
		if (walk[i] < walk[lead])
			lead = i;
	for (int i = 0; i < n; i++) /* the walk went against the signal */
		out_cycle[i] = walk[first + (lead - first - i + n) % n];
	return n;
}

int patch_cycle_find(const struct patch *patch, int *out_cycle)
{
	struct graph *graph = graph_new(patch);
	int n = 0;

	if (!graph)
		return -ENOMEM;
	if (graph_place(graph, NULL) < graph->n)
		n = graph_cycle(graph, out_cycle);
	free(graph);
	return n;
}

static int cycle_refuse(const struct patch *patch, const struct graph *graph, struct diag *diag)
{
	enum { NAMED = 8 }; /* of a longer cycle the last ones are left out */
	int cycle[PATCH_MAX_MODULES];
	char names[NAMED * (PATCH_ID_BYTES + 4) + 8] = "";
	int n = graph_cycle(graph, cycle);

	for (int i = 0; i < n && i < NAMED; i++) {
		strcat(names, patch->modules[cycle[i]].id);
		strcat(names, " -> ");
	}
	return diag_set(diag, -ELOOP, "cycle without a delay: %s%s%s", names,
		n > NAMED ? "... -> " : "", patch->modules[cycle[0]].id);
}

int patch_order(const struct patch *patch, int *out_order, bool *out_in_cycle, struct diag *diag)
{
	struct graph *graph = graph_new(patch);
	int *order = calloc(PATCH_MAX_MODULES, sizeof(*order));
	int err = 0;

	if (!graph || !order)
		err = diag_set(diag, -ENOMEM, "out of memory");
	else if (graph_place(graph, order) < graph->n)
		err = cycle_refuse(patch, graph, diag);
	if (!err) {
		memcpy(out_order, order, (size_t)graph->n * sizeof(*order));
		memcpy(out_in_cycle, graph->in_cycle, (size_t)graph->n * sizeof(*out_in_cycle));
	}
	free(order);
	free(graph);
	return err;
}
