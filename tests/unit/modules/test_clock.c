/* Steps in time: every length, swing, gate, phase and tempo, to the frame. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/steps.h"
#include "tests/support/edges.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { RATE_HZ = 48000, BLOCK = 64 };

static struct edges edges;
static v4f gate[BLOCK_MAX_FRAMES];

static void run(struct bench *bench, int64_t n_frames, int block)
{
	for (int64_t done = 0; done < n_frames; done += block) {
		bench_render(bench, gate, block, block);
		edges_see(&edges, gate, 0, block);
	}
}

static void begin(struct bench *bench, int choice, double bpm)
{
	edges = (struct edges){0};
	bench_open(bench, "clock", RATE_HZ);
	bench_set(bench, "division", (float)choice);
	bench_tempo(bench, bpm);
}

/* "1/8t" as a fraction of a quarter note, read from the name. */
static void length_of(int choice, int64_t *num, int64_t *den)
{
	int a, b;
	char kind = 0;

	CU_ASSERT_TRUE(sscanf(step_length_names[choice], "%d/%d%c", &a, &b, &kind) >= 2);
	*num = 4 * a * (kind == 'd' ? 3 : kind == 't' ? 2 : 1);
	*den = b * (kind == 'd' ? 2 : kind == 't' ? 3 : 1);
}

/* The first frame at or after k steps, in whole numbers */
static int64_t frame_of_step(int64_t k, int choice, int bpm)
{
	int64_t num, den;

	length_of(choice, &num, &den);
	num *= k * 60 * RATE_HZ;
	den *= bpm;
	return (num + den - 1) / den;
}

static void test_divisions(void)
{
	static const int tempos_bpm[] = {120, 133, 400, 20, 97};

	for (int choice = 0; choice < N_STEP_LENGTHS; choice++) {
		for (size_t t = 0; t < ARRAY_LEN(tempos_bpm); t++) {
			int64_t n = 10 * RATE_HZ / 16 * 16;
			struct bench clock;
			int k = 0, n_wrong = 0;

			begin(&clock, choice, tempos_bpm[t]);
			run(&clock, n, t & 1 ? 256 : 80);
			for (; frame_of_step(k, choice, tempos_bpm[t]) < edges.at; k++)
				n_wrong += edges.on[k] != frame_of_step(k, choice, tempos_bpm[t]);
			CU_ASSERT_EQUAL(edges.n_on, k);
			CU_ASSERT_EQUAL(n_wrong, 0);
			bench_close(&clock);
		}
	}
	for (int choice = 1; choice < N_STEP_LENGTHS; choice++) /* a knob goes one way */
		CU_ASSERT_TRUE(
			step_length_beats((float)choice) < step_length_beats((float)(choice - 1)));
	CU_ASSERT_EQUAL(step_length_beats(STEP_QUARTER), 1.0);
	CU_ASSERT_EQUAL(step_length_beats(STEP_SIXTEENTH), 0.25);
}

static void test_gate_length(void)
{
	static const float parts[] = {0.01f, 0.1f, 0.5f, 0.9f, 1.0f};

	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		struct bench clock;

		begin(&clock, STEP_SIXTEENTH, 117.0);
		bench_set(&clock, "gate_length", parts[p]);
		run(&clock, 20 * RATE_HZ, 256);
		for (int i = 0; i < edges.n_off; i++) {
			double want = (double)parts[p] * 15.0 / 117.0 * RATE_HZ;

			CHECK_BELOW(fabs((double)(edges.off[i] - edges.on[i]) - want), 2.0);
			CU_ASSERT_TRUE(i + 1 >= edges.n_on || edges.on[i + 1] > edges.off[i]);
		}
		CU_ASSERT_TRUE(edges.n_on - edges.n_off <= 1 && edges.n_off > 150);
		bench_close(&clock);
	}
}

/* Odd steps are late by their part of a step; even ones, and so every bar, are where they were. */
static void test_swing(void)
{
	static const float swings[] = {0.0f, 0.25f, 1.0f / 3.0f, 0.75f};

	for (size_t s = 0; s < ARRAY_LEN(swings); s++) {
		struct bench clock;

		begin(&clock, STEP_SIXTEENTH, 128.0);
		bench_set(&clock, "swing", swings[s]);
		run(&clock, 30 * RATE_HZ, 128);
		for (int i = 0; i < edges.n_on; i++) {
			double steps = i + (i & 1 ? (double)swings[s] : 0.0);
			double frames = steps * 15.0 / 128.0 * RATE_HZ;

			CU_ASSERT_EQUAL(edges.on[i], (int64_t)ceil(frames - 1e-3));
			CU_ASSERT_TRUE(
				i & 1 || edges.on[i] == frame_of_step(i, STEP_SIXTEENTH, 128));
		}
		CU_ASSERT_EQUAL(edges.n_on, 256);
		bench_close(&clock);
	}
}

static void test_phase(void)
{
	struct bench clock;
	v4f *out = series_new(RATE_HZ), *way = series_new(RATE_HZ);
	double worst = 0.0;

	begin(&clock, STEP_QUARTER, 120.0);
	bench_take(&clock, "phase", way);
	bench_render(&clock, out, RATE_HZ, 96);
	for (int i = 0; i < RATE_HZ; i++) {
		worst = fmax(worst, fabs((double)way[i][0] - fmod(i, 24000.0) / 24000.0));
		CU_ASSERT_TRUE(way[i][0] >= 0.0f && way[i][0] < 1.0f);
	}
	CHECK_BELOW(worst, 1e-6);
	free(out);
	free(way);
	bench_close(&clock);
}

/* A knob is turned from one division to another all the time: what opens is on the grid of the
 * moment, no step twice. */
static void test_divisions_are_turned(void)
{
	static v4f division[1 << 20];
	struct bench clock;
	unsigned seed = 5;
	int n_wrong = 0, n = 1 << 20;

	for (int i = 0; i < n; i++)
		division[i] = i % 700 ? division[i - 1]
				      : lanes_of(floorf(rand_float(&seed, 10.0f, 24.0f)));
	begin(&clock, STEP_SIXTEENTH, 140.0);
	bench_set(&clock, "gate_length", 0.1f);
	bench_move(&clock, "division", division);
	run(&clock, n, 256);
	for (int i = 0; i < edges.n_on; i++) {
		int choice = (int)division[edges.on[i]][0];
		double steps = (double)edges.on[i] * 140.0 / 60.0 / RATE_HZ /
			       step_length_beats((float)choice);

		/* in its first frame, or the one after where a gate was still open */
		n_wrong += steps - floor(steps + 1e-9) >
			   2.0 * 140.0 / 60.0 / RATE_HZ / step_length_beats((float)choice);
		n_wrong += i > 0 && edges.on[i] - edges.on[i - 1] < 3;
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_TRUE(edges.n_on > 150 && edges.n_on - edges.n_off <= 1);
	bench_close(&clock);
}

/* Put in at any beat, it waits for the next step of the grid. */
static void test_begins_anywhere(void)
{
	unsigned seed = 3;

	for (int i = 0; i < 100; i++) {
		double at = (double)rand_float(&seed, 0.0f, 1000.0f), want;
		struct bench clock;

		begin(&clock, STEP_QUARTER, 120.0);
		clock.transport.beat = at;
		run(&clock, 2 * RATE_HZ, BLOCK);
		want = (ceil(at) - at) * 24000.0;
		CU_ASSERT_EQUAL(edges.on[0], (int64_t)ceil(want - 1e-3));
		bench_close(&clock);
	}
}

SUITE_MAIN("clock", {"divisions", test_divisions}, {"gate length", test_gate_length},
	{"swing", test_swing}, {"phase", test_phase},
	{"divisions are turned", test_divisions_are_turned},
	{"begins anywhere", test_begins_anywhere})
