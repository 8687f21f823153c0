/* edges.h - when gates open and close: rising and falling edges of a signal, over many renders. */
#ifndef SUPPORT_EDGES_H
#define SUPPORT_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/module.h"

enum { EDGES_MAX = 65536 };

struct edges {
	int64_t on[EDGES_MAX], off[EDGES_MAX]; /* frames */
	int n_on, n_off;
	int64_t at; /* frames seen */
	bool is_open;
};

static inline void edges_see(struct edges *edges, const v4f *gate, int lane, int n)
{
	for (int i = 0; i < n; i++, edges->at++) {
		bool is_open = gate[i][lane] > GATE_ON;

		if (is_open == edges->is_open)
			continue;
		edges->is_open = is_open;
		if (is_open && edges->n_on < EDGES_MAX)
			edges->on[edges->n_on++] = edges->at;
		if (!is_open && edges->n_off < EDGES_MAX)
			edges->off[edges->n_off++] = edges->at;
	}
}

#endif
