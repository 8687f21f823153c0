/* test_limiter.c - the limiter: never above its ceiling, in frames and between them, the same bits below, no click. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/kaiser.h"
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
	v4f *in = series_noise(1, 0.3f, N), *out = series_new(N);
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

/* The largest of 16 places between any two frames, each from 64 frames around it */
static double true_peak(const v4f *x, int lane, int n)
{
	enum { HALF = 32, PLACES = 16 };
	double most = 0.0;

	for (int p = 0; p < PLACES; p++) {
		double row[2 * HALF];

		sinc_row(row, 2 * HALF, (double)p / PLACES, 9.0);
		for (int i = 0; i + 2 * HALF <= n; i++) {
			double sum = 0.0;

			for (int k = 0; k < 2 * HALF; k++)
				sum += row[k] * (double)x[i + k][lane];
			most = fmax(most, fabs(sum));
		}
	}
	return most;
}

/* Tones whose frames miss their peaks, beating with another or not, and noise below 20 kHz, up to 12
 * dB above the ceiling: no converter and no meter finds more than the ceiling between the frames. */
static void holds_between_the_frames(void)
{
	enum { LONG = 24000, FROM = 12000, PART = 4096 };
	static const double tones_hz[] = {997.0, 7999.0, 12000.0, 15000.0, 18000.0, 20000.0};
	v4f *in = series_new(LONG), *out = series_new(LONG);

	for (size_t k = 0; k < 2 * ARRAY_LEN(tones_hz) + 1; k++) {
		double hz = tones_hz[k / 2 % ARRAY_LEN(tones_hz)];
		struct bench limiter;

		memset(in, 0, LONG * sizeof(*in));
		for (int part = 0; k == 2 * ARRAY_LEN(tones_hz) && part < 400; part++) {
			double at_hz = 40.0 + 49.7 * part;

			for (int i = 0; i < LONG; i++)
				in[i] += lanes_of(
					(float)(0.15 * sin(2.0 * M_PI * at_hz / 48000.0 * i +
							       2.4 * part * part)));
		}
		for (int i = 0; k < 2 * ARRAY_LEN(tones_hz) && i < LONG; i++) {
			double x = sin(2.0 * M_PI * hz / 48000.0 * i + M_PI / 4.0);

			x += k % 2 ? sin(2.0 * M_PI * 0.71 * hz / 48000.0 * i) : 0.0;
			in[i] = lanes_of(1.5f * (float)x);
		}
		bench_open(&limiter, "limiter", 48000.0f);
		bench_set(&limiter, "release_ms", k % 2 ? 5.0f : 100.0f);
		bench_set(&limiter, "gain_db", 6.0f);
		bench_plug(&limiter, "in", in);
		bench_render(&limiter, out, LONG, 64);
		CHECK_FIGURE("limiter, tones to 20 kHz and noise: true peak over its ceiling", "dB",
			judge_db(true_peak(out + FROM, 0, PART)) + 3.0, 0.2);
		CHECK_BELOW(-0.5, judge_db(true_peak(out + FROM, 0, PART)) + 3.0);
		bench_close(&limiter);
	}
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
	{"holds between the frames", holds_between_the_frames},
	{"quiet passes unchanged", quiet_passes_unchanged},
	{"attack does not click", attack_does_not_click})
