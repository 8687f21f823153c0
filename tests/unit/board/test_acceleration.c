/* test_acceleration.c - how far a detent goes, by the time since the ones before. */
#include "board/acceleration.h"

#include "base/clock.h"
#include "tests/support/suite.h"

/* What the n-th detent of a steady turn counts for. */
static int steady(int max, int interval_ms, int n)
{
	struct acceleration acceleration = {.max = max};
	int detents = 0;

	for (int i = 1; i <= n; i++)
		detents = acceleration_detents(
			&acceleration, 1, NS_PER_S + i * interval_ms * NS_PER_MS);
	return detents;
}

static void test_off(void)
{
	CU_ASSERT_EQUAL(steady(0, 1, 10), 1);
	CU_ASSERT_EQUAL(steady(1, 1, 10), 1);
}

static void test_by_rate(void)
{
	static const int maxima[] = {2, 4, 8, 16};

	for (int i = 0; i < 4; i++) {
		int last = 1;

		CU_ASSERT_EQUAL(steady(maxima[i], 80, 10), 1);
		CU_ASSERT_EQUAL(steady(maxima[i], 10, 10), maxima[i]);
		CU_ASSERT_EQUAL(steady(maxima[i], 1, 10), maxima[i]);
		for (int ms = 100; ms > 0; ms--) { /* never less when faster */
			CU_ASSERT_TRUE(steady(maxima[i], ms, 10) >= last);
			last = steady(maxima[i], ms, 10);
		}
	}
	CU_ASSERT_EQUAL(steady(16, 20, 10), 7); /* 50 a second: 1 + 15 * 37.5 / 87.5 */
}

static void test_begins_slowly(void)
{
	struct acceleration acceleration = {.max = 16};

	CU_ASSERT_EQUAL(steady(16, 5, 1), 1);
	CU_ASSERT_EQUAL(steady(16, 5, 2), 1);
	CU_ASSERT_EQUAL(steady(16, 5, 3), 16);
	for (int i = 0; i < 10; i++)
		acceleration_detents(&acceleration, 1, NS_PER_S + i * 5 * NS_PER_MS);
	/* the other way, and on */
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, -1, NS_PER_S + 50 * NS_PER_MS), -1);
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, -1, NS_PER_S + 55 * NS_PER_MS), -1);
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, -1, NS_PER_S + 60 * NS_PER_MS), -16);
	/* one that slips over quickly after a pause */
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, -1, 3 * NS_PER_S), -1);
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, -1, 3 * NS_PER_S + NS_PER_MS), -1);
	CU_ASSERT_EQUAL(acceleration_detents(&acceleration, 0, 3 * NS_PER_S), 0);
}

SUITE_MAIN("acceleration", {"off", test_off}, {"by the rate of detents", test_by_rate},
	{"a turn begins slowly", test_begins_slowly})
