/* test_led.c - when a LED that blinks is lit, and when it changes. */
#include "board/led.h"

#include "base/clock.h"
#include "tests/support/suite.h"

/* Over 4 s: how often it comes on, and for how many ms it is lit. */
static void watch(enum board_pattern pattern, int *n_on, int *lit_ms)
{
	bool was_lit = led_is_lit(pattern, -1 + 4 * NS_PER_S);

	*n_on = *lit_ms = 0;
	for (int ms = 0; ms < 4000; ms++) {
		bool is_lit = led_is_lit(pattern, (4000 + ms) * NS_PER_MS);

		*n_on += is_lit && !was_lit;
		*lit_ms += is_lit;
		was_lit = is_lit;
	}
}

static void check(enum board_pattern pattern, int n_on, int lit_ms)
{
	int got_on, got_ms;

	watch(pattern, &got_on, &got_ms);
	CU_ASSERT_EQUAL(got_on, n_on);
	CU_ASSERT_EQUAL(got_ms, lit_ms);
}

static void test_rhythms(void)
{
	check(BOARD_PATTERN_OFF, 0, 0);
	check(BOARD_PATTERN_STEADY, 0, 4000);
	check(BOARD_PATTERN_SLOW, 4, 2000);
	check(BOARD_PATTERN_FAST, 16, 2000);
	check(BOARD_PATTERN_TWICE, 4, 500); /* two flashes each 2 s */
}

/* Whoever sleeps until the deadline sees every change, and wakes for nothing else. */
static void test_deadlines(void)
{
	for (int pattern = BOARD_PATTERN_SLOW; pattern <= BOARD_PATTERN_TWICE; pattern++)
		for (int64_t now = 0, until; now < 4 * NS_PER_S; now = until) {
			until = led_deadline_ns((enum board_pattern)pattern, now);
			CU_ASSERT_FATAL(until > now);
			CU_ASSERT_EQUAL(led_is_lit((enum board_pattern)pattern, until - 1),
				led_is_lit((enum board_pattern)pattern, now));
			CU_ASSERT_NOT_EQUAL(led_is_lit((enum board_pattern)pattern, until),
				led_is_lit((enum board_pattern)pattern, now));
		}
	CU_ASSERT_EQUAL(led_deadline_ns(BOARD_PATTERN_OFF, 5), 0);
	CU_ASSERT_EQUAL(led_deadline_ns(BOARD_PATTERN_STEADY, 5), 0);
}

SUITE_MAIN("led", {"rhythms", test_rhythms}, {"deadlines", test_deadlines})
