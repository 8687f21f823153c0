/* test_fm.c - two operators: sidebands, pitch, aliases, feedback. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 65536 };

/* Ratio 4, index 2: sidebands at carrier + k * modulator are the Bessel functions of the index. */
static void sidebands_are_bessel_functions(void)
{
	static const double bessel[] = {0.2238907791, 0.5767248078, 0.3528340286, 0.1289432495};
	v4f *out = series_new(N);
	struct bench fm;

	bench_open(&fm, "fm", 48000.0f);
	bench_set(&fm, "freq_hz", 500.0f);
	bench_set(&fm, "ratio", 4.0f);
	bench_set(&fm, "index", 2.0f);
	bench_render(&fm, out, N, 64);
	for (int k = 0; k < 4; k++) {
		double upper = judge_amplitude(out, 1, N, (500.0 + 2000.0 * k) / 48000.0);

		CHECK_FIGURE("fm: sidebands", "dB off", fabs(judge_db(upper / bessel[k])), 0.02);
	}
	free(out);
	bench_close(&fm);
}

static void index_0_is_a_sine(void)
{
	v4f *out = series_new(N), *pitch = series_of(69.0f, N);
	struct bench fm;

	bench_open(&fm, "fm", 48000.0f);
	bench_set(&fm, "index", 0.0f);
	bench_set(&fm, "feedback", 0.5f);
	bench_plug(&fm, "pitch", pitch);
	bench_render(&fm, out, N, 64);
	CHECK_BELOW(judge_sine_residual_db(out, 2, N, 440.0 / 48000.0), -140.0);
	free(out);
	free(pitch);
	bench_close(&fm);
}

/* All partials are multiples of the pitch; what folds is weak, at the worst settings of each. */
static void high_notes_do_not_fold(void)
{
	v4f *out = series_new(N);

	for (float freq_hz = 300.0f; freq_hz < 6000.0f; freq_hz *= 1.83f) {
		for (float ratio = 1.0f; ratio < 5.0f; ratio += 1.0f) {
			struct bench fm;
			double norm = (double)freq_hz / 48000.0, worst_db;

			bench_open(&fm, "fm", 48000.0f);
			bench_set(&fm, "freq_hz", freq_hz);
			bench_set(&fm, "ratio", ratio);
			bench_set(&fm, "index", 20.0f);
			bench_render(&fm, out, N, 64);
			worst_db = judge_worst_inharmonic_db(out, 0, N, norm, 0.5) +
				   judge_db(judge_amplitude(out, 0, N, norm));
			CHECK_FIGURE("fm at the highest index: what folds", "dB", worst_db, -33.0);
			bench_close(&fm);
		}
	}
	free(out);
}

static void feedback_makes_a_saw_of_the_modulator(void)
{
	v4f *out = series_new(N);
	double first, second;
	struct bench fm;

	bench_open(&fm, "fm", 48000.0f);
	bench_set(&fm, "freq_hz", 2000.0f);
	bench_set(&fm, "ratio", 0.125f);
	bench_set(&fm, "index", 0.1f);
	bench_set(&fm, "feedback", 0.3f);
	bench_render(&fm, out, N, 64);
	first = judge_amplitude(out, 0, N, 2250.0 / 48000.0);
	second = judge_amplitude(out, 0, N, 2500.0 / 48000.0);
	CU_ASSERT_TRUE(second > 0.2 * first && second < 0.7 * first);
	bench_set(&fm, "feedback", 1.0f);
	bench_render(&fm, out, N, 64);
	CHECK_BELOW(judge_peak(out, 0, N), 1.0001);
	free(out);
	bench_close(&fm);
}

/* At any feedback every partial is one of the pitch. At index 1, all else to the whole. */
static void feedback_does_not_chatter(void)
{
	enum { PERIOD = 48000, LEAD = 4800, FREQ = 220 };
	v4f *out = series_new(PERIOD + LEAD);

	for (float feedback = 0.5f; feedback < 1.05f; feedback += 0.1f) {
		struct bench fm;

		bench_open(&fm, "fm", 48000.0f);
		bench_set(&fm, "freq_hz", FREQ);
		bench_set(&fm, "ratio", 1.0f);
		bench_set(&fm, "index", 1.0f);
		bench_set(&fm, "feedback", fminf(feedback, 1.0f));
		bench_render(&fm, out, PERIOD + LEAD, 64);
		CHECK_FIGURE("fm, 220 Hz, feedback 0.5 to 1: what is no harmonic", "dB",
			judge_inharmonic_db(out + LEAD, 0, PERIOD, FREQ), -50.0);
		bench_close(&fm);
	}
	free(out);
}

SUITE_MAIN("fm", {"sidebands are Bessel functions", sidebands_are_bessel_functions},
	{"index 0 is a sine", index_0_is_a_sine},
	{"high notes do not fold", high_notes_do_not_fold},
	{"feedback makes a saw of the modulator", feedback_makes_a_saw_of_the_modulator},
	{"feedback does not chatter", feedback_does_not_chatter})
