/* test_ladder.c - the ladder: slope, tuning where it sings, bounds, accent and envelope, aliases.
 * */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 65536 };

/* A quiet sine's gain: the linear filter. */
static double gain_db_at(float rate_hz, float cutoff_hz, float resonance, double freq_hz)
{
	v4f *in = series_sine(freq_hz, (double)rate_hz, 0.001f, N), *out = series_new(N);
	struct bench ladder;
	double gain;

	bench_open(&ladder, "ladder", rate_hz);
	bench_set(&ladder, "cutoff_hz", cutoff_hz);
	bench_set(&ladder, "resonance", resonance);
	bench_plug(&ladder, "in", in);
	bench_render(&ladder, out, N, 64);
	gain = judge_amplitude(out + N / 2, 0, N / 2, freq_hz / (double)rate_hz) / 0.001;
	bench_close(&ladder);
	free(in);
	free(out);
	return judge_db(gain);
}

/* 1 / ((1 + jw)^4 + k), times the bass given back */
static double ideal_db(float rate_hz, float cutoff_hz, float resonance, double freq_hz)
{
	double w = tan(M_PI * freq_hz / (double)rate_hz) /
		   tan(M_PI * (double)cutoff_hz / (double)rate_hz);
	double k = 5.0 * (double)resonance;
	double re = 1.0 - 6.0 * w * w + w * w * w * w + k, im = 4.0 * w - 4.0 * w * w * w;

	return judge_db((1.0 + k / 2.0) / hypot(re, im));
}

static void follows_the_analogue_filter(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	static const double ratios[] = {0.25, 0.5, 0.98, 1.02, 2.0, 4.0};

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (size_t x = 0; x < ARRAY_LEN(ratios); x++) {
			double f = 1000.0 * ratios[x];

			CHECK_BELOW(fabs(gain_db_at(rates_hz[r], 1000.0f, 0.0f, f) -
					    ideal_db(rates_hz[r], 1000.0f, 0.0f, f)),
				0.05);
			CHECK_BELOW(fabs(gain_db_at(rates_hz[r], 1000.0f, 0.6f, f) -
					    ideal_db(rates_hz[r], 1000.0f, 0.6f, f)),
				0.05);
		}
	}
}

/* The frequency of a steady wave: upward crossings of zero, between frames by straight lines. */
static double frequency(const v4f *x, int n, double rate_hz)
{
	double first = 0.0, last = 0.0;
	int count = -1;

	for (int i = 1; i < n; i++) {
		double a = (double)x[i - 1][0], b = (double)x[i][0];

		if (!(a < 0.0 && b >= 0.0))
			continue;
		last = i - b / (b - a);
		first = count < 0 ? last : first;
		count++;
	}
	return count * rate_hz / (last - first);
}

static void sings_in_tune(void)
{
	static const float notes_hz[] = {50.0f, 110.0f, 440.0f, 1000.0f, 3000.0f, 8000.0f};
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	enum { LONG = 288000, FROM = 192000 };
	v4f *in = series_new(LONG), *out = series_new(LONG);

	in[0] = lanes_of(0.1f);
	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (size_t k = 0; k < ARRAY_LEN(notes_hz); k++) {
			struct bench ladder;
			double hz;

			bench_open(&ladder, "ladder", rates_hz[r]);
			bench_set(&ladder, "resonance", 0.85f);
			bench_set(&ladder, "cutoff_hz", notes_hz[k]);
			bench_plug(&ladder, "in", in);
			bench_render(&ladder, out, LONG, 64);
			hz = frequency(out + FROM, LONG - FROM, (double)rates_hz[r]);
			CHECK_FIGURE("ladder: pitch where it sings, 50 Hz to 8 kHz, 44.1 to 96 kHz",
				"cents off", fabs(1200.0 * log2(hz / (double)notes_hz[k])), 2.0);
			CHECK_BELOW(0.05, judge_rms(out + FROM, 0, LONG - FROM));
			bench_close(&ladder);
		}
	}
	free(in);
	free(out);
}

static void bounded_while_the_cutoff_jumps(void)
{
	enum { LONG = 480000 };
	v4f *in = series_noise(3, 1.0f, LONG), *out = series_new(LONG), *cutoff = series_new(LONG);
	unsigned seed = 5;
	struct bench ladder;

	for (int i = 0; i < LONG; i++)
		cutoff[i] = lanes_of(i & 1 ? 20.0f : rand_float(&seed, 20.0f, 20000.0f));
	bench_open(&ladder, "ladder", 48000.0f);
	bench_set(&ladder, "resonance", 1.0f);
	bench_set(&ladder, "drive_db", 36.0f);
	bench_plug(&ladder, "in", in);
	bench_move(&ladder, "cutoff_hz", cutoff);
	bench_render(&ladder, out, LONG, 64);
	CU_ASSERT_TRUE(judge_is_finite(out, LONG));
	CHECK_BELOW(judge_peak(out, 0, LONG), 8.0);
	bench_close(&ladder);
	free(in);
	free(out);
	free(cutoff);
}

/* env 0.5 at 4 octaves is a cutoff two octaves higher; with an accent, four. */
static void envelope_and_accent_open_it(void)
{
	v4f *in = series_sine(4000.0, 48000.0, 0.001f, N), *env = series_of(0.5f, N);
	v4f *accent = series_of(1.0f, N), *out = series_new(N);
	struct bench ladder;

	bench_open(&ladder, "ladder", 48000.0f);
	bench_set(&ladder, "cutoff_hz", 250.0f);
	bench_set(&ladder, "resonance", 0.0f);
	bench_set(&ladder, "env_amount", 4.0f);
	bench_plug(&ladder, "in", in);
	bench_plug(&ladder, "env", env);
	bench_render(&ladder, out, N, 64);
	CHECK_BELOW(fabs(judge_db(judge_amplitude(out, 0, N, 1.0 / 12.0) / 0.001) -
			    ideal_db(48000.0f, 1000.0f, 0.0f, 4000.0)),
		0.1);
	bench_plug(&ladder, "accent", accent);
	bench_reset(&ladder);
	bench_render(&ladder, out, N, 64);
	CHECK_BELOW(fabs(judge_db(judge_amplitude(out, 0, N, 1.0 / 12.0) / 0.001) -
			    ideal_db(48000.0f, 4000.0f, 0.2f, 4000.0)),
		0.1);
	bench_close(&ladder);
	free(in);
	free(env);
	free(accent);
	free(out);
}

static void aliases_are_as_stated(void)
{
	static const struct {
		const char *what;
		float cutoff_hz;
		double limit_db;
	} cases[] = {
		{"ladder, 12 dB of drive: worst alias of 5003 Hz at 0.5, open", 20000.0f, -42.0},
		{"the same, cutoff at 5 kHz", 5000.0f, -46.0}};
	v4f *in = series_sine(5003.0, 48000.0, 0.5f, N + 4096), *out = series_new(N + 4096);

	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		struct bench ladder;

		bench_open(&ladder, "ladder", 48000.0f);
		bench_set(&ladder, "cutoff_hz", cases[k].cutoff_hz);
		bench_set(&ladder, "resonance", 0.0f);
		bench_set(&ladder, "drive_db", 12.0f);
		bench_plug(&ladder, "in", in);
		bench_render(&ladder, out, N + 4096, 64);
		CHECK_FIGURE(cases[k].what, "dB",
			judge_worst_inharmonic_db(out + 4096, 0, N, 5003.0 / 48000.0, 0.4),
			cases[k].limit_db);
		bench_close(&ladder);
	}
	free(in);
	free(out);
}

SUITE_MAIN("ladder", {"follows the analogue filter", follows_the_analogue_filter},
	{"sings in tune", sings_in_tune},
	{"bounded while the cutoff jumps", bounded_while_the_cutoff_jumps},
	{"envelope and accent open it", envelope_and_accent_open_it},
	{"aliases are as stated", aliases_are_as_stated})
