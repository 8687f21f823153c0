/* test_slew.c - portamento and smoothing: times, modes. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 48000 };

static v4f *steps(void)
{
	v4f *in = series_of(60.0f, N);

	for (int i = 1000; i < N; i++)
		in[i] = i < 20000 ? (v4f){61.0f, 72.0f, 60.0f, 84.0f}
				  : (v4f){48.0f, 71.0f, 60.0f, 60.0f};
	return in;
}

static int arrives(const v4f *out, const v4f *in, int lane, int from)
{
	while (from < N && out[from][lane] != in[from][lane])
		from++;
	return from;
}

static void glides_take_the_same_time(void)
{
	v4f *in = steps(), *out = series_new(N);
	struct bench slew;

	bench_open(&slew, "slew", 48000.0f);
	bench_set(&slew, "rise_ms", 100.0f);
	bench_set(&slew, "fall_ms", 50.0f);
	bench_plug(&slew, "in", in);
	bench_render(&slew, out, N, 64);
	CU_ASSERT_EQUAL(out[0][0], 60.0f);
	CU_ASSERT_EQUAL(arrives(out, in, 0, 1000), 1000 + 4800 - 1);
	CU_ASSERT_EQUAL(arrives(out, in, 1, 1000), 1000 + 4800 - 1);
	CU_ASSERT_EQUAL(arrives(out, in, 0, 20000), 20000 + 2400 - 1);
	CU_ASSERT_EQUAL(arrives(out, in, 1, 20000), 20000 + 2400 - 1);
	CHECK_BELOW(fabs((double)out[1000 + 2399][3] - 72.0), 1e-4); /* half way, half the time */
	CU_ASSERT_EQUAL(out[N - 1][2], 60.0f);
	free(in);
	free(out);
	bench_close(&slew);
}

static void rates_are_units_in_a_time(void)
{
	v4f *in = steps(), *out = series_new(N);
	struct bench slew;

	bench_open(&slew, "slew", 48000.0f);
	bench_set(&slew, "mode", 1.0f);
	bench_set(&slew, "rise_ms", 10.0f);
	bench_plug(&slew, "in", in);
	bench_render(&slew, out, N, 64);
	CHECK_BELOW(fabs(arrives(out, in, 0, 1000) - 1000.0 - 480.0), 2.0);
	CHECK_BELOW(fabs(arrives(out, in, 1, 1000) - 1000.0 - 12 * 480.0), 20.0);
	free(in);
	free(out);
	bench_close(&slew);
}

static void exponential_is_within_1_percent_in_time(void)
{
	v4f *in = steps(), *out = series_new(N);
	struct bench slew;

	bench_open(&slew, "slew", 48000.0f);
	bench_set(&slew, "mode", 2.0f);
	bench_set(&slew, "rise_ms", 100.0f);
	bench_plug(&slew, "in", in);
	bench_render(&slew, out, N, 64);
	CHECK_BELOW(fabs((double)out[1000 + 4799][1] - (72.0 - 0.12)), 2e-3);
	free(in);
	free(out);
	bench_close(&slew);
}

static void nothing_lags_at_0_ms(void)
{
	v4f *in = series_noise(3, 1.0f, N), *out = series_new(N);

	for (int mode = 0; mode < 3; mode++) {
		struct bench slew;

		bench_open(&slew, "slew", 48000.0f);
		bench_set(&slew, "mode", (float)mode);
		bench_set(&slew, "rise_ms", 0.0f);
		bench_set(&slew, "fall_ms", 0.0f);
		bench_plug(&slew, "in", in);
		bench_render(&slew, out, N, 64);
		CHECK_BELOW(judge_max_difference(in, out, N), 1e-6);
		bench_close(&slew);
	}
	free(in);
	free(out);
}

SUITE_MAIN("slew", {"glides take the same time", glides_take_the_same_time},
	{"rates are units in a time", rates_are_units_in_a_time},
	{"exponential is within 1 % in time", exponential_is_within_1_percent_in_time},
	{"nothing lags at 0 ms", nothing_lags_at_0_ms})
