/* test_svf.c - the filter: corners, modes, stability. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 32768, N_SETTLE = 16384, N_MODES = 6 };

static double damping(double r)
{
	return 0.04 + 1.96 * (1.0 - r) * (1.0 - r);
}

/* The analogue filter's gain at freq, whose corner the trapezoidal rule keeps in place. */
static double ideal_gain(int mode, double freq_hz, double cutoff_hz, double k, double rate_hz)
{
	double w = tan(M_PI * freq_hz / rate_hz) /
		   tan(M_PI * fmin(cutoff_hz, 0.49 * rate_hz) / rate_hz);
	double below = hypot(1.0 - w * w, k * w);

	double gains[N_MODES] = {
		1.0, w * w, k * w, fabs(1.0 - w * w), hypot(1.0 - w * w, 4.0 * k * w), below};

	return gains[mode] / below;
}

static double measured_gain(struct bench *svf, double freq_hz)
{
	double rate_hz = (double)svf->rate_hz, gain;
	v4f *in = series_sine(freq_hz, rate_hz, 0.5f, N + N_SETTLE), *out = series_new(N);

	bench_reset(svf);
	bench_plug(svf, "in", in);
	bench_render(svf, out, N_SETTLE, 64);
	bench_render(svf, out, N, 64);
	gain = judge_amplitude(out, 0, N, freq_hz / rate_hz) / 0.5;
	free(in);
	free(out);
	return gain;
}

static void modes_follow_the_analogue_filter(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	static const double cutoffs_hz[] = {100.0, 1000.0, 9000.0};
	static const double resonances[] = {0.0, 0.2, 0.8};

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (int mode = 0; mode < N_MODES; mode++) {
			struct bench svf;

			bench_open(&svf, "svf", rates_hz[r]);
			bench_set(&svf, "mode", (float)mode);
			for (size_t c = 0; c < 3; c++) {
				double f = cutoffs_hz[c], rate = (double)rates_hz[r],
				       k = damping(resonances[c]);

				bench_set(&svf, "cutoff_hz", (float)f);
				bench_set(&svf, "resonance", (float)resonances[c]);
				for (double x = 0.5; x <= 2.0; x *= 2.0) {
					double ideal = ideal_gain(mode, f * x, f, k, rate);
					double gain = measured_gain(&svf, f * x);

					if (ideal < 1e-6) /* the notch */
						CHECK_BELOW(judge_db(gain), -70.0);
					else
						CHECK_BELOW(fabs(judge_db(gain / ideal)), 0.02);
				}
			}
			bench_close(&svf);
		}
	}
}

static void the_highest_cutoff_is_limited(void)
{
	struct bench svf;
	double gain;

	bench_open(&svf, "svf", 32000.0f);
	bench_set(&svf, "cutoff_hz", 20000.0f);
	bench_set(&svf, "resonance", 0.0f);
	gain = measured_gain(&svf, 5000.0);
	CHECK_BELOW(fabs(judge_db(gain / ideal_gain(0, 5000.0, 20000.0, 2.0, 32000.0))), 0.02);
	bench_close(&svf);
}

static void bounded_while_the_cutoff_jumps(void)
{
	enum { LONG = 480000 };
	v4f *in = series_noise(3, 1.0f, LONG), *out = series_new(LONG), *cutoff = series_new(LONG);
	unsigned seed = 5;
	struct bench svf;

	for (int i = 0; i < LONG; i++)
		cutoff[i] = lanes_of(i & 1 ? 20.0f : rand_float(&seed, 20.0f, 20000.0f));
	for (int mode = 0; mode < 3; mode++) {
		bench_open(&svf, "svf", 48000.0f);
		bench_set(&svf, "mode", (float)mode);
		bench_set(&svf, "resonance", 1.0f);
		bench_plug(&svf, "in", in);
		bench_move(&svf, "cutoff_hz", cutoff);
		bench_render(&svf, out, LONG, 64);
		CU_ASSERT_TRUE(judge_is_finite(out, LONG));
		CHECK_BELOW(judge_peak(out, 0, LONG), 100.0);
		bench_close(&svf);
	}
	free(in);
	free(out);
	free(cutoff);
}

/* Noise of +-0.1 at Q 20, the cutoff anywhere in its range every frame: within 2. */
static void quiet_noise_stays_quiet(void)
{
	enum { LONG = 480000 };
	v4f *in = series_noise(7, 0.1f, LONG), *out = series_new(LONG), *cutoff = series_new(LONG);
	unsigned seed = 9;
	struct bench svf;

	for (int i = 0; i < LONG; i++)
		cutoff[i] = lanes_of(20.0f * powf(1000.0f, rand_float(&seed, 0.0f, 1.0f)));
	for (int mode = 0; mode < N_MODES; mode++) {
		bench_open(&svf, "svf", 48000.0f);
		bench_set(&svf, "mode", (float)mode);
		bench_set(&svf, "resonance", 1.0f - sqrtf(0.01f / 1.96f)); /* Q 20 */
		bench_plug(&svf, "in", in);
		bench_move(&svf, "cutoff_hz", cutoff);
		bench_render(&svf, out, LONG, 64);
		CHECK_BELOW(judge_peak(out, 0, LONG), 2.0);
		bench_close(&svf);
	}
	free(in);
	free(out);
	free(cutoff);
}

/* The error of coefficients and rounding: lane 0 of out against the same lowpass in double, relative to it. */
static double off_double_db(const v4f *in, const v4f *cutoff, double k, const v4f *out)
{
	double s1 = 0.0, s2 = 0.0, error = 0.0, power = 0.0;

	for (int i = 0; i < N; i++) {
		double g = tan(M_PI * (double)cutoff[i][0] / 48000.0);
		double band = (s1 + g * ((double)in[i][0] - s2)) / (1.0 + g * (g + k));
		double low = s2 + g * band;

		s1 = 2.0 * band - s1;
		s2 = 2.0 * low - s2;
		error += pow((double)out[i][0] - low, 2.0);
		power += low * low;
	}
	return judge_db(sqrt(error / power));
}

static void as_exact_as_floats_are(void)
{
	static const double cutoffs_hz[] = {20.0, 100.0, 1000.0, 9000.0, 18000.0, 0.0};
	static const double resonances[] = {0.0, 0.6, 1.0};
	v4f *in = series_noise(11, 0.5f, N), *out = series_new(N), *cutoff = series_new(N);

	for (size_t c = 0; c < ARRAY_LEN(cutoffs_hz); c++) {
		double hz = cutoffs_hz[c];

		for (int i = 0; i < N; i++) /* 0: swept */
			cutoff[i] = lanes_of(
				(float)(hz > 0.0 ? hz : 1000.0 * pow(15.0, sin(i * 1e-3))));
		for (size_t r = 0; r < ARRAY_LEN(resonances); r++) {
			float resonance = (float)resonances[r];
			struct bench svf;

			bench_open(&svf, "svf", 48000.0f);
			bench_plug(&svf, "in", in);
			bench_set(&svf, "resonance", resonance);
			bench_set(&svf, "cutoff_hz", (float)hz);
			if (hz == 0.0)
				bench_move(&svf, "cutoff_hz", cutoff);
			bench_render(&svf, out, N, 64);
			CHECK_FIGURE("svf, noise through any lowpass: to the filter in double",
				"dB", off_double_db(in, cutoff, damping((double)resonance), out),
				-60.0);
			bench_close(&svf);
		}
	}
	free(in);
	free(out);
	free(cutoff);
}

static void mode_changes_do_not_click(void)
{
	enum { LONG = 9600 };
	v4f *in = series_sine(200.0, 48000.0, 0.5f, LONG), *out = series_new(LONG),
	    *mode = series_new(LONG);
	struct bench svf;

	for (int i = 0; i < LONG; i++)
		mode[i] = lanes_of((float)(i / 1600 % N_MODES));
	bench_open(&svf, "svf", 48000.0f);
	bench_plug(&svf, "in", in);
	bench_move(&svf, "mode", mode);
	bench_render(&svf, out, LONG, 64);
	/* the sine's own step, and modes at most 1 apart, moved between in 240 frames */
	CHECK_BELOW(judge_max_step(out + 200, 0, LONG - 200), 0.0131 + 2.0 / 240.0);
	CHECK_BELOW(judge_burst_db(out + 200, 0, LONG - 200), -60.0);
	bench_close(&svf);
	free(in);
	free(out);
	free(mode);
}

SUITE_MAIN("svf", {"modes follow the analogue filter", modes_follow_the_analogue_filter},
	{"the highest cutoff is limited", the_highest_cutoff_is_limited},
	{"bounded while the cutoff jumps", bounded_while_the_cutoff_jumps},
	{"quiet noise stays quiet", quiet_noise_stays_quiet},
	{"as exact as floats are", as_exact_as_floats_are},
	{"mode changes do not click", mode_changes_do_not_click})
