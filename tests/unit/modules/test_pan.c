/* test_pan.c - the pan law. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 2000 };

static void power_is_constant(void)
{
	v4f *in = series_of(0.5f, N), *out = series_new(N), *pan = series_new(N);
	struct bench bench;

	for (int i = 0; i < N; i++)
		pan[i] = lanes_of(-1.0f + 2.0f * (float)i / (float)(N - 1));
	bench_open(&bench, "pan", 48000.0f);
	bench_plug(&bench, "in", in);
	bench_move(&bench, "pan", pan);
	bench_render(&bench, out, N, 64);
	for (int i = 0; i < N; i++) {
		double angle = (1.0 + (double)pan[i][0]) * M_PI / 4.0;

		CU_ASSERT_TRUE(fabs((double)out[i][0] - 0.5 * cos(angle)) < 1e-6);
		CU_ASSERT_TRUE(fabs((double)out[i][1] - 0.5 * sin(angle)) < 1e-6);
	}
	bench_set(&bench, "pan", 0.5f); /* still: the same law */
	bench_reset(&bench);
	bench_render(&bench, out, 64, 64);
	CHECK_BELOW(fabs((double)out[9][1] - 0.5 * sin(0.375 * M_PI)), 1e-6);
	bench_close(&bench);
	free(in);
	free(out);
	free(pan);
}

static void sides_do_not_cross(void)
{
	v4f *in = series_noise(1, 1.0f, N), *out = series_new(N);
	struct bench bench;

	for (int i = 0; i < N; i++)
		in[i][1] = 0.0f;
	bench_open(&bench, "pan", 48000.0f);
	bench_set(&bench, "pan", 0.9f);
	bench_plug(&bench, "in", in);
	bench_render(&bench, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 1, N), 0.0);
	CU_ASSERT_TRUE(judge_peak(out, 0, N) > 0.01);
	bench_close(&bench);
	free(in);
	free(out);
}

SUITE_MAIN(
	"pan", {"power is constant", power_is_constant}, {"sides do not cross", sides_do_not_cross})
