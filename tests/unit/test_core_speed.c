/* test_core_speed.c - the measured clock is one that a processor can have, and each board's figure. */
#include "base/core_speed.h"

#include "base/util.h"

#include "tests/support/suite.h"

/* An addition that the compiler drops or joins with another would give terahertz; one that is more
 * than an addition, a few megahertz. */
static void test_measured(void)
{
	int mhz = core_speed_mhz();

	CU_ASSERT_TRUE(mhz > 100);
	CU_ASSERT_TRUE(mhz < 10000);
}

static void test_boards(void)
{
	static const struct {
		const char *model;
		int mhz;
	} rows[] = {
		{"Raspberry Pi 3 Model B Rev 1.2", 1200},
		{"Raspberry Pi 3 Model B Plus Rev 1.3", 1400},
		{"Raspberry Pi 3 Model A Plus Rev 1.0", 1400},
		{"Raspberry Pi Zero 2 W Rev 1.0", 1000},
		{"Raspberry Pi Compute Module 3 Plus Rev 1.0", 1200},
		{"Raspberry Pi 4 Model B Rev 1.1", 1500},
		{"Raspberry Pi 400 Rev 1.0", 1800},
		{"Raspberry Pi Compute Module 4 Rev 1.1", 1500},
		{"Raspberry Pi 5 Model B Rev 1.0", 2400},
		{"Raspberry Pi Model B Rev 2", 0},
		{"linux,dummy-virt", 0},
		{"", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT_EQUAL(core_speed_of_board(rows[i].model), rows[i].mhz);
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

SUITE_MAIN("core speed", {"measured", test_measured}, {"boards", test_boards}, {"low", test_low})
