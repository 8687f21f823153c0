/* test_alive.c - when the watchdog is fed, and when a service is ready. */
#include "appliance/alive.h"

#include "base/clock.h"
#include "tests/support/suite.h"

#define MS NS_PER_MS

static bool fed(struct alive *alive, uint64_t clock, uint64_t rounds, bool is_away, int64_t at_ms)
{
	struct alive_look look = {clock, rounds, is_away};

	return alive_is_fed(alive, &look, at_ms * MS, 100 * MS);
}

static bool ready(struct alive *alive, uint64_t clock, uint64_t rounds, bool is_away, int64_t at_ms)
{
	struct alive_look look = {clock, rounds, is_away};

	return alive_is_ready(alive, &look, at_ms * MS);
}

static void test_fed_while_the_clock_advances(void)
{
	struct alive alive = {0};

	CU_ASSERT_FALSE(fed(&alive, 0, 0, false, 1)); /* nothing was delivered yet */
	CU_ASSERT_TRUE(fed(&alive, 5, 5, false, 101));
	CU_ASSERT_FALSE(fed(&alive, 6, 6, false, 150)); /* not more often than it is wanted */
	CU_ASSERT_TRUE(fed(&alive, 7, 7, false, 201));
	CU_ASSERT_FALSE(fed(&alive, 7, 90, false, 301)); /* it turns, and delivers nothing */
	CU_ASSERT_FALSE(fed(&alive, 7, 900, false, 401));
	CU_ASSERT_TRUE(fed(&alive, 8, 901, false, 501));
}

static void test_away(void)
{
	struct alive alive = {0};

	CU_ASSERT_TRUE(fed(&alive, 7, 7, false, 1));
	CU_ASSERT_TRUE(fed(&alive, 7, 8, true, 101)); /* no device, and the producer looks round */
	CU_ASSERT_TRUE(fed(&alive, 7, 9, true, 201));
	CU_ASSERT_FALSE(fed(&alive, 7, 9, true, 301));   /* it hangs */
	CU_ASSERT_FALSE(fed(&alive, 7, 10, false, 401)); /* a device, but nothing goes to it */
	CU_ASSERT_TRUE(fed(&alive, 8, 11, false, 501));
}

static void test_ready(void)
{
	struct alive alive = {0};

	CU_ASSERT_FALSE(ready(&alive, 0, 0, false, 1));
	CU_ASSERT_FALSE(ready(&alive, 0, 50, false, 60000)); /* a device that takes nothing */
	CU_ASSERT_TRUE(ready(&alive, 1, 51, false, 60001));
	CU_ASSERT_FALSE(ready(&alive, 2, 52, false, 60002)); /* told once */
}

static void test_ready_without_a_device(void)
{
	struct alive alive = {0};

	CU_ASSERT_FALSE(ready(&alive, 0, 0, true, 1));
	CU_ASSERT_FALSE(ready(&alive, 0, 0, true, 1 + ALIVE_AWAY_MS)); /* no producer */
	CU_ASSERT_TRUE(ready(&alive, 0, 20, true, 1 + ALIVE_AWAY_MS));
}

SUITE_MAIN("alive", {"fed while the clock advances", test_fed_while_the_clock_advances},
	{"the device is away", test_away}, {"ready", test_ready},
	{"ready without a device", test_ready_without_a_device})
