/* test_compressor.c - the compressor: its law, its times, its side chain. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 96000 };

/* What a steady level becomes; a step's answer needs no sine: the detector takes sizes. */
static double out_db(double in_db, float threshold_db, float ratio, float knee_db)
{
	v4f *in = series_of((float)pow(10.0, in_db / 20.0), N), *out = series_new(N);
	struct bench comp;
	double db;

	bench_open(&comp, "compressor", 48000.0f);
	bench_set(&comp, "threshold_db", threshold_db);
	bench_set(&comp, "ratio", ratio);
	bench_set(&comp, "knee_db", knee_db);
	bench_plug(&comp, "in", in);
	bench_render(&comp, out, N, 64);
	db = judge_db((double)out[N - 1][0]);
	bench_close(&comp);
	free(in);
	free(out);
	return db;
}

static void follows_its_law(void)
{
	for (double in_db = -50.0; in_db <= 0.0; in_db += 5.0) {
		double over = fmax(in_db + 20.0, 0.0);

		CHECK_FIGURE("compressor: level to its law", "dB off",
			fabs(out_db(in_db, -20.0f, 4.0f, 0.0f) - (in_db - over * 0.75)), 0.02);
	}
	/* in the middle of a knee of 12 dB: an eighth of it, times the slope */
	CHECK_BELOW(fabs(out_db(-20.0, -20.0f, 4.0f, 12.0f) - (-20.0 - 1.5 * 0.75)), 0.02);
	CHECK_BELOW(fabs(out_db(-26.0, -20.0f, 4.0f, 12.0f) + 26.0), 0.02);
	CHECK_BELOW(fabs(out_db(-14.0, -20.0f, 4.0f, 12.0f) - (-14.0 - 4.5)), 0.02);
}

/* After the attack's time 1 - 1/e of the reduction is there; after the release's, 1/e is left. */
static void times_are_as_set(void)
{
	v4f *in = series_of(0.01f, N), *out = series_new(N);
	double full_db = 20.0 * 0.75, attack, release;
	struct bench comp;

	for (int i = 24000; i < 48000; i++)
		in[i] = lanes_of(1.0f);
	bench_open(&comp, "compressor", 48000.0f);
	bench_set(&comp, "threshold_db", -20.0f);
	bench_set(&comp, "knee_db", 0.0f);
	bench_set(&comp, "attack_ms", 20.0f);
	bench_set(&comp, "release_ms", 100.0f);
	bench_plug(&comp, "in", in);
	bench_render(&comp, out, N, 64);
	attack = -judge_db((double)out[24000 + 960 - 1][0]);
	release = -40.0 - judge_db((double)out[48000 + 4800 - 1][0]);
	CHECK_BELOW(fabs(attack - full_db * (1.0 - exp(-1.0))), 0.05);
	CHECK_BELOW(fabs(release - full_db * exp(-1.0)), 0.05);
	bench_close(&comp);
	free(in);
	free(out);
}

/* Of a tone 40 dB over the threshold: the attack is as of a steady level, and in the end as much is
 * taken off as of one that is as high as its peaks. */
static void tones_are_as_their_peaks(void)
{
	static const double tones_hz[] = {200.0, 1000.0, 5003.0};

	for (size_t k = 0; k < ARRAY_LEN(tones_hz); k++) {
		v4f *in = series_sine(tones_hz[k], 48000.0, 1.0f, N), *out = series_new(N);
		double full_db = 40.0 * 0.75, end_db, reached_ms = 0.0;
		struct bench comp;

		bench_open(&comp, "compressor", 48000.0f);
		bench_set(&comp, "threshold_db", -40.0f);
		bench_set(&comp, "knee_db", 0.0f);
		bench_set(&comp, "attack_ms", 10.0f);
		bench_plug(&comp, "in", in);
		bench_render(&comp, out, N, 64);
		for (int i = N - 1; i > 0; i--) {
			if (in[i][0] != 0.0f && judge_db((double)(in[i][0] / out[i][0])) >=
							full_db * (1.0 - exp(-1.0)))
				reached_ms = i / 48.0;
		}
		end_db = judge_db(judge_rms(in + N / 2, 0, 9600) / judge_rms(out + N / 2, 0, 9600));
		/* the first peak comes a quarter of a cycle after the beginning */
		CHECK_FIGURE("compressor, attack of 10 ms, tones of 200 Hz to 5 kHz: time",
			"ms off", fabs(reached_ms - 250.0 / tones_hz[k] - 10.0), 1.5);
		CHECK_BELOW(fabs(end_db - full_db), 1.0);
		bench_close(&comp);
		free(in);
		free(out);
	}
}

static void listens_to_its_side_chain(void)
{
	v4f *in = series_sine(440.0, 48000.0, 0.1f, N), *key = series_of(0.0f, N);
	v4f *out = series_new(N);
	struct bench comp;

	for (int i = N / 2; i < N; i++)
		key[i][1] = 1.0f; /* one side is enough, and both sides are turned down */
	bench_open(&comp, "compressor", 48000.0f);
	bench_set(&comp, "threshold_db", -20.0f);
	bench_set(&comp, "makeup_db", 6.0f);
	bench_plug(&comp, "in", in);
	bench_plug(&comp, "sidechain", key);
	bench_render(&comp, out, N, 64);
	CHECK_BELOW(fabs(judge_db(judge_peak(out, 0, N / 2) / 0.1) - 6.0), 0.02);
	for (int side = 0; side < 2; side++)
		CHECK_BELOW(
			fabs(judge_db(judge_peak(out + N - 9600, side, 9600) / 0.1) - 6.0 + 15.0),
			0.05);
	bench_close(&comp);
	free(in);
	free(key);
	free(out);
}

SUITE_MAIN("compressor", {"follows its law", follows_its_law},
	{"times are as set", times_are_as_set},
	{"tones are as their peaks", tones_are_as_their_peaks},
	{"listens to its side chain", listens_to_its_side_chain})
