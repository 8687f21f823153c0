/* test_chorus.c - the chorus: where its copies are, how far they swing, its two sides. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

enum { N = 48000 };

static void chorus_open(struct bench *chorus, float rate_hz, float depth_ms, float delay_ms)
{
	bench_open(chorus, "chorus", RATE_HZ);
	bench_set(chorus, "rate_hz", rate_hz);
	bench_set(chorus, "depth_ms", depth_ms);
	bench_set(chorus, "delay_ms", delay_ms);
	bench_set(chorus, "mix", 1.0f);
}

/* Without a swing: an echo of feedback^k every 480 frames, and nothing else. */
static void copies_are_as_late_as_set(void)
{
	v4f *in = series_new(N), *out = series_new(N);
	struct bench chorus;

	in[0] = lanes_of(1.0f);
	chorus_open(&chorus, 1.0f, 0.0f, 10.0f);
	bench_set(&chorus, "feedback", 0.5f);
	bench_plug(&chorus, "in", in);
	bench_render(&chorus, out, N, 64);
	for (int i = 0; i < 5000; i++) {
		double ideal = i && i % 480 == 0 ? pow(0.5, i / 480 - 1) : 0.0;

		CU_ASSERT_DOUBLE_EQUAL((double)out[i][0], ideal, 1e-5);
		CU_ASSERT_DOUBLE_EQUAL((double)out[i][1], ideal, 1e-5);
	}
	bench_close(&chorus);
	free(in);
	free(out);
}

/* A ramp comes out as the ramp, delayed: what is missing is the mean delay of the two copies. With
 * copies half a cycle apart that stays delay_ms; an impulse shows both. */
static void copies_swing_by_the_depth(void)
{
	v4f *in = series_new(N), *out = series_new(N);
	double least = 1e9, most = 0.0;
	struct bench chorus;

	for (int i = 0; i < N; i += 1000)
		in[i] = lanes_of(1.0f);
	chorus_open(&chorus, 2.3f, 3.0f, 10.0f);
	bench_set(&chorus, "spread", 0.0f);
	bench_plug(&chorus, "in", in);
	bench_render(&chorus, out, N, 64);
	for (int from = 0; from < N; from += 1000) {
		int first = 0, last = 0;

		for (int i = 1; i < 1000; i++) {
			if (out[from + i][0] > 0.2f) {
				first = first ? first : i;
				last = i;
			}
		}
		least = fmin(least, first);
		most = fmax(most, last);
	}
	CU_ASSERT_DOUBLE_EQUAL(least, 480.0 - 144.0, 4.0);
	CU_ASSERT_DOUBLE_EQUAL(most, 480.0 + 144.0, 4.0);
	bench_close(&chorus);
	free(in);
	free(out);
}

/* The same on both sides comes out different, or, without spread, the same. */
static void spread_parts_the_sides(void)
{
	v4f *in = series_sine(500.0, 48000.0, 0.5f, N), *out = series_new(N);

	for (int spread = 0; spread < 2; spread++) {
		struct bench chorus;
		double apart = 0.0;

		chorus_open(&chorus, 1.0f, 2.0f, 10.0f);
		bench_set(&chorus, "spread", (float)spread);
		bench_plug(&chorus, "in", in);
		bench_render(&chorus, out, N, 64);
		for (int i = 0; i < N; i++)
			apart = fmax(apart, fabs((double)(out[i][0] - out[i][1])));
		if (spread)
			CHECK_BELOW(0.2, apart);
		else
			CU_ASSERT_EQUAL(apart, 0.0);
		bench_close(&chorus);
	}
	free(in);
	free(out);
}

/* Reading between frames adds nothing of its own to a sine: only what swings with the copies. */
static void a_swing_is_clean(void)
{
	v4f *in = series_sine(500.0, 48000.0, 0.5f, N), *out = series_new(N);
	struct bench chorus;

	chorus_open(&chorus, 0.6f, 10.0f, 0.5f); /* at the shortest delays, too */
	bench_plug(&chorus, "in", in);
	bench_render(&chorus, out, N, 64);
	CHECK_BELOW(judge_burst_db(out + 2000, 0, N - 2000), -75.0);
	bench_close(&chorus);
	free(in);
	free(out);
}

SUITE_MAIN("chorus", {"copies are as late as set", copies_are_as_late_as_set},
	{"copies swing by the depth", copies_swing_by_the_depth},
	{"spread parts the sides", spread_parts_the_sides}, {"a swing is clean", a_swing_is_clean})
