/* test_delay.c - the echo: impulse response, time changes, limits, cycles. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

static void open_delay(struct bench *delay, float time_ms, float feedback, float mix)
{
	bench_open(delay, "delay", RATE_HZ);
	bench_set(delay, "time_ms", time_ms);
	bench_set(delay, "feedback", feedback);
	bench_set(delay, "mix", mix);
}

static void check_echoes(float time_ms, int n)
{
	v4f *in = series_new(n), *out = series_new(n);
	int d = (int)lrintf(time_ms * 48.0f);
	double worst = 0.0;
	struct bench delay;

	in[10] = (v4f){1.0f, 0.5f, 0.0f, 0.0f};
	open_delay(&delay, time_ms, 0.5f, 0.25f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, n, 64);
	for (int i = 0; i < n; i++) {
		int echo = (i - 10) / d;
		double ideal = i < 10 || (i - 10) % d ? 0.0
			       : echo                 ? 0.25 * pow(0.5, echo - 1)
						      : 0.75;

		worst = fmax(worst, fabs((double)out[i][0] - ideal));
		worst = fmax(worst, fabs((double)out[i][1] - ideal / 2.0));
	}
	CHECK_BELOW(worst, 1e-6);
	CHECK_BELOW(0.249, judge_peak(out + 20, 0, n - 20)); /* there was an echo */
	bench_close(&delay);
	free(in);
	free(out);
}

static void impulses_return_on_time(void)
{
	check_echoes(1.0f, 5000);
	check_echoes(375.0f, 70000);
	check_echoes(4000.0f, 600000); /* round the ring more than twice */
}

static void fractions_of_a_frame_count(void)
{
	enum { N = 48000 };
	v4f *in = series_sine(1000.0, 48000.0, 0.5f, N), *out = series_new(N);
	double worst = 0.0;
	struct bench delay;

	open_delay(&delay, 100.3f / 48.0f, 0.0f, 1.0f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, N, 64);
	for (int i = 1000; i < N; i++) {
		double ideal = 0.5 * sin(2.0 * M_PI * 1000.0 / 48000.0 * (i - 100.3));

		worst = fmax(worst, fabs((double)out[i][0] - ideal));
	}
	CHECK_BELOW(worst, 1e-5);
	bench_close(&delay);
	free(in);
	free(out);
}

static void time_changes_do_not_click(void)
{
	enum { N = 96000 };
	v4f *in = series_sine(220.0, 48000.0, 0.5f, N), *out = series_new(N), *time = series_new(N);
	unsigned seed = 3;
	struct bench delay;

	for (int i = 0; i < N; i++)
		time[i] = i % 4000 ? time[i - 1] : lanes_of(rand_float(&seed, 1.0f, 200.0f));
	open_delay(&delay, 100.0f, 0.0f, 1.0f);
	bench_plug(&delay, "in", in);
	bench_move(&delay, "time_ms", time);
	bench_render(&delay, out, N, 64);
	/* the sine's own step, and a fade of 960 frames between two that differ by at most 1 */
	CHECK_BELOW(judge_max_step(out + 10000, 0, N - 10000), 0.0144 + 1.0 / 960.0);
	CHECK_BELOW(judge_burst_db(out + 10000, 0, N - 10000), -75.0);
	bench_close(&delay);
	free(in);
	free(out);
	free(time);
}

static void feedback_cannot_build_up(void)
{
	enum { N = 480000 };
	v4f *in = series_of(1.0f, N), *out = series_new(N);
	struct bench delay;

	open_delay(&delay, 2.0f, 0.98f, 1.0f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, N, 64);
	CU_ASSERT_TRUE(judge_is_finite(out, N));
	CHECK_BELOW(judge_peak(out, 0, N), 4.0);
	bench_close(&delay);
	free(in);
	free(out);
}

/* emit then absorb is what render does, without the dry signal. */
static void works_in_a_cycle(void)
{
	enum { N = 20000 };
	v4f *in = series_noise(1, 0.5f, N), *a = series_new(N), *b = series_new(N);
	struct bench whole, halves;

	open_delay(&whole, 37.7f, 0.6f, 1.0f);
	open_delay(&halves, 37.7f, 0.6f, 1.0f);
	bench_plug(&whole, "in", in);
	bench_plug(&halves, "in", in);
	bench_render(&whole, a, N, 64);
	bench_render_cycle(&halves, b, N, 256);
	CU_ASSERT_EQUAL(judge_max_difference(a, b, N), 0.0);
	bench_set(&halves, "time_ms", 1.0f); /* shorter than a block: becomes 260 frames */
	bench_reset(&halves);
	bench_render_cycle(&halves, b, N, 256);
	CU_ASSERT_EQUAL(judge_peak(b, 0, 260), 0.0);
	CU_ASSERT_TRUE(judge_peak(b, 0, 300) > 0.01);
	bench_close(&whole);
	bench_close(&halves);
	free(in);
	free(a);
	free(b);
}

/* The rule in module.h that lets the engine copy memory while it is written. */
static void memory_is_written_from_head_on(void)
{
	enum { BLOCK = 48 };
	v4f in[BLOCK], out[BLOCK];
	int n_wrong = 0;
	struct bench delay;

	for (int i = 0; i < BLOCK; i++)
		in[i] = lanes_of(1.0f + (float)i / 64.0f);
	open_delay(&delay, 375.0f, 0.0f, 0.5f);
	bench_plug(&delay, "in", in);
	for (int round = 0; round < 10000; round++) {
		uint32_t head;

		memcpy(&head, delay.state, sizeof(head));
		CU_ASSERT_EQUAL_FATAL((size_t)head, (size_t)round * BLOCK % delay.memory_frames);
		delay.at = 0;
		bench_render(&delay, out, BLOCK, BLOCK);
		for (size_t i = 0; i < BLOCK; i++)
			n_wrong += delay.memory[(head + i) % delay.memory_frames][0] != in[i][0];
	}
	CU_ASSERT_EQUAL(n_wrong, 0);

	bench_close(&delay);
}

SUITE_MAIN("delay", {"impulses return on time", impulses_return_on_time},
	   {"fractions of a frame count", fractions_of_a_frame_count},
	   {"time changes do not click", time_changes_do_not_click},
	   {"feedback cannot build up", feedback_cannot_build_up},
	   {"works in a cycle", works_in_a_cycle},
	   {"memory is written from head on", memory_is_written_from_head_on})
