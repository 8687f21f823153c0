/* test_dcblock.c - the highpass: its corner, and that it does not depend on the rate. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 65536, N_SETTLE = 65536 };

static double gain_db_at(float rate_hz, double freq_hz)
{
	v4f *in = series_sine(freq_hz, (double)rate_hz, 0.5f, N + N_SETTLE);
	v4f *out = series_new(N + N_SETTLE);
	struct bench bench;
	double gain;

	for (int i = 0; i < N + N_SETTLE; i++)
		in[i] += 0.3f;
	bench_open(&bench, "dcblock", rate_hz);
	bench_set(&bench, "cutoff_hz", 20.0f);
	bench_plug(&bench, "in", in);
	bench_render(&bench, out, N + N_SETTLE, 64);
	gain = judge_amplitude(out + N_SETTLE, 0, N, freq_hz / (double)rate_hz) / 0.5;
	bench_close(&bench);
	free(in);
	free(out);
	return judge_db(gain);
}

static void corner_does_not_depend_on_the_rate(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		CHECK_BELOW(fabs(gain_db_at(rates_hz[r], 20.0) + 3.01), 0.1);
		CHECK_BELOW(fabs(gain_db_at(rates_hz[r], 10.0) + 6.99), 0.1);
		CHECK_BELOW(fabs(gain_db_at(rates_hz[r], 1000.0)), 0.05);
	}
}

static void standing_value_goes_away(void)
{
	v4f *in = series_of(1.0f, N), *out = series_new(N);
	struct bench bench;

	bench_open(&bench, "dcblock", 48000.0f);
	bench_plug(&bench, "in", in);
	bench_render(&bench, out, N, 64);
	for (int i = 0; i < 4800; i++) { /* the step's answer: e^(-2 pi 10 t) */
		double ideal = exp(-2.0 * M_PI * 10.0 * (i + 0.5) / 48000.0);

		CU_ASSERT_TRUE(fabs((double)out[i][0] - ideal) < 1e-4);
	}
	CHECK_BELOW(fabs((double)out[N - 1][0]), 1e-5);
	bench_close(&bench);
	free(in);
	free(out);
}

SUITE_MAIN("dcblock", {"corner does not depend on the rate", corner_does_not_depend_on_the_rate},
	{"standing value goes away", standing_value_goes_away})
