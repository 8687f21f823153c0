/* test_core_speed.c - the measured clock is one that a processor can have. */
#include "base/core_speed.h"

#include "tests/support/suite.h"

/* An addition that the compiler drops or joins with another would give terahertz; one that is more
 * than an addition, a few megahertz. */
static void test_measured(void)
{
	int mhz = core_speed_mhz();

	CU_ASSERT_TRUE(mhz > 100);
	CU_ASSERT_TRUE(mhz < 10000);
}

static void test_low(void)
{
	CU_ASSERT_TRUE(core_speed_is_low(600, 1400));
	CU_ASSERT_TRUE(core_speed_is_low(1200, 1400)); /* a 3B+ at 60 C */
	CU_ASSERT_FALSE(core_speed_is_low(1390, 1400));
	CU_ASSERT_FALSE(core_speed_is_low(1800, 1500));
	CU_ASSERT_FALSE(core_speed_is_low(600, 0));  /* no board that is known */
	CU_ASSERT_FALSE(core_speed_is_low(0, 1400)); /* not measured */
}

SUITE_MAIN("core speed", {"measured", test_measured}, {"low", test_low})
