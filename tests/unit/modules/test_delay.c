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
	double worst = 0.0, wet = sin(0.125 * M_PI);
	struct bench delay;

	in[10] = (v4f){1.0f, 0.5f, 0.0f, 0.0f};
	open_delay(&delay, time_ms, 0.5f, 0.25f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, n, 64);
	for (int i = 0; i < n; i++) {
		int echo = (i - 10) / d;
		double ideal = i < 10 || (i - 10) % d ? 0.0
			       : echo                 ? wet * pow(0.5, echo - 1)
						      : cos(0.125 * M_PI);

		worst = fmax(worst, fabs((double)out[i][0] - ideal));
		worst = fmax(worst, fabs((double)out[i][1] - ideal / 2.0));
	}
	CHECK_BELOW(worst, 1e-6);
	CHECK_BELOW(0.999 * wet, judge_peak(out + 20, 0, n - 20)); /* there was an echo */
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

/* An echo keeps its top, whatever part of a frame its time ends with. */
static void fractions_keep_the_top(void)
{
	enum { N = 48000, D = 480 };
	static const struct {
		double freq_hz, most_db;
	} tones[] = {
		{1000.0, 0.01}, {10000.0, 0.01}, {16000.0, 0.01}, {18000.0, 0.5}, {20000.0, 2.0}};

	for (size_t k = 0; k < ARRAY_LEN(tones); k++) {
		for (float part = 0.125f; part < 1.0f; part += 0.125f) {
			v4f *in = series_sine(tones[k].freq_hz, 48000.0, 0.5f, N);
			v4f *out = series_new(N);
			double off_db;
			struct bench delay;

			open_delay(&delay, ((float)D + part) / 48.0f, 0.0f, 1.0f);
			bench_plug(&delay, "in", in);
			bench_render(&delay, out, N, 64);
			off_db = judge_db(
				judge_amplitude(out + 1000, 0, 32768, tones[k].freq_hz / 48000.0) /
				0.5);
			CHECK_BELOW(fabs(off_db), tones[k].most_db);
			if (tones[k].freq_hz == 20000.0)
				CHECK_FIGURE(
					"delay, any fraction of a frame: an echo's level at 20 kHz",
					"dB off", fabs(off_db), tones[k].most_db);
			bench_close(&delay);
			free(in);
			free(out);
		}
	}
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
	bench_set(&halves, "time_ms", 1.0f); /* shorter than a block: becomes 266 frames */
	bench_reset(&halves);
	bench_render_cycle(&halves, b, N, 256);
	CU_ASSERT_EQUAL(judge_peak(b, 0, 266), 0.0);
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

/* The first echo of an impulse, in frames; stops at n. */
static int first_echo(struct bench *delay, int n, int block)
{
	v4f *in = series_new(n), *out = series_new(n);
	int at = 1;

	in[0] = lanes_of(1.0f);
	bench_set(delay, "mix", 1.0f);
	bench_plug(delay, "in", in);
	bench_reset(delay);
	bench_render(delay, out, n, block);
	while (at < n && fabsf(out[at][0]) < 0.5f)
		at++;
	free(in);
	free(out);
	return at;
}

static void notes_are_in_time(void)
{
	/* 120 bpm: a quarter note is 24000 frames */
	static const double lengths[] = {0.125, 0.5 / 3.0, 0.25, 1.0 / 3.0, 0.375, 0.5, 2.0 / 3.0,
		0.75, 1.0, 4.0 / 3.0, 1.5, 2.0, 3.0, 4.0};
	struct bench delay;

	bench_open(&delay, "delay", RATE_HZ);
	for (size_t k = 0; k < ARRAY_LEN(lengths); k++) {
		bench_set(&delay, "sync", (float)(k + 1));
		CU_ASSERT_EQUAL(first_echo(&delay, 100000, 64), lrint(24000.0 * lengths[k]));
	}
	bench_tempo(&delay, 45.0); /* 1/1 would be 5.3 s: half of that */
	CU_ASSERT_EQUAL(first_echo(&delay, 130000, 256), 128000);
	bench_close(&delay);
}

static void echoes_change_sides(void)
{
	enum { N = 16000, D = 4800 };
	v4f *in = series_new(N), *out = series_new(N);
	struct bench delay;

	in[0] = (v4f){0.5f, 0.5f, 0.0f, 0.0f};
	open_delay(&delay, 100.0f, 0.5f, 1.0f);
	bench_set(&delay, "mode", 1.0f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, N, 64);
	for (int echo = 1; echo <= 3; echo++) {
		int side = (echo - 1) % 2;

		CHECK_BELOW(fabs((double)out[echo * D][side] - pow(0.5, echo)), 1e-6);
		CU_ASSERT_EQUAL(out[echo * D][1 - side], 0.0f);
	}
	bench_close(&delay);
	free(in);
	free(out);
}

/* The second echo of a sine has been once through the filters. */
static void feedback_is_filtered(void)
{
	enum { N = 38400, D = 19200 };
	static const struct {
		float low_cut_hz, high_cut_hz;
		double freq_hz, gain_db;
	} cases[] = {
		{20.0f, 20000.0f, 1000.0, 0.0},
		{20.0f, 1000.0f, 1000.0, -3.01},
		{20.0f, 1000.0f, 4000.0, -12.1},
		{1000.0f, 20000.0f, 1000.0, -3.01},
		{1000.0f, 20000.0f, 100.0, -20.04},
	};

	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		v4f *in = series_sine(cases[k].freq_hz, 48000.0, 0.5f, N), *out = series_new(N);
		double gain;
		struct bench delay;

		memset(in + D, 0, D * sizeof(*in));
		open_delay(&delay, 400.0f, 0.9f, 1.0f);
		bench_set(&delay, "low_cut_hz", cases[k].low_cut_hz);
		bench_set(&delay, "high_cut_hz", cases[k].high_cut_hz);
		bench_plug(&delay, "in", in);
		bench_render(&delay, out, N, 64); /* the sine */
		delay.at = 0;
		memset(in, 0, N * sizeof(*in));
		bench_render(&delay, out, N / 2, 64); /* its second echo */
		gain = judge_amplitude(out + 2000, 0, 15000, cases[k].freq_hz / 48000.0) / 0.45;
		CHECK_BELOW(fabs(judge_db(gain) - cases[k].gain_db), 0.7);
		bench_close(&delay);
		free(in);
		free(out);
	}
}

/* A tape's head that moves from 100 to 200 ms: no click, the pitch falls, and the place is right in
 * the end. */
static void tape_glides(void)
{
	enum { N = 144000, FROM = 24000 };
	v4f *in = series_sine(440.0, 48000.0, 0.5f, N), *out = series_new(N), *time = series_new(N);
	double worst = 0.0;
	struct bench delay;

	for (int i = 0; i < N; i++)
		time[i] = lanes_of(i < FROM ? 100.0f : 200.0f);
	open_delay(&delay, 100.0f, 0.0f, 1.0f);
	bench_set(&delay, "change", 1.0f);
	bench_plug(&delay, "in", in);
	bench_move(&delay, "time_ms", time);
	bench_render(&delay, out, N, 64);
	CHECK_BELOW(judge_max_step(out + 5000, 0, N - 5000), 0.0289);
	CHECK_BELOW(judge_burst_db(out + 5000, 0, N - 5000), -90.0);
	CHECK_BELOW(judge_amplitude(out + FROM, 0, 4096, 440.0 / 48000.0), 0.05);
	for (int i = N - 9600; i < N; i++)
		worst = fmax(worst, fabs((double)out[i][0] - (double)in[i - 9600][0]));
	CHECK_BELOW(worst, 1e-6);
	bench_close(&delay);
	free(in);
	free(out);
	free(time);
}

/* What a filter held when it was turned off is not let go when it comes back, a silence later. */
static void filters_come_back_empty(void)
{
	enum { N = 4096, LONG = 96000 };
	v4f *in = series_of(1.0f, LONG + N), *out = series_new(LONG + N),
	    *cut = series_new(LONG + N);
	struct bench delay;

	open_delay(&delay, 20.0f, 0.5f, 1.0f);
	bench_set(&delay, "low_cut_hz", 1000.0f);
	bench_plug(&delay, "in", in);
	bench_render(&delay, out, 9600, 64);
	for (int i = 0; i < LONG + N; i++) {
		in[i] = lanes_of(0.0f);
		cut[i] = lanes_of(i < LONG ? 20.0f : 20.0f + (float)(i - LONG));
	}
	bench_set(&delay, "low_cut_hz", 20.0f);
	delay.at = 0;
	bench_render(&delay, out, LONG, 64);
	CHECK_BELOW(judge_peak(out + LONG - N, 0, N), 1e-6);
	bench_move(&delay, "low_cut_hz", cut);
	bench_render(&delay, out, N, 64);
	CHECK_BELOW(judge_peak(out, 0, N), 1e-6);
	bench_close(&delay);
	free(in);
	free(out);
	free(cut);
}

static void mode_changes_do_not_click(void)
{
	enum { N = 48000 };
	v4f *in = series_sine(220.0, 48000.0, 0.4f, N), *out = series_new(N), *mode = series_new(N);
	struct bench delay;

	for (int i = 0; i < N; i++) {
		in[i][1] = 0.0f;
		mode[i] = lanes_of((float)(i / 6000 % 2));
	}
	open_delay(&delay, 50.0f, 0.4f, 1.0f);
	bench_plug(&delay, "in", in);
	bench_move(&delay, "mode", mode);
	bench_render(&delay, out, N, 64);
	for (int side = 0; side < 2; side++)
		CHECK_BELOW(judge_burst_db(out + 30000, side, N - 30000), -90.0);
	bench_close(&delay);
	free(in);
	free(out);
	free(mode);
}

SUITE_MAIN("delay", {"impulses return on time", impulses_return_on_time},
	{"fractions of a frame count", fractions_of_a_frame_count},
	{"fractions keep the top", fractions_keep_the_top},
	{"time changes do not click", time_changes_do_not_click},
	{"feedback cannot build up", feedback_cannot_build_up},
	{"works in a cycle", works_in_a_cycle}, {"notes are in time", notes_are_in_time},
	{"echoes change sides", echoes_change_sides},
	{"feedback is filtered", feedback_is_filtered},
	{"filters come back empty", filters_come_back_empty}, {"tape glides", tape_glides},
	{"mode changes do not click", mode_changes_do_not_click},
	{"memory is written from head on", memory_is_written_from_head_on})
