/* test_phaser.c - the phaser: its notches, its sweep, another number of stages. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0

enum { N = 32768 };

/* What n first-order allpasses with this corner do to a frequency, the bilinear transform's way. */
static double complex chain_ideal(double freq_hz, double corner_hz, int n)
{
	double complex s =
		(double complex)I * tan(M_PI * freq_hz / RATE_HZ) / tan(M_PI * corner_hz / RATE_HZ);

	return cpow((1.0 - s) / (1.0 + s), n);
}

static void still_response_is_the_formula(void)
{
	static const double freqs_hz[] = {100.0, 300.0, 700.0, 1000.0, 1700.0, 5000.0};
	v4f *in = series_new(N), *out = series_new(N);

	in[0] = lanes_of(1.0f);
	for (int stages = 0; stages < 4; stages++) {
		struct bench phaser;

		bench_open(&phaser, "phaser", 48000.0f);
		bench_set(&phaser, "depth_octaves", 0.0f);
		bench_set(&phaser, "center_hz", 1000.0f);
		bench_set(&phaser, "feedback", 0.0f);
		bench_set(&phaser, "stages", (float)stages);
		bench_plug(&phaser, "in", in);
		bench_render(&phaser, out, N, 64);
		for (size_t f = 0; f < ARRAY_LEN(freqs_hz); f++) {
			double complex sum = 0.0, ideal;

			for (int i = 0; i < N; i++)
				sum += (double)out[i][0] *
				       cexp((double complex) -
					       I * 2.0 * M_PI * freqs_hz[f] / RATE_HZ * i);
			ideal = 1.0 + chain_ideal(freqs_hz[f], 1000.0, 2 * stages + 2);
			ideal *= sqrt(0.5 / 1.3); /* equal power; 0.3 of it alike */
			CHECK_BELOW(cabs(sum - ideal), 1e-4);
		}
		bench_close(&phaser);
	}
	free(in);
	free(out);
}

/* A sine at the corner of two stages is silenced when the sweep passes, an octave up and down from
 * 500 Hz: twice a cycle at 500 Hz, once at 1000 and 250, never at 1200. */
static void sweep_goes_as_far_as_set(void)
{
	static const struct {
		double freq_hz;
		double most_db; /* of the quietest 10 ms */
		double least_db;
	} rows[] = {{500.0, -400.0, -25.0}, {990.0, -400.0, -25.0}, {252.0, -400.0, -25.0},
		{1300.0, -20.0, 0.0}, {190.0, -20.0, 0.0}};
	enum { LONG = 96000, WINDOW = 480 };
	v4f *out = series_new(LONG);

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		v4f *in = series_sine(rows[r].freq_hz, RATE_HZ, 1.0f, LONG);
		double least_db = 0.0;
		struct bench phaser;

		bench_open(&phaser, "phaser", 48000.0f);
		bench_set(&phaser, "rate_hz", 0.5f);
		bench_set(&phaser, "depth_octaves", 1.0f);
		bench_set(&phaser, "center_hz", 500.0f);
		bench_set(&phaser, "feedback", 0.0f);
		bench_set(&phaser, "stages", 0.0f);
		bench_plug(&phaser, "in", in);
		bench_render(&phaser, out, LONG, 64);
		for (int from = WINDOW; from + WINDOW <= LONG; from += WINDOW / 4)
			least_db = fmin(least_db, judge_db(judge_rms(out + from, 0, WINDOW)));
		CHECK_BELOW(least_db, rows[r].least_db);
		CHECK_BELOW(rows[r].most_db, least_db);
		bench_close(&phaser);
		free(in);
	}
	free(out);
}

/* Allpasses at any speed of their corner: noise comes out as loud as it went in, and no louder where
 * it is fed back than while all stands still (sqrt(1 / (1 - 0.9^2)), 7.2 dB). */
static void modulation_adds_no_energy(void)
{
	static const float feedbacks[] = {0.0f, 0.9f, -0.9f};
	enum { LONG = 96000 };
	v4f *in = series_noise(3, 0.2f, LONG), *out = series_new(LONG), *center = series_new(LONG);

	for (size_t f = 0; f < ARRAY_LEN(feedbacks); f++) {
		unsigned seed = 5;

		for (int run = 1; run <= 1000; run *= 10) { /* frames until the corner jumps */
			struct bench phaser;
			double louder;

			for (int i = 0; i < LONG; i++) {
				float octaves = rand_float(&seed, 0.0f, 6.0f);

				center[i] =
					i % run ? center[i - 1] : lanes_of(50.0f * exp2f(octaves));
			}
			bench_open(&phaser, "phaser", 48000.0f);
			bench_set(&phaser, "mix", 1.0f);
			bench_set(&phaser, "stages", 3.0f);
			bench_set(&phaser, "feedback", feedbacks[f]);
			bench_plug(&phaser, "in", in);
			bench_move(&phaser, "center_hz", center);
			bench_render(&phaser, out, LONG, 64);
			louder = judge_db(judge_rms(out, 0, LONG) / judge_rms(in, 0, LONG));
			CHECK_BELOW(fabs(louder), 0.5);
			bench_close(&phaser);
		}
	}
	free(in);
	free(out);
	free(center);
}

static void stages_change_without_a_click(void)
{
	v4f *in = series_sine(400.0, RATE_HZ, 0.5f, N), *out = series_new(N),
	    *stages = series_new(N);
	struct bench phaser;

	for (int i = 0; i < N; i++)
		stages[i] = lanes_of((float)(i / 4000 * 3 % 4));
	bench_open(&phaser, "phaser", 48000.0f);
	bench_plug(&phaser, "in", in);
	bench_move(&phaser, "stages", stages);
	bench_render(&phaser, out, N, 64);
	CHECK_BELOW(judge_burst_db(out + 1000, 0, N - 1000), -80.0);
	bench_close(&phaser);
	free(in);
	free(out);
	free(stages);
}

SUITE_MAIN("phaser", {"the still response is the formula", still_response_is_the_formula},
	{"the sweep goes as far as set", sweep_goes_as_far_as_set},
	{"modulation adds no energy", modulation_adds_no_energy},
	{"stages change without a click", stages_change_without_a_click})
