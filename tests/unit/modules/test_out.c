/* test_out.c - the output module: sides, and its limiter. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 300 };

static void is_left_and_right(void)
{
	v4f *in = series_noise(1, 0.2f, N), *left = series_noise(2, 0.2f, N);
	v4f *right = series_noise(3, 0.2f, N);
	static v4f out[N];
	struct bench last;

	bench_open(&last, "out", 48000.0f);
	bench_plug(&last, "right", right);
	bench_render(&last, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, N), 0.0);
	CU_ASSERT_EQUAL(out[7][1], right[7][1]);
	bench_plug(&last, "in", in);
	bench_plug(&last, "left", left);
	bench_set(&last, "level", 2.0f);
	bench_reset(&last);
	bench_render(&last, out, N, 64);
	for (int i = 0; i < N; i++) {
		CU_ASSERT_EQUAL(out[i][0], 2.0f * (in[i][0] + left[i][0]));
		CU_ASSERT_EQUAL(out[i][1], 2.0f * (in[i][1] + right[i][1]));
		CU_ASSERT_EQUAL(out[i][2], 0.0f);
		CU_ASSERT_EQUAL(out[i][3], 0.0f);
	}
	bench_close(&last);
	free(in);
	free(left);
	free(right);
}

/* The same bits below -1 dBFS, also beside a louder side or block; rising, smooth and at most 1
 * above; what is not a number is not hidden. */
static void limits_softly(void)
{
	enum { LONG = 4096 };
	v4f *in = series_new(LONG), *out = series_new(LONG);
	struct bench last;

	for (int i = 0; i < LONG; i++)
		in[i] = (v4f){(float)i / 1024.0f, (float)i / -2048.0f, 0.0f, 0.0f};
	in[LONG - 2][0] = 1e30f;
	bench_open(&last, "out", 48000.0f);
	bench_plug(&last, "in", in);
	bench_render(&last, out, LONG, 64);
	CHECK_BELOW(judge_peak(out, 0, LONG), 1.0 + 1e-12);
	for (int i = 1; i < LONG - 2; i++) {
		if (in[i][0] <= 0.891f)
			CU_ASSERT_EQUAL(out[i][0], in[i][0]);
		if (in[i][1] >= -0.891f)
			CU_ASSERT_EQUAL(out[i][1], in[i][1]);
		CU_ASSERT_TRUE(out[i][0] > out[i - 1][0] && out[i][1] < out[i - 1][1]);
		CU_ASSERT_TRUE(out[i][0] - out[i - 1][0] <= 1.0f / 1024.0f);
	}
	in[100][1] = NAN;
	in[101][0] = INFINITY;
	bench_reset(&last);
	bench_render(&last, out, LONG, 64);
	CU_ASSERT_FALSE(isfinite(out[100][1]));
	CU_ASSERT_FALSE(isfinite(out[101][0]));
	bench_close(&last);
	free(in);
	free(out);
}

SUITE_MAIN("out", {"is left and right", is_left_and_right}, {"limits softly", limits_softly})
