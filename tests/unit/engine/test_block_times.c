/* test_block_times.c - bins of block times, and quantiles. */
#include "engine/block_times.h"

#include <math.h>

#include "tests/support/suite.h"

enum { N_STEPS = 4000 };

static void test_bins(void)
{
	int before = 0;

	CU_ASSERT_EQUAL(block_time_bin(0), 0);
	CU_ASSERT_EQUAL(block_time_bin(UINT64_MAX), BLOCK_TIME_BINS - 1);
	for (int i = 0; i < N_STEPS; i++) {
		int bin = block_time_bin((uint64_t)(500.0 * exp2(18.0 * i / N_STEPS)));

		CU_ASSERT_TRUE(bin == before || bin == before + 1);
		before = bin;
	}
	CU_ASSERT_EQUAL(before, BLOCK_TIME_BINS - 1);
}

/* Of one time each: the quantile is that time, within half a bin. */
static void test_one_time(void)
{
	for (int i = 0; i < N_STEPS; i++) {
		uint64_t ns = (uint64_t)(1024.0 * exp2(16.0 * i / N_STEPS));
		uint32_t n[BLOCK_TIME_BINS] = {0};

		n[block_time_bin(ns)] = 7;
		CU_ASSERT_DOUBLE_EQUAL(
			(double)block_times_quantile_ns(n, 50) / (double)ns, 1.0, 0.0626);
		CU_ASSERT_EQUAL(block_times_quantile_ns(n, 50), block_times_quantile_ns(n, 99));
	}
}

static void test_quantiles(void)
{
	static struct block_times times;
	uint32_t n[BLOCK_TIME_BINS] = {0};

	CU_ASSERT_EQUAL(block_times_quantile_ns(n, 50), 0);
	for (int i = 0; i < 1000; i++)
		block_times_add(&times, i < 989 ? 20000 : 900000);
	for (int i = 0; i < BLOCK_TIME_BINS; i++)
		n[i] = times.n[i];
	CU_ASSERT_DOUBLE_EQUAL((double)block_times_quantile_ns(n, 50), 20000, 1250);
	CU_ASSERT_DOUBLE_EQUAL((double)block_times_quantile_ns(n, 98), 20000, 1250);
	CU_ASSERT_DOUBLE_EQUAL((double)block_times_quantile_ns(n, 99), 900000, 56000);
}

SUITE_MAIN("block_times", {"bins", test_bins}, {"one time", test_one_time},
	{"quantiles", test_quantiles})
