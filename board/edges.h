/* edges.h - edges of many lines, put into order, and what was lost on the way.
 *
 * The kernel stamps and numbers an edge in its interrupt, but a thread of each line queues it: two
 * lines may come in the wrong order. An edge whose number shows that an earlier one is still to
 * come is held for EDGES_HOLD_NS at most. A line's own numbers have gaps where the kernel's queue
 * ran over: these are counted (n_lost). A number that never comes without such a gap is an edge
 * that the kernel merged with the line's next one (contacts that bounce faster than interrupts are
 * served).
 * Memory:  the caller owns struct edges; nothing is allocated.
 * Threads: [desk]. Errors: none.
 * Source:  linux, drivers/gpio/gpiolib-cdev.c (edge_irq_handler, edge_irq_thread). */
#ifndef BOARD_EDGES_H
#define BOARD_EDGES_H

#include <stdbool.h>
#include <stdint.h>

enum { EDGES_MAX = 256, EDGES_MAX_PINS = 64, EDGES_HOLD_NS = 500000 };

struct edge {
	unsigned pin;
	bool is_high; /* the level after it */
	int64_t at_ns;
	uint32_t seq;      /* of all edges of the request, from 1 */
	uint32_t line_seq; /* of the line's edges, from 1 */
};

struct edges {
	int n;
	struct edge at[EDGES_MAX]; /* by time */
	uint32_t next_seq;         /* all below were taken or given up */
	uint32_t line_seqs[EDGES_MAX_PINS];
	bool has_gap;    /* levels may not be what was told: look at them, then clear this */
	uint64_t n_lost; /* since edges_init */
};

/* For a new request: its numbers begin with 1. */
void edges_init(struct edges *edges);
int edges_room(const struct edges *edges);
/* Only where there is room; a pin of EDGES_MAX_PINS or more is ignored. */
void edges_push(struct edges *edges, const struct edge *edge);
/* The earliest edge, if it need not wait for another. */
bool edges_take(struct edges *edges, int64_t now_ns, struct edge *edge);
/* When edges_take is wanted next: 1 at once, 0 never. */
int64_t edges_deadline_ns(const struct edges *edges);

#endif
