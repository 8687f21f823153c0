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

/* 1 / ((1 + jw)^4 + k), times the bass given back; at twice the rate */
static double ideal_db(float rate_hz, float cutoff_hz, float resonance, double freq_hz)
{
	double w = tan(M_PI / 2.0 * freq_hz / (double)rate_hz) /
		   tan(M_PI / 2.0 * (double)cutoff_hz / (double)rate_hz);
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

static v4f *series_saw(int n)
{
	v4f *saw = series_new(n);
	struct bench osc;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "shape", 1.0f);
	bench_set(&osc, "level", 0.5f);
	bench_set(&osc, "freq_hz", 1238.0f);
	bench_render(&osc, saw, n, 64);
	bench_close(&osc);
	return saw;
}

static void open_driven(struct bench *ladder, float cutoff_hz, float drive_db, const v4f *in)
{
	bench_open(ladder, "ladder", 48000.0f);
	bench_set(ladder, "cutoff_hz", cutoff_hz);
	bench_set(ladder, "resonance", 0.0f);
	bench_set(ladder, "drive_db", drive_db);
	bench_plug(ladder, "in", in);
}

static void aliases_are_as_stated(void)
{
	static const struct {
		const char *what;
		float drive_db;
		double limit_db;
	} cases[] = {{"ladder, open, saw of 1238 Hz at 0.5: all aliases", 0.0f, -60.0},
		{"the same, 12 dB of drive", 12.0f, -50.0}};
	v4f *in = series_saw(N), *out = series_new(N);

	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		struct bench ladder;

		open_driven(&ladder, 20000.0f, cases[k].drive_db, in);
		bench_render(&ladder, out, N, 64);
		CHECK_FIGURE(cases[k].what, "dB", judge_inharmonic_db(out + 8000, 0, 24000, 619),
			cases[k].limit_db);
		bench_close(&ladder);
	}
	free(in);
	free(out);
}

/* A sine of 0.5 at no drive: harmonics to the fundamental. */
static void quiet_drive_is_linear(void)
{
	v4f *in = series_sine(300.0, 48000.0, 0.5f, N), *out = series_new(N);
	struct bench ladder;
	double power = 0.0;

	open_driven(&ladder, 20000.0f, 0.0f, in);
	bench_render(&ladder, out, N, 64);
	for (int h = 2; h < 20; h++)
		power += pow(judge_amplitude(out + 4096, 0, 48000, 300.0 * h / 48000.0), 2.0);
	CHECK_FIGURE("ladder, sine of 0.5, no drive: distortion", "%",
		100.0 * sqrt(power) / judge_amplitude(out + 4096, 0, 48000, 300.0 / 48000.0), 0.2);
	bench_close(&ladder);
	free(in);
	free(out);
}

/* A saw of 110 Hz, cutoff on its 20th harmonic, resonance 0.8: that one is above its neighbours
 * four away, and drive does not take the peak away. */
static void drive_leaves_the_resonance(void)
{
	v4f *in = series_new(N), *out = series_new(N);
	double norm = 110.0 / 48000.0;
	struct bench osc, ladder;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "shape", 1.0f);
	bench_set(&osc, "level", 0.5f);
	bench_set(&osc, "freq_hz", 110.0f);
	bench_render(&osc, in, N, 64);
	for (float drive_db = 0.0f; drive_db <= 24.0f; drive_db += 12.0f) {
		double peak, below;

		open_driven(&ladder, 2200.0f, drive_db, in);
		bench_set(&ladder, "resonance", 0.8f);
		bench_render(&ladder, out, N, 64);
		peak = judge_amplitude(out + 8192, 0, 48000, 20.0 * norm);
		below = judge_amplitude(out + 8192, 0, 48000, 16.0 * norm);
		CHECK_FIGURE("ladder, 0 to 24 dB of drive, resonance 0.8: peak over what is below",
			"dB short of 6", 6.0 - judge_db(peak / below), 0.0);
		bench_close(&ladder);
	}
	bench_close(&osc);
	free(in);
	free(out);
}

/* accent_amount 0: no accent; 0.5: half of one. */
static void accent_has_an_amount(void)
{
	v4f *in = series_sine(4000.0, 48000.0, 0.001f, N), *env = series_of(0.5f, N);
	v4f *accent = series_of(1.0f, N), *out = series_new(N);

	for (int k = 0; k <= 2; k++) {
		float amount = 0.5f * (float)k;
		struct bench ladder;

		open_driven(&ladder, 250.0f, 0.0f, in);
		bench_set(&ladder, "env_amount", 4.0f);
		bench_set(&ladder, "accent_amount", amount);
		bench_plug(&ladder, "env", env);
		bench_plug(&ladder, "accent", accent);
		bench_render(&ladder, out, N, 64);
		CHECK_BELOW(fabs(judge_db(judge_amplitude(out, 0, N, 1.0 / 12.0) / 0.001) -
				    ideal_db(48000.0f, 1000.0f * exp2f(2.0f * amount),
					    0.2f * amount, 4000.0)),
			0.1);
		bench_close(&ladder);
	}
	free(in);
	free(env);
	free(accent);
	free(out);
}

SUITE_MAIN("ladder", {"follows the analogue filter", follows_the_analogue_filter},
	{"sings in tune", sings_in_tune},
	{"bounded while the cutoff jumps", bounded_while_the_cutoff_jumps},
	{"envelope and accent open it", envelope_and_accent_open_it},
	{"accent has an amount", accent_has_an_amount},
	{"aliases are as stated", aliases_are_as_stated},
	{"quiet drive is linear", quiet_drive_is_linear},
	{"drive leaves the resonance", drive_leaves_the_resonance})
