/* test_comb.c - the comb filter: its impulse response, tuning, gain, and changes of pitch. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

enum { N = 32768 };

static v4f *impulse(void)
{
	v4f *in = series_new(N);

	in[0] = lanes_of(1.0f);
	return in;
}

/* 480 Hz is 100 frames: echoes of feedback^k there, nothing between. */
static void echoes_are_a_period_apart(void)
{
	v4f *in = impulse(), *out = series_new(N);
	struct bench comb;

	bench_open(&comb, "comb", RATE_HZ);
	bench_set(&comb, "freq_hz", 480.0f);
	bench_set(&comb, "feedback", -0.6f);
	bench_set(&comb, "feedforward", 0.5f);
	bench_set(&comb, "damping", 0.0f);
	bench_plug(&comb, "in", in);
	bench_render(&comb, out, N, 64);
	CU_ASSERT_DOUBLE_EQUAL((double)out[0][0], 0.8, 1e-6);
	for (int i = 1; i < 1000; i++) {
		double ideal =
			i % 100 ? 0.0 : 0.8 * (pow(-0.6, i / 100) + 0.5 * pow(-0.6, i / 100 - 1));

		CU_ASSERT_DOUBLE_EQUAL((double)out[i][0], ideal, 1e-5);
	}
	bench_close(&comb);
	free(in);
	free(out);
}

/* The strongest frequency within 20 cents of where it should be, in cents. */
static double cents_off(const v4f *out, int lane, double freq_hz)
{
	double best = 0.0, best_cents = -99.0;

	for (int c = -80; c <= 80; c++) {
		double cents = c / 4.0;
		double size = judge_amplitude(
			out, lane, N, freq_hz * exp2(cents / 1200.0) / (double)RATE_HZ);

		if (size > best) {
			best = size;
			best_cents = cents;
		}
	}
	return best_cents;
}

static void rings_in_tune_however_damped(void)
{
	static const float damping[] = {0.0f, 0.3f, 1.0f};
	v4f *in = impulse(), *out = series_new(N), *pitch = series_new(N);

	for (int i = 0; i < N; i++)
		pitch[i] = (v4f){33.3f, 57.0f, 69.5f, 84.1f};
	for (size_t d = 0; d < ARRAY_LEN(damping); d++) {
		struct bench comb;

		bench_open(&comb, "comb", RATE_HZ);
		bench_set(&comb, "feedback", 0.99f);
		bench_set(&comb, "damping", damping[d]);
		bench_plug(&comb, "in", in);
		bench_plug(&comb, "pitch", pitch);
		bench_render(&comb, out, N, 64);
		for (int k = 0; k < N_LANES; k++) {
			double hz = 440.0 * exp2(((double)pitch[0][k] - 69.0) / 12.0);

			CHECK_FIGURE("comb, 56 Hz to 1.1 kHz, any damping: pitch", "cents off",
				fabs(cents_off(out, k, hz)), 2.0);
		}
		bench_close(&comb);
	}
	free(in);
	free(out);
	free(pitch);
}

static void noise_stays_as_loud(void)
{
	static const float feedbacks[] = {0.0f, 0.5f, 0.95f, -0.95f};
	v4f *in = series_noise(3, 0.2f, N), *out = series_new(N);

	for (size_t f = 0; f < ARRAY_LEN(feedbacks); f++) {
		struct bench comb;

		bench_open(&comb, "comb", RATE_HZ);
		bench_set(&comb, "freq_hz", 480.0f);
		bench_set(&comb, "feedback", feedbacks[f]);
		bench_set(&comb, "damping", 0.0f);
		bench_plug(&comb, "in", in);
		bench_render(&comb, out, N, 64);
		CHECK_BELOW(
			fabs(judge_db(judge_rms(out + 8000, 0, N - 8000) / judge_rms(in, 0, N))),
			1.0);
		bench_close(&comb);
	}
	free(in);
	free(out);
}

/* Gliding, and jumping, under a sine of 200 Hz. */
static void changes_of_pitch_do_not_click(void)
{
	v4f *in = series_sine(200.0, 48000.0, 0.3f, N), *out = series_new(N),
	    *pitch = series_new(N);
	struct bench comb;
	double steady_db;

	for (int i = 0; i < N; i++)
		pitch[i] = lanes_of(i / 3000 % 2 ? 80.0f : 50.0f + (float)(i % 3000) / 100.0f);
	bench_open(&comb, "comb", RATE_HZ);
	bench_plug(&comb, "in", in);
	bench_render(&comb, out, N, 64);
	steady_db = judge_burst_db(out + 4096, 0, N - 4096);
	bench_reset(&comb);
	bench_plug(&comb, "pitch", pitch);
	bench_render(&comb, out, N, 64);
	CHECK_BELOW(steady_db, -100.0);
	CHECK_BELOW(judge_burst_db(out + 4096, 0, N - 4096), -75.0);
	bench_close(&comb);
	free(in);
	free(out);
	free(pitch);
}

/* At 8 kHz the highest pitch would be less than two frames: it is three. */
static void short_periods_are_three_frames(void)
{
	v4f *in = impulse(), *out = series_new(N);
	struct bench comb;

	bench_open(&comb, "comb", 8000.0f);
	bench_set(&comb, "freq_hz", 5000.0f);
	bench_set(&comb, "feedback", 0.6f);
	bench_set(&comb, "damping", 0.0f);
	bench_plug(&comb, "in", in);
	bench_render(&comb, out, N, 64);
	for (int i = 0; i < 30; i++) {
		double ideal = i % 3 ? 0.0 : 0.8 * pow(0.6, i / 3);

		CU_ASSERT_DOUBLE_EQUAL((double)out[i][0], ideal, 3e-3);
	}
	CHECK_BELOW(judge_peak(out + 200, 0, N - 200), 1e-6);
	bench_close(&comb);
	free(in);
	free(out);
}

SUITE_MAIN("comb", {"echoes are a period apart", echoes_are_a_period_apart},
	{"rings in tune however damped", rings_in_tune_however_damped},
	{"noise stays as loud", noise_stays_as_loud},
	{"changes of pitch do not click", changes_of_pitch_do_not_click},
	{"short periods are three frames", short_periods_are_three_frames})
