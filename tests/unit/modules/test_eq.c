/* test_eq.c - the equalizer: gains where they are set, at every rate. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 32768 };

static double gain_db_at(struct bench *eq, double freq_hz)
{
	double rate_hz = (double)eq->rate_hz, gain;
	v4f *in = series_sine(freq_hz, rate_hz, 0.1f, N), *out = series_new(N);

	bench_reset(eq);
	bench_plug(eq, "in", in);
	bench_render(eq, out, N, 64);
	gain = judge_amplitude(out + N / 2, 0, N / 2, freq_hz / rate_hz) / 0.1;
	free(in);
	free(out);
	return judge_db(gain);
}

static void bands_are_where_they_are_set(void)
{
	static const struct {
		const char *hz, *db;
		float at_hz;
		double probe_hz, part; /* of the gain there */
	} cases[] = {
		{"low_hz", "low_db", 1000.0f, 100.0, 1.0},
		{"low_hz", "low_db", 200.0f, 200.0, 0.5},
		{"low_hz", "low_db", 200.0f, 4000.0, 0.0},
		{"mid1_hz", "mid1_db", 500.0f, 500.0, 1.0},
		{"mid1_hz", "mid1_db", 4000.0f, 100.0, 0.0},
		{"mid2_hz", "mid2_db", 3000.0f, 3000.0, 1.0},
		{"mid2_hz", "mid2_db", 4000.0f, 100.0, 0.0},
		{"high_hz", "high_db", 4000.0f, 100.0, 0.0},
		{"high_hz", "high_db", 4000.0f, 4000.0, 0.5},
		{"high_hz", "high_db", 4000.0f, 20000.0, 1.0},
	};
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f},
			   gains_db[] = {-12.0f, 12.0f};

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (size_t k = 0; k < ARRAY_LEN(cases) * 2; k++) {
			float db = gains_db[k & 1];
			struct bench eq;

			bench_open(&eq, "eq", rates_hz[r]);
			bench_set(&eq, cases[k / 2].hz, cases[k / 2].at_hz);
			bench_set(&eq, cases[k / 2].db, db);
			CHECK_FIGURE("eq: gain where a band is set, half of it at a shelf's corner",
				"dB off",
				fabs(gain_db_at(&eq, cases[k / 2].probe_hz) -
					(double)db * cases[k / 2].part),
				0.25);
			bench_close(&eq);
		}
	}
}

static void flat_is_the_same_bits(void)
{
	v4f *in = series_noise(1, 1.0f, N), *out = series_new(N);
	struct bench eq;

	bench_open(&eq, "eq", 48000.0f);
	bench_plug(&eq, "in", in);
	bench_render(&eq, out, N, 64);
	CU_ASSERT_EQUAL(judge_max_difference(in, out, N), 0.0);
	bench_close(&eq);
	free(in);
	free(out);
}

SUITE_MAIN("eq", {"bands are where they are set", bands_are_where_they_are_set},
	{"flat is the same bits", flat_is_the_same_bits})
