/* test_quadrature.c - detents in, lines that bounce, detents out. */
#include "board/quadrature.h"

#include <stdlib.h>

#include "board/button.h"
#include "tests/support/suite.h"

static const int forward[4] = {3, 1, 0, 2}; /* A falls first */

static int lines_set(struct quadrature *q, int lines)
{
	return quadrature_update(q, (lines & 2) != 0, (lines & 1) != 0);
}

/* Turns by n steps from *phase on, bouncing on every edge if asked to. */
static int turn(struct quadrature *q, int *phase, int n_steps, unsigned *seed)
{
	int direction = n_steps < 0 ? -1 : 1, detents = 0;

	for (int i = 0; i != n_steps; i += direction) {
		int from = forward[*phase & 3], to;

		*phase += direction;
		to = forward[*phase & 3];
		for (int bounce = seed ? rand_r(seed) % 8 : 0; bounce > 0; bounce--) {
			detents += lines_set(q, to);
			detents += lines_set(q, from);
		}
		detents += lines_set(q, to);
	}
	return detents;
}

static void test_one_detent_each(void)
{
	static const int all_steps[] = {1, 2, 4};

	for (int i = 0; i < 3; i++) {
		int steps = all_steps[i];

		for (int reversed = 0; reversed < 2; reversed++) {
			struct quadrature q;
			int phase = 0, sign = reversed ? -1 : 1;

			quadrature_init(&q, true, true, steps, reversed, true);
			CU_ASSERT_EQUAL(turn(&q, &phase, 10 * steps, NULL), 10 * sign);
			CU_ASSERT_EQUAL(turn(&q, &phase, -3 * steps, NULL), -3 * sign);
			CU_ASSERT_EQUAL(q.n_illegal, 0);
		}
	}
}

static void test_random_turns_with_bounce(void)
{
	unsigned seed = 1;

	for (int run = 0; run < 10000; run++) {
		int steps = 1 << (rand_r(&seed) % 3);
		bool reversed = rand_r(&seed) % 2;
		int phase = 0, wanted = 0, told = 0;
		struct quadrature q;

		quadrature_init(&q, true, true, steps, reversed, true);
		for (int i = 0; i < 10; i++) {
			int detents = rand_r(&seed) % 9 - 4;

			wanted += reversed ? -detents : detents;
			told += turn(&q, &phase, detents * steps, &seed);
		}
		if (told != wanted || q.n_illegal != 0) {
			CU_FAIL("a detent was lost or made up");
			return;
		}
	}
}

static void test_half_a_detent_and_back_is_nothing(void)
{
	struct quadrature q;
	int phase = 0;

	quadrature_init(&q, true, true, 4, false, true);
	for (int n = 1; n < 4; n++) {
		CU_ASSERT_EQUAL(turn(&q, &phase, n, NULL), 0);
		CU_ASSERT_EQUAL(turn(&q, &phase, -n, NULL), 0);
	}
}

static void test_a_missed_edge_is_made_good(void)
{
	struct quadrature q;
	int phase = 0;

	quadrature_init(&q, true, true, 4, false, true);
	CU_ASSERT_EQUAL(lines_set(&q, 1), 0);
	CU_ASSERT_EQUAL(lines_set(&q, 2), 0); /* the 0 between was missed */
	CU_ASSERT_EQUAL(q.n_illegal, 1);
	CU_ASSERT_EQUAL(lines_set(&q, 3), 0); /* 2 of 4: it may have been either way */
	CU_ASSERT_EQUAL(turn(&q, &phase, 4, NULL), 1);
	CU_ASSERT_EQUAL(turn(&q, &phase, -8, NULL), -2);
}

static void test_random_lines_do_no_harm(void)
{
	struct quadrature q;
	unsigned seed = 7;
	int phase = 0;

	quadrature_init(&q, true, true, 4, false, true);
	for (int i = 0; i < 100000; i++) {
		int detents = lines_set(&q, rand_r(&seed) % 4);

		CU_ASSERT_FATAL(abs(detents) <= 25); /* no more than the time between two rests */
	}
	lines_set(&q, 3);
	CU_ASSERT_EQUAL(turn(&q, &phase, 40, NULL), 10);
}

/* The knob wanders with bounce, and now and then a level is not seen: one illegal change each. The
 * position is off by as much as they allow, no more (a detent each; two where each step is one),
 * and from the next detent on every one counts. */
static bool wander(int steps, bool is_open_high, unsigned *seed)
{
	int phase = is_open_high ? 0 : 2, rest = phase, told = 0, off, n_now;
	struct quadrature q;

	quadrature_init(&q, is_open_high, is_open_high, steps, false, is_open_high);
	for (int i = 0, n_edges = rand_r(seed) % 200; i < n_edges; i++) {
		phase += rand_r(seed) % 2 ? 1 : -1;
		if (rand_r(seed) % 20 == 0) /* unseen, and the next one goes the same way */
			phase += rand_r(seed) % 2 ? 1 : -1;
		told += lines_set(&q, forward[phase & 3]);
	}
	n_now = (int)q.n_illegal;
	while ((phase - rest) % steps != 0 || (steps == 4 && forward[phase & 3] != q.rest)) {
		phase++;
		told += lines_set(&q, forward[phase & 3]);
	}
	off = abs(told - (phase - rest) / steps);
	if (off > (steps == 1 ? 2 : 1) * n_now || q.steps != 0)
		return false;
	told = turn(&q, &phase, 7 * steps, seed);
	return told == 7 && turn(&q, &phase, -9 * steps, seed) == -9 && (int)q.n_illegal == n_now;
}

static void test_random_edges_with_losses(void)
{
	unsigned seed = 3;

	for (int run = 0; run < 10000; run++) {
		if (!wander(1 << run % 3, run % 2 == 0, &seed)) {
			CU_FAIL("further off than the illegal changes allow");
			return;
		}
	}
}

static void test_the_rest_is_where_it_starts(void)
{
	struct quadrature q;
	int phase = 2; /* rests with both low */

	quadrature_init(&q, false, false, 4, false, true);
	CU_ASSERT_EQUAL(turn(&q, &phase, 4, NULL), 1);
	CU_ASSERT_EQUAL(turn(&q, &phase, -4, NULL), -1);
	phase = 1; /* opened while it was turned: the first whole detent may be lost, no more */
	quadrature_init(&q, false, true, 4, false, true);
	turn(&q, &phase, 3, NULL);
	CU_ASSERT_EQUAL(turn(&q, &phase, 20, NULL), 5);
	phase = 1;
	quadrature_init(&q, false, true, 4, false, false); /* pulled down: rests with both low */
	turn(&q, &phase, 1, NULL);
	CU_ASSERT_EQUAL(turn(&q, &phase, 3, NULL), 0);
	CU_ASSERT_EQUAL(turn(&q, &phase, 1, NULL), 1);
}

static void test_button(void)
{
	const int64_t ms = 1000000;
	struct button button = {0};

	CU_ASSERT_EQUAL(button_deadline_ns(&button), 0);
	CU_ASSERT_EQUAL(button_edge(&button, true, 1000 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), 1500 * ms);
	CU_ASSERT_EQUAL(button_tick(&button, 1499 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_edge(&button, false, 1499 * ms), BUTTON_SHORT);
	CU_ASSERT_EQUAL(button_tick(&button, 3000 * ms), BUTTON_NOTHING);

	button_edge(&button, true, 4000 * ms);
	CU_ASSERT_EQUAL(button_tick(&button, 4500 * ms), BUTTON_LONG);
	CU_ASSERT_EQUAL(button_tick(&button, 4600 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_edge(&button, false, 5000 * ms), BUTTON_NOTHING);

	button_edge(&button, true, 6000 * ms); /* let go before the desk looked */
	CU_ASSERT_EQUAL(button_edge(&button, false, 6700 * ms), BUTTON_LONG);
	CU_ASSERT_EQUAL(button_edge(&button, false, 6800 * ms), BUTTON_NOTHING);
}

SUITE_MAIN("quadrature", {"one event a detent", test_one_detent_each},
	{"10000 random turns with bounce", test_random_turns_with_bounce},
	{"half a detent and back", test_half_a_detent_and_back_is_nothing},
	{"a missed edge", test_a_missed_edge_is_made_good},
	{"10000 random edge sequences with losses", test_random_edges_with_losses},
	{"random lines", test_random_lines_do_no_harm},
	{"where it rests", test_the_rest_is_where_it_starts},
	{"short and long presses", test_button})
