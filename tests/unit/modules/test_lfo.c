/* test_lfo.c - the slow oscillator: shapes, time, resets, spread. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 48000 };

static void shapes_are_what_they_say(void)
{
	v4f *out = series_new(N), *unipolar = series_new(N);

	for (int shape = 0; shape < 4; shape++) {
		struct bench lfo;

		bench_open(&lfo, "lfo", 48000.0f);
		bench_set(&lfo, "shape", (float)shape);
		bench_set(&lfo, "rate_hz", 2.0f);
		bench_take(&lfo, "unipolar", unipolar);
		bench_render(&lfo, out, N, 64);
		for (int i = 0; i < N; i += 97) {
			double x = fmod(i * 2.0 / 48000.0, 1.0);
			double triangle = x < 0.25   ? 4.0 * x
					  : x < 0.75 ? 2.0 - 4.0 * x
						     : 4.0 * x - 4.0;
			double ideal[] = {
				sin(2.0 * M_PI * x), triangle, 2.0 * x - 1.0, x < 0.5 ? 1.0 : -1.0};

			if (fabs(x - 0.5) < 1e-4 || x < 1e-4) /* on an edge */
				continue;
			CHECK_BELOW(fabs((double)out[i][0] - ideal[shape]), 2e-5);
			CHECK_BELOW(fabs((double)unipolar[i][0] - 0.5 - 0.5 * ideal[shape]), 2e-5);
		}
		bench_close(&lfo);
	}
	free(out);
	free(unipolar);
}

static void sync_follows_the_transport(void)
{
	static const double beats[] = {16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 6.0, 3.0, 1.5,
		0.75, 0.375, 8.0 / 3.0, 4.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
	v4f *out = series_new(N);

	for (int division = 0; division < (int)ARRAY_LEN(beats); division++) {
		struct bench lfo;

		bench_open(&lfo, "lfo", 48000.0f);
		bench_tempo(&lfo, 137.0);
		bench_set(&lfo, "mode", 1.0f);
		bench_set(&lfo, "division", (float)division);
		lfo.transport.beat = 5.0;
		bench_render(&lfo, out, N, 64);
		for (int i = 0; i < N; i += 997) {
			double beat = 5.0 + i * 137.0 / 60.0 / 48000.0;

			CHECK_BELOW(
				fabs((double)out[i][2] - sin(2.0 * M_PI * beat / beats[division])),
				1e-4);
		}
		bench_close(&lfo);
	}
	free(out);
}

static void reset_begins_the_cycle(void)
{
	v4f *out = series_new(N), *gate = series_new(N);

	for (int i = 10000; i < 11000; i++)
		gate[i] = (v4f){1.0f, 0.0f, 1.0f, 1.0f};
	for (int mode = 0; mode < 2; mode++) {
		struct bench lfo;

		bench_open(&lfo, "lfo", 48000.0f);
		bench_set(&lfo, "shape", 2.0f);
		bench_set(&lfo, "mode", (float)mode);
		bench_set(&lfo, "rate_hz", 2.0f); /* a beat at 120 bpm */
		bench_plug(&lfo, "reset", gate);
		bench_render(&lfo, out, N, 64);
		CHECK_BELOW(fabs((double)out[10000][0] + 1.0), 1e-6);
		CHECK_BELOW(
			fabs((double)out[10000 + 23000][0] - (2.0 * 23000 / 24000.0 - 1.0)), 1e-4);
		CHECK_BELOW(
			fabs((double)out[10000 + 13000][1] - (2.0 * 23000 / 24000.0 - 1.0)), 1e-4);
		bench_close(&lfo);
	}
	free(out);
	free(gate);
}

static void hold_changes_once_a_cycle(void)
{
	v4f *out = series_new(N);
	int n_changes = 0;
	struct bench lfo;

	bench_open(&lfo, "lfo", 48000.0f);
	bench_set(&lfo, "shape", 4.0f);
	bench_set(&lfo, "rate_hz", 20.0f);
	bench_render(&lfo, out, N, 64);
	for (int i = 1; i < N; i++) {
		if (out[i][0] != out[i - 1][0]) {
			CHECK_BELOW(fabs(remainder(i, 2400.0)), 1.5);
			n_changes++;
		}
	}
	CU_ASSERT_EQUAL(n_changes, 19);
	CU_ASSERT_NOT_EQUAL(out[N - 1][0], out[N - 1][1]);
	free(out);
	bench_close(&lfo);
}

/* A reset gives a new number, wherever in the cycle `phase` then puts the voices. */
static void resets_take_a_number(void)
{
	v4f *out = series_new(N), *gate = series_new(N);

	for (int i = 0; i < N; i++)
		gate[i] = lanes_of(i % 500 < 10 ? 1.0f : 0.0f);
	for (int phase = 0; phase < 8; phase++) {
		int n_changes[N_LANES] = {0};
		struct bench lfo;

		bench_open(&lfo, "lfo", 48000.0f);
		bench_set(&lfo, "shape", 4.0f);
		bench_set(&lfo, "rate_hz", 1.0f);
		bench_set(&lfo, "phase", (float)phase / 8.0f);
		bench_set(&lfo, "spread", 0.3f);
		bench_plug(&lfo, "reset", gate);
		bench_render(&lfo, out, N, 64);
		for (int i = 1; i < N; i++) {
			for (int k = 0; k < N_LANES; k++) {
				n_changes[k] += out[i][k] != out[i - 1][k];
				CU_ASSERT_TRUE(i % 500 == 0 || out[i][k] == out[i - 1][k]);
			}
		}
		for (int k = 0; k < N_LANES; k++)
			CU_ASSERT_EQUAL(n_changes[k], N / 500 - 1);
		bench_close(&lfo);
	}
	free(out);
	free(gate);
}

/* More than a cycle in a block, as at low rates: no edge is left out. */
static void fast_squares_keep_their_edges(void)
{
	v4f *out = series_new(N);
	int n_edges = 0;
	struct bench lfo;

	bench_open(&lfo, "lfo", 8000.0f);
	bench_set(&lfo, "shape", 3.0f);
	bench_set(&lfo, "rate_hz", 100.0f);
	bench_set(&lfo, "width", 0.9f);
	bench_render(&lfo, out, N, 256);
	for (int i = 1; i < N; i++)
		n_edges += out[i][0] != out[i - 1][0];
	CHECK_BELOW(fabs(n_edges - 2.0 * N / 80.0), 2.0);
	free(out);
	bench_close(&lfo);
}

/* In time it goes on from where it is, only faster or slower; free, the tempo is nothing to it. */
static void tempo_changes_keep_the_phase(void)
{
	v4f *out = series_new(N);

	for (int mode = 0; mode < 2; mode++) {
		double cycles = 0.0, worst = 0.0;
		unsigned seed = 4;
		struct bench lfo;

		bench_open(&lfo, "lfo", 48000.0f);
		bench_set(&lfo, "mode", (float)mode);
		bench_set(&lfo, "rate_hz", 2.0f);
		for (int at = 0; at < N; at += 64) {
			bench_tempo(&lfo, (double)rand_float(&seed, 20.0f, 400.0f));
			bench_render(&lfo, out + at, 64, 64);
			for (int i = at; i < at + 64; i++) {
				double ideal = sin(2.0 * M_PI * cycles);

				worst = fmax(worst, fabs((double)out[i][1] - ideal));
				cycles += mode ? lfo.transport.beats_per_frame : 2.0 / 48000.0;
			}
		}
		CHECK_BELOW(worst, 1e-4);
		bench_close(&lfo);
	}
	free(out);
}

static void spread_sets_voices_apart(void)
{
	v4f *out = series_new(N);
	struct bench lfo;

	bench_open(&lfo, "lfo", 48000.0f);
	bench_set(&lfo, "spread", 1.0f);
	bench_set(&lfo, "phase", 0.25f);
	bench_render(&lfo, out, N, 64);
	for (int k = 0; k < N_LANES; k++)
		CHECK_BELOW(
			fabs((double)out[6000][k] - sin(2.0 * M_PI * (0.375 + 0.25 * k))), 1e-4);
	free(out);
	bench_close(&lfo);
}

static void choices_do_not_jump(void)
{
	v4f *out = series_new(N), *choice = series_new(N);
	static const char *const keys[] = {"shape", "mode", "division"};

	for (size_t c = 0; c < ARRAY_LEN(keys); c++) {
		struct bench lfo;

		for (int i = 0; i < N; i++)
			choice[i] = lanes_of((float)(i / 7001 % 2)); /* sine, triangle */
		bench_open(&lfo, "lfo", 48000.0f);
		bench_set(&lfo, "mode", 1.0f);
		bench_move(&lfo, keys[c], choice);
		bench_render(&lfo, out, N, 64);
		CHECK_BELOW(judge_max_step(out, 0, N), 2.0 / 240.0 + 0.002);
		bench_close(&lfo);
	}
	free(out);
	free(choice);
}

SUITE_MAIN("lfo", {"shapes are what they say", shapes_are_what_they_say},
	{"sync follows the transport", sync_follows_the_transport},
	{"reset begins the cycle", reset_begins_the_cycle},
	{"sample and hold changes once a cycle", hold_changes_once_a_cycle},
	{"resets take a number", resets_take_a_number},
	{"tempo changes keep the phase", tempo_changes_keep_the_phase},
	{"fast squares keep their edges", fast_squares_keep_their_edges},
	{"spread sets voices apart", spread_sets_voices_apart},
	{"choices do not jump", choices_do_not_jump})
