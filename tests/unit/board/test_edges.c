/* test_edges.c - edges that come late, merged or not at all, put into order; and a knob behind them
 * that is right again. */
#include "board/edges.h"

#include <stdlib.h>

#include "base/clock.h"
#include "board/quadrature.h"
#include "tests/support/suite.h"

static struct edges edges;
static struct edge taken;

static void push(unsigned pin, int64_t at_us, uint32_t seq, uint32_t line_seq)
{
	edges_push(&edges,
		&(struct edge){
			.pin = pin, .at_ns = at_us * NS_PER_US, .seq = seq, .line_seq = line_seq});
}

static bool take(int64_t now_us)
{
	return edges_take(&edges, now_us * NS_PER_US, &taken);
}

static void test_in_order(void)
{
	edges_init(&edges);
	CU_ASSERT_FALSE(take(0));
	CU_ASSERT_EQUAL(edges_deadline_ns(&edges), 0);
	for (uint32_t i = 1; i <= 5; i++)
		push(7, 10 * i, i, i);
	CU_ASSERT_EQUAL(edges_room(&edges), EDGES_MAX - 5);
	CU_ASSERT_EQUAL(edges_deadline_ns(&edges), 1);
	for (uint32_t i = 1; i <= 5; i++) {
		CU_ASSERT_TRUE(take(50));
		CU_ASSERT_EQUAL(taken.seq, i);
	}
	CU_ASSERT_FALSE(take(50));
	CU_ASSERT_TRUE(!edges.has_gap && edges.n_lost == 0);
}

static void test_one_that_is_late_is_waited_for(void)
{
	edges_init(&edges);
	push(8, 20, 2, 1);
	CU_ASSERT_FALSE(take(30));
	CU_ASSERT_EQUAL(edges_deadline_ns(&edges), 20 * NS_PER_US + EDGES_HOLD_NS);
	push(7, 10, 1, 1);
	CU_ASSERT_TRUE(take(40));
	CU_ASSERT_EQUAL(taken.pin, 7);
	CU_ASSERT_TRUE(take(40));
	CU_ASSERT_EQUAL(taken.pin, 8);
	CU_ASSERT_TRUE(!edges.has_gap && edges.n_lost == 0);
	push(7, 61, 3, 2); /* numbered on two cores, an instant apart: no reason to wait */
	push(8, 60, 4, 2);
	CU_ASSERT_TRUE(take(70) && taken.seq == 4);
	CU_ASSERT_TRUE(take(70) && taken.seq == 3);
	CU_ASSERT_FALSE(edges.has_gap);
}

/* Merged with the line's next one: a look at the levels, and nothing lost. */
static void test_merged(void)
{
	edges_init(&edges);
	push(7, 10, 1, 1);
	push(7, 30, 3, 2);
	CU_ASSERT_TRUE(take(40));
	CU_ASSERT_FALSE(take(40));
	CU_ASSERT_TRUE(take(30 + EDGES_HOLD_NS / 1000));
	CU_ASSERT_EQUAL(taken.seq, 3);
	CU_ASSERT_TRUE(edges.has_gap);
	CU_ASSERT_EQUAL(edges.n_lost, 0);
}

static void test_lost(void)
{
	edges_init(&edges);
	push(7, 10, 1, 1);
	push(8, 20, 2, 1);
	push(7, 90, 9, 5); /* 2 to 4 of this line */
	push(8, 91, 10, 2);
	CU_ASSERT_EQUAL(edges.n_lost, 3);
	CU_ASSERT_TRUE(edges.has_gap);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_TRUE(take(1000));
	push(60, 100, 11, 0xffffffff); /* numbers wrap */
	CU_ASSERT_TRUE(edges.n_lost > 3);
	edges.n_lost = 0;
	push(60, 110, 12, 0);
	push(60, 120, 13, 1);
	CU_ASSERT_EQUAL(edges.n_lost, 0);
	push(64, 130, 14, 1); /* nobody's */
	CU_ASSERT_EQUAL(edges.n, 3);
}

static void test_full(void)
{
	edges_init(&edges);
	for (uint32_t i = 0; i < EDGES_MAX; i++)
		push(7, 10 + i, i + 2, i + 1); /* 1 is missing */
	CU_ASSERT_EQUAL(edges_room(&edges), 0);
	push(7, 5000, 1000, EDGES_MAX + 1);
	CU_ASSERT_EQUAL(edges.n, EDGES_MAX);
	CU_ASSERT_EQUAL(edges_deadline_ns(&edges), 1);
	CU_ASSERT_TRUE(take(10)); /* no room to wait any longer */
	CU_ASSERT_TRUE(edges.has_gap);
}

/* ---- a knob: bounce as contacts do it, edges queued by two threads that overtake each other */

enum { PIN_A = 17, PIN_B = 27 };
static struct edge queued[40000];
static int n_queued;

static void edge_at(unsigned pin, bool is_high, int64_t at_ns)
{
	static uint32_t seq, line_seqs[2];

	if (n_queued == 0)
		seq = line_seqs[0] = line_seqs[1] = 0;
	queued[n_queued++] = (struct edge){pin, is_high, at_ns, ++seq, ++line_seqs[pin == PIN_B]};
}

/* One detent of 5 ms: 4 edges, each with spurious ones behind it within 500 us; 3 to 20 of them. */
static void detent(int64_t at_ns, bool is_right, unsigned *seed)
{
	int n_spurious = 3 + rand_r(seed) % 18;

	for (int i = 0; i < 4; i++) {
		bool is_high = i >= 2;
		unsigned pin = (i % 2 == 0) == is_right ? PIN_A : PIN_B;
		int n = i < 3 ? n_spurious / 4 : n_spurious - 3 * (n_spurious / 4);

		n += n % 2; /* forth and back */
		for (int k = 0; k <= n; k++)
			edge_at(pin, is_high == (k % 2 == 0), at_ns + k * 500000 / 20);
		at_ns += 1250000;
	}
}

/* Threads of two lines: each line's edges in order, swapped with the other's if close enough. */
static void overtake(unsigned *seed)
{
	for (int i = 0; i + 1 < n_queued; i++) {
		struct edge *a = &queued[i], *b = &queued[i + 1];
		struct edge hold = *a;

		if (a->pin == b->pin || b->at_ns - a->at_ns > 900000 || rand_r(seed) % 2)
			continue;
		*a = *b;
		*b = hold;
	}
}

/* Reads the queue as a desk would, some edges at a time. n_dropped of the first are not there. */
static int listen(int n_dropped, unsigned *seed)
{
	struct quadrature knob;
	bool a = true, b = true;
	int detents = 0, read = n_dropped;
	int64_t now_ns = 0;

	edges_init(&edges);
	quadrature_init(&knob, true, true, 4, false, true);
	while (read < n_queued || edges.n > 0) {
		for (int n = rand_r(seed) % 64; n > 0 && read < n_queued && edges_room(&edges); n--)
			edges_push(&edges, &queued[read++]);
		for (int i = 0; i < edges.n; i++)
			now_ns = edges.at[i].at_ns > now_ns ? edges.at[i].at_ns : now_ns;
		if (read == n_queued)
			now_ns += EDGES_HOLD_NS;
		while (edges_take(&edges, now_ns, &taken)) {
			a = taken.pin == PIN_A ? taken.is_high : a;
			b = taken.pin == PIN_B ? taken.is_high : b;
			detents += quadrature_update(&knob, a, b);
		}
	}
	return detents;
}

static void test_bounce_is_counted_exactly(void)
{
	unsigned seed = 11;

	for (int run = 0; run < 100; run++) {
		int wanted = 0;

		n_queued = 0;
		for (int i = 0; i < 100; i++) {
			bool is_right = rand_r(&seed) % 3 > 0;

			wanted += is_right ? 1 : -1;
			detent(NS_PER_S + i * 5 * NS_PER_MS, is_right, &seed);
		}
		overtake(&seed);
		if (listen(0, &seed) != wanted || edges.n_lost != 0 || edges.has_gap) {
			CU_FAIL("a detent was lost or made up");
			return;
		}
	}
}

/* The kernel's queue ran over: its oldest are gone, every one is counted, and only those detents
 * that had some of them can be missed. */
static void test_losses_are_counted_exactly(void)
{
	unsigned seed = 12;

	for (int run = 0; run < 100; run++) {
		int dropped = 1 + rand_r(&seed) % 300, n_whole = 0, told;

		n_queued = 0;
		for (int i = 0; i < 100; i++) {
			int before = n_queued;

			detent(NS_PER_S + i * 5 * NS_PER_MS, true, &seed);
			n_whole += before >= dropped;
		}
		told = listen(dropped, &seed);
		if (edges.n_lost != (uint64_t)dropped || told < n_whole || told > n_whole + 1) {
			CU_FAIL("losses are not what was lost");
			return;
		}
	}
}

SUITE_MAIN("edges", {"edges in order", test_in_order},
	{"one that is late is waited for", test_one_that_is_late_is_waited_for},
	{"one that was merged", test_merged}, {"lost ones are counted", test_lost},
	{"no room", test_full}, {"bounce, exactly", test_bounce_is_counted_exactly},
	{"losses, exactly", test_losses_are_counted_exactly})
