/* test_limiter.c - the limiter: never above its ceiling, the same bits below, no click. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 96000 };

/* Noise, bursts, single frames, both sides apart: whatever comes, nothing above the ceiling. */
static void never_exceeds_the_ceiling(void)
{
	v4f *in = series_new(N), *out = series_new(N);

	for (unsigned seed = 1; seed <= 24; seed++) {
		unsigned rand = seed;
		float ceiling_db = -(float)(seed % 4) * 3.0f;
		struct bench limiter;

		for (int i = 0; i < N; i++) {
			float level = rand_float(&rand, 0.0f, 1.0f) < 0.001f ? 100.0f : 0.5f;

			if (seed % 3 == 0) /* bursts */
				level *= i / 97 % 7 ? 0.01f : 8.0f;
			in[i] = (v4f){rand_float(&rand, -level, level),
				rand_float(&rand, -level, level) * (seed & 1 ? 1.0f : 0.0f), 0.0f,
				0.0f};
		}
		bench_open(&limiter, "limiter", seed & 4 ? 44100.0f : 96000.0f);
		bench_set(&limiter, "ceiling_db", ceiling_db);
		bench_set(&limiter, "gain_db", (float)(seed % 5) * 6.0f);
		bench_set(&limiter, "release_ms", seed & 8 ? 5.0f : 500.0f);
		bench_plug(&limiter, "in", in);
		bench_render(&limiter, out, N, 64);
		for (int side = 0; side < 2; side++)
			CHECK_FIGURE("limiter: peak to its ceiling", "",
				judge_peak(out, side, N) / pow(10.0, (double)ceiling_db / 20.0),
				1.0000005);
		CHECK_BELOW(0.1, judge_peak(out, 0, N)); /* something is heard */
		bench_close(&limiter);
	}
	free(in);
	free(out);
}

/* The last cut hides no fault: with a slow rise of the level nothing is ever cut, so that a sine
 * stays a sine. */
static void turns_down_without_cutting(void)
{
	v4f *in = series_sine(997.0, 48000.0, 2.0f, N), *out = series_new(N);
	struct bench limiter;

	bench_open(&limiter, "limiter", 48000.0f);
	bench_set(&limiter, "release_ms", 2000.0f);
	bench_plug(&limiter, "in", in);
	bench_render(&limiter, out, N, 64);
	CHECK_BELOW(judge_sine_residual_db(out + N / 2, 0, 32768, 997.0 / 48000.0), -60.0);
	CHECK_BELOW(fabs(judge_db(judge_peak(out + N / 2, 0, 32768)) + 3.0), 0.05);
	bench_close(&limiter);
	free(in);
	free(out);
}

static void quiet_passes_unchanged(void)
{
	v4f *in = series_noise(1, 0.7f, N), *out = series_new(N);
	struct bench limiter;

	bench_open(&limiter, "limiter", 48000.0f);
	bench_plug(&limiter, "in", in);
	bench_render(&limiter, out, N, 64);
	for (int i = 97; i < N; i++) {
		CU_ASSERT_EQUAL(out[i][0], in[i - 97][0]);
		CU_ASSERT_EQUAL(out[i][1], in[i - 97][1]);
	}
	bench_close(&limiter);
	free(in);
	free(out);
}

/* A tone that is suddenly 20 dB louder: the gain is there before it, and moves without a click. */
static void attack_does_not_click(void)
{
	v4f *in = series_sine(100.0, 48000.0, 1.0f, N), *out = series_new(N);
	struct bench limiter;

	for (int i = 0; i < N; i++)
		in[i] *= i < N / 2 ? 0.3f : 3.0f;
	bench_open(&limiter, "limiter", 48000.0f);
	bench_plug(&limiter, "in", in);
	bench_render(&limiter, out, N, 64);
	CHECK_BELOW(judge_max_step(out, 0, N), 0.05);
	bench_close(&limiter);
	free(in);
	free(out);
}

SUITE_MAIN("limiter", {"never exceeds the ceiling", never_exceeds_the_ceiling},
	{"turns down without cutting", turns_down_without_cutting},
	{"quiet passes unchanged", quiet_passes_unchanged},
	{"attack does not click", attack_does_not_click})
