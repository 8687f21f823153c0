/* test_sum.c - the sum of whatever is plugged in. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 300 };

static void adds_what_is_plugged_in(void)
{
	static const char *const ports[] = {"in1", "in2", "in3", "in4", "in5", "in6", "in7", "in8"};
	static v4f expected[N], out[N];
	v4f *in[8];
	struct bench sum;

	bench_open(&sum, "sum", 48000.0f);
	for (int k = 0; k < 8; k++) {
		in[k] = series_noise((unsigned)k + 1, 1.0f, N);
		bench_reset(&sum);
		bench_render(&sum, out, N, 100);
		CU_ASSERT_EQUAL(judge_max_difference(out, expected, N), 0.0);
		bench_plug(&sum, ports[k], in[k]);
		for (int i = 0; i < N; i++)
			expected[i] += in[k][i];
	}
	bench_reset(&sum);
	bench_render(&sum, out, N, 100);
	CU_ASSERT_EQUAL(judge_max_difference(out, expected, N), 0.0);
	bench_close(&sum);
	for (int k = 0; k < 8; k++)
		free(in[k]);
}

SUITE_MAIN("sum", {"adds what is plugged in", adds_what_is_plugged_in})
