/* test_lines.c - edges of lines to events: who is who, what is held, what turns. */
#include "board/lines.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/suite.h"

enum { A1 = 5, B1 = 6, PUSH1 = 13, PUSH2 = 19, BUTTON = 26 };

static const struct board_config config = {
	.n_knobs = 2,
	.n_buttons = 2,
	.knobs = {{.name = "one",
			  .pin_a = A1,
			  .pin_b = B1,
			  .pin_push = PUSH1,
			  .steps_per_detent = 4,
			  .bias = BOARD_PULL_UP},
		{.name = "two",
			.pin_a = BOARD_NO_PIN,
			.pin_b = BOARD_NO_PIN,
			.pin_push = PUSH2,
			.steps_per_detent = 4,
			.bias = BOARD_NO_BIAS}},
	.buttons = {{.name = "none", .pin = BOARD_NO_PIN, .bias = BOARD_PULL_UP},
		{.name = "commit", .pin = BUTTON, .bias = BOARD_PULL_UP}},
};

static struct lines lines;
static struct board_event event;

static void begin(unsigned low_pin)
{
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(lines_list(&lines, &config, &diag), 0);
	CU_ASSERT_EQUAL_FATAL(lines.n, 5);
	for (int i = 0; i < lines.n; i++)
		lines.at[i].is_high = lines.at[i].pin != low_pin;
	lines_begin(&lines, &config);
}

static int edge(unsigned pin, bool is_high, int ms)
{
	return lines_edge(&lines, pin, is_high, NS_PER_S + ms * NS_PER_MS, &event);
}

static void test_turn(void)
{
	begin(0);
	for (int turn = 0; turn < 3; turn++) {
		CU_ASSERT_EQUAL(edge(A1, false, 0), 0);
		CU_ASSERT_EQUAL(edge(B1, false, 1), 0);
		CU_ASSERT_EQUAL(edge(A1, true, 2), 0);
		CU_ASSERT_EQUAL(edge(B1, true, 3), 1);
		CU_ASSERT_TRUE(event.kind == BOARD_TURN && event.index == 0 && event.detents == 1);
	}
	CU_ASSERT_EQUAL(edge(B1, false, 4) + edge(A1, false, 5) + edge(B1, true, 6), 0);
	CU_ASSERT_EQUAL(edge(A1, true, 7), 1);
	CU_ASSERT_EQUAL(event.detents, -1);
	CU_ASSERT_EQUAL(edge(A1, true, 8), 0);  /* known already */
	CU_ASSERT_EQUAL(edge(99, false, 9), 0); /* nobody's */
}

static void test_short_and_long(void)
{
	begin(0);
	CU_ASSERT_EQUAL(lines_deadline_ns(&lines), 0);
	CU_ASSERT_EQUAL(edge(PUSH2, false, 0), 0);
	CU_ASSERT_EQUAL(edge(BUTTON, false, 100), 0);
	CU_ASSERT_EQUAL(lines_deadline_ns(&lines), NS_PER_S + BUTTON_LONG_MS * NS_PER_MS);
	CU_ASSERT_EQUAL(edge(PUSH2, true, 499), 1);
	CU_ASSERT_TRUE(event.kind == BOARD_PUSH && event.index == 1);
	CU_ASSERT_EQUAL(lines_tick(&lines, NS_PER_S + 599 * NS_PER_MS, &event, 1), 0);
	CU_ASSERT_EQUAL(lines_tick(&lines, NS_PER_S + 600 * NS_PER_MS, &event, 0), 0); /* no room */
	CU_ASSERT_EQUAL(lines_tick(&lines, NS_PER_S + 600 * NS_PER_MS, &event, 1), 1);
	CU_ASSERT_TRUE(event.kind == BOARD_LONG_PRESS && event.index == 1);
	CU_ASSERT_EQUAL(edge(BUTTON, true, 700), 0); /* told already */
	CU_ASSERT_EQUAL(lines_deadline_ns(&lines), 0);
}

static void test_held_since_before(void)
{
	begin(BUTTON);
	CU_ASSERT_EQUAL(lines_deadline_ns(&lines), 0);
	CU_ASSERT_EQUAL(edge(BUTTON, true, 100), 0);
	CU_ASSERT_EQUAL(edge(BUTTON, false, 200), 0);
	CU_ASSERT_EQUAL(edge(BUTTON, true, 300), 1);
	CU_ASSERT_TRUE(event.kind == BOARD_PRESS && event.index == 1);
}

static void test_a_pin_twice(void)
{
	struct board_config twice = config;
	struct diag diag;

	twice.buttons[0].pin = B1;
	CU_ASSERT_EQUAL(lines_list(&lines, &twice, &diag), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "GPIO 6"));
}

static void test_pulled_down(void)
{
	struct board_config down = config;
	struct diag diag;

	down.knobs[0].bias = down.buttons[1].bias = BOARD_PULL_DOWN;
	down.knobs[0].acceleration = 4;
	CU_ASSERT_EQUAL_FATAL(lines_list(&lines, &down, &diag), 0);
	for (int i = 0; i < lines.n; i++)
		lines.at[i].is_high = lines.at[i].pin == PUSH2;
	lines_begin(&lines, &down);
	CU_ASSERT_EQUAL(edge(BUTTON, true, 0) + edge(PUSH2, false, 0), 0);
	CU_ASSERT_EQUAL(edge(BUTTON, false, 100), 1);
	CU_ASSERT_TRUE(event.kind == BOARD_PRESS && event.index == 1);
	CU_ASSERT_EQUAL(edge(PUSH2, true, 100), 1); /* no bias: pulled up by the board itself */
	CU_ASSERT_EQUAL(event.kind, BOARD_PUSH);
	for (int turn = 0; turn < 3; turn++) { /* 5 ms a detent: fast from the third on */
		int ms = 1000 + 5 * turn;

		CU_ASSERT_EQUAL(edge(A1, true, ms) + edge(B1, true, ms) + edge(A1, false, ms), 0);
		CU_ASSERT_EQUAL(edge(B1, false, ms), 1);
		CU_ASSERT_EQUAL(event.detents, turn < 2 ? 1 : 4);
	}
	CU_ASSERT_EQUAL(lines.n_detents, 3);
}

/* Edges were lost: levels are looked at. */
static void test_a_look(void)
{
	bool are_high[] = {true, false, false, true, true}; /* A1 B1 PUSH1 PUSH2 BUTTON */
	struct board_event events[5];

	begin(0);
	CU_ASSERT_EQUAL(lines_look(&lines, are_high, NS_PER_S, events, 5), 0);
	CU_ASSERT_EQUAL(lines.n_illegal, 0);
	are_high[0] = are_high[1] = false; /* on, as a turn to the left goes */
	lines_look(&lines, are_high, NS_PER_S, events, 5);
	are_high[0] = are_high[1] = are_high[2] = true; /* two steps of which nobody knows */
	CU_ASSERT_EQUAL(lines_look(&lines, are_high, NS_PER_S + NS_PER_MS, events, 5), 1);
	CU_ASSERT_TRUE(events[0].kind == BOARD_PUSH && events[0].index == 0);
	CU_ASSERT_EQUAL(lines.n_illegal, 1);
	test_turn();
	lines_lose(&lines, 1);
	CU_ASSERT_TRUE(lines.at[0].is_lost && lines.at[1].is_lost && !lines.at[2].is_lost);
	are_high[0] = false;
	CU_ASSERT_EQUAL(lines_look(&lines, are_high, NS_PER_S, events, 5), 0);
	CU_ASSERT_TRUE(lines.at[0].is_high);
}

SUITE_MAIN("lines", {"a knob turns", test_turn}, {"short and long presses", test_short_and_long},
	{"a switch held since before says nothing", test_held_since_before},
	{"pulled down, and accelerated", test_pulled_down}, {"levels are looked at", test_a_look},
	{"a pin belongs to one control", test_a_pin_twice})
