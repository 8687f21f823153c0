/* test_drive.c - distortion: aliases as stated, level, shapes, the dry signal. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 32768, N_SETTLE = 4096, LONG = N + N_SETTLE };

static void open_drive(struct bench *drive, float shape, float drive_db, const v4f *in)
{
	bench_open(drive, "drive", 48000.0f);
	bench_set(drive, "shape", shape);
	bench_set(drive, "drive_db", drive_db);
	bench_plug(drive, "in", in);
}

static void aliases_are_as_stated(void)
{
	static const double limits_db[] = {-100.0, -80.0, -65.0};
	static const char *const figures[] = {"drive tanh, 12 dB: worst alias of 5003 Hz at 0.5",
		"the same, hard", "the same, fold"};
	v4f *in = series_sine(5003.0, 48000.0, 0.5f, LONG), *out = series_new(LONG);

	for (int shape = 0; shape < 3; shape++) {
		struct bench drive;

		open_drive(&drive, (float)shape, 12.0f, in);
		bench_render(&drive, out, LONG, 64);
		CHECK_FIGURE(figures[shape], "dB",
			judge_worst_inharmonic_db(out + N_SETTLE, 0, N, 5003.0 / 48000.0, 0.4),
			limits_db[shape]);
		/* it is bent: the third harmonic is there */
		CHECK_BELOW(0.01, judge_amplitude(out + N_SETTLE, 0, N, 15009.0 / 48000.0));
		bench_close(&drive);
	}
	free(in);
	free(out);
}

/* All that is no multiple of 1201 Hz, to the whole: at 30 dB a fold turns 8 times in
 * each half of the sine. */
static void deep_shapes_have_no_aliases(void)
{
	static const struct {
		const char *what;
		float shape, drive_db;
		double limit_db;
	} rows[] = {{"drive hard, 30 dB, sine of 1201 Hz at 0.5: all aliases", 1.0f, 30.0f, -60.0},
		{"drive fold, 30 dB: all aliases", 2.0f, 30.0f, -50.0},
		{"drive crush, 30 dB: all aliases", 3.0f, 30.0f, -60.0},
		{"drive crush, 48 dB: all aliases", 3.0f, 48.0f, -50.0}};
	enum { PERIOD = 48000, CYCLES = 1201 };
	v4f *in = series_sine(CYCLES, 48000.0, 0.5f, PERIOD + N_SETTLE);
	v4f *out = series_new(PERIOD + N_SETTLE);

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		struct bench drive;

		open_drive(&drive, rows[k].shape, rows[k].drive_db, in);
		bench_render(&drive, out, PERIOD + N_SETTLE, 64);
		CHECK_FIGURE(rows[k].what, "dB",
			judge_inharmonic_db(out + N_SETTLE, 0, PERIOD, CYCLES), rows[k].limit_db);
		bench_close(&drive);
	}
	free(in);
	free(out);
}

/* A sine of 0.35 is within 5.5 dB of its loudness, whatever the drive; a crush leaves it alone. */
static void level_stays(void)
{
	v4f *in = series_sine(440.0, 48000.0, 0.35f, LONG), *out = series_new(LONG);

	for (int shape = 0; shape < 4; shape++) {
		for (float drive_db = 0.0f; drive_db <= 48.0f; drive_db += 12.0f) {
			struct bench drive;

			open_drive(&drive, (float)shape, drive_db, in);
			bench_render(&drive, out, LONG, 64);
			CHECK_BELOW(fabs(judge_db(judge_rms(out + N_SETTLE, 0, N) / 0.2475)), 5.5);
			bench_close(&drive);
		}
	}
	free(in);
	free(out);
}

static double law(int shape, double x, double drive_db)
{
	double gain = pow(10.0, drive_db / 20.0), steps = exp2(15.0 - drive_db / 4.0);
	double loud = 0.35 * gain, y = x * gain;

	switch (shape) {
	case 0:
		return tanh(y) * 0.35 / tanh(loud);
	case 1:
		return fmax(-1.0, fmin(1.0, y)) * 0.35 / fmin(loud, 1.0);
	case 2:
		return asin(sin(y * M_PI / 2.0)) * 2.0 / M_PI * 0.35 / fmin(loud, 0.7);
	default:
		return floor(x * steps + 0.5) / steps;
	}
}

/* What stands still comes out as the law of each shape has it: the filters around it pass that. A
 * crush has 16 bits, and one less for every 4 dB. */
static void shapes_are_their_laws(void)
{
	static const float drives_db[] = {0.0f, 7.0f, 12.0f, 31.0f, 48.0f};
	v4f *out = series_new(N_SETTLE);

	for (int shape = 0; shape < 4; shape++) {
		for (int k = 0; k < 25; k++) {
			float x = -1.2f + 0.0983f * (float)k;
			v4f *in = series_of(x, N_SETTLE);
			struct bench drive;

			open_drive(&drive, (float)shape, drives_db[k % 5], in);
			bench_render(&drive, out, N_SETTLE, 64);
			CHECK_BELOW(fabs((double)out[N_SETTLE - 1][0] -
					    law(shape, (double)x, (double)drives_db[k % 5])),
				3e-4);
			bench_close(&drive);
			free(in);
		}
	}
	free(out);
}

/* Quiet signals pass: the filters take nothing below 20 kHz, and mix makes no comb. */
static void quiet_signals_pass(void)
{
	static const double freqs_hz[] = {100.0, 1000.0, 10000.0, 20000.0};

	for (size_t k = 0; k < ARRAY_LEN(freqs_hz); k++) {
		v4f *in = series_sine(freqs_hz[k], 48000.0, 0.01f, LONG), *out = series_new(LONG);
		struct bench drive;

		open_drive(&drive, 0.0f, 0.0f, in);
		for (float mix = 0.0f; mix <= 1.0f; mix += 0.5f) {
			double gain;

			bench_set(&drive, "mix", mix);
			bench_reset(&drive);
			bench_render(&drive, out, LONG, 64);
			gain = judge_amplitude(out + N_SETTLE, 0, N, freqs_hz[k] / 48000.0) / 0.01;
			CHECK_BELOW(fabs(judge_db(gain)), 0.4);
		}
		bench_close(&drive);
		free(in);
		free(out);
	}
}

static void shape_changes_do_not_click(void)
{
	v4f *in = series_sine(200.0, 48000.0, 0.2f, LONG), *out = series_new(LONG);
	v4f *shape = series_new(LONG);
	struct bench drive;

	for (int i = 0; i < LONG; i++)
		shape[i] = lanes_of((float)(i / 4000 % 2));
	open_drive(&drive, 0.0f, 6.0f, in);
	bench_move(&drive, "shape", shape);
	bench_render(&drive, out, LONG, 64);
	CHECK_BELOW(judge_burst_db(out + N_SETTLE, 0, N), -80.0);
	bench_close(&drive);
	free(in);
	free(out);
	free(shape);
}

SUITE_MAIN("drive", {"aliases are as stated", aliases_are_as_stated},
	{"deep shapes have no aliases", deep_shapes_have_no_aliases}, {"level stays", level_stays},
	{"shapes are their laws", shapes_are_their_laws},
	{"quiet signals pass", quiet_signals_pass},
	{"shape changes do not click", shape_changes_do_not_click})
