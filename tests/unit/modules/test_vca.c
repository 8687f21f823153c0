/* test_vca.c - the product of two signals and a level. */
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 300 };

static void multiplies(void)
{
	v4f *in = series_noise(1, 1.0f, N), *by = series_noise(2, 1.0f, N);
	v4f *level = series_of(0.5f, N);
	static v4f out[N], expected[N];
	struct bench vca;

	for (int i = 0; i < N; i++)
		expected[i] = in[i] * by[i] * 0.5f;
	bench_open(&vca, "vca", 48000.0f);
	bench_plug(&vca, "in", in);
	bench_render(&vca, out, N, 100);
	CU_ASSERT_EQUAL(judge_peak(out, 0, N), 0.0);
	bench_plug(&vca, "by", by);
	bench_set(&vca, "level", 0.5f);
	bench_reset(&vca);
	bench_render(&vca, out, N, 100);
	CHECK_BELOW(judge_max_difference(out, expected, N), 1e-6);
	bench_move(&vca, "level", level);
	bench_reset(&vca);
	bench_render(&vca, out, N, 100);
	CHECK_BELOW(judge_max_difference(out, expected, N), 1e-6);
	bench_close(&vca);
	free(in);
	free(by);
	free(level);
}

SUITE_MAIN("vca", {"multiplies", multiplies})
