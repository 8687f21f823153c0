/* test_osc_sync.c - the phase set by a master or a gate: period, aliases, its beginning. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

static v4f *rendered(struct bench *osc, int n, int block)
{
	v4f *out = series_new(n);

	bench_render(osc, out, n, block);
	return out;
}

/* A master of 1201 Hz: the period is the master's, whatever the slave's frequency; no aliases. */
static void sync_has_the_masters_period(void)
{
	enum { N = 65536, LEAD = 512 };
	const double norm = 1201.0 / 48000.0;
	v4f *master = series_sine(1201.0, 48000.0, 1.0f, N + LEAD), *out;

	for (int shape = 0; shape <= 4; shape++) {
		for (float freq_hz = 700.0f; freq_hz < 5000.0f; freq_hz *= 1.7f) {
			struct bench osc;
			double worst_db;

			bench_open(&osc, "osc", 48000.0f);
			bench_set(&osc, "shape", (float)shape);
			bench_set(&osc, "freq_hz", freq_hz);
			bench_set(&osc, "width", 0.37f);
			bench_plug(&osc, "sync", master);
			out = rendered(&osc, N + LEAD, 64);
			worst_db = judge_worst_inharmonic_db(out + LEAD, 1, N, norm, 0.375);
			/* to full scale: the fundamental can be small */
			CHECK_FIGURE("hard sync at 1201 Hz, all shapes: worst alias below 18 kHz",
				"dB", worst_db + judge_db(judge_amplitude(out + LEAD, 1, N, norm)),
				-70.0);
			free(out);
			bench_close(&osc);
		}
	}
	free(master);
}

/* A slave just above 1.5, 2.5, 3.5 times the master, and at twice and three times: one of its edges
 * lies within the frame of the reset. */
static void edges_beside_a_reset_have_no_aliases(void)
{
	enum { N = 32768, LEAD = 512 };
	const double norm = 1201.0 / 48000.0;
	static const float ratios[] = {1.505f, 2.005f, 2.51f, 3.01f, 3.515f, 3.53f};
	v4f *master = series_sine(1201.0, 48000.0, 1.0f, N + LEAD), *out;

	for (int shape = 1; shape <= 4; shape++) {
		for (size_t r = 0; r < ARRAY_LEN(ratios); r++) {
			struct bench osc;
			double worst_db;

			bench_open(&osc, "osc", 48000.0f);
			bench_set(&osc, "shape", (float)shape);
			bench_set(&osc, "freq_hz", 1201.0f * ratios[r]);
			bench_plug(&osc, "sync", master);
			out = rendered(&osc, N + LEAD, 64);
			worst_db = judge_worst_inharmonic_db(out + LEAD, 1, N, norm, 0.375);
			CHECK_FIGURE("hard sync, an edge beside the reset: worst alias below "
				     "18 kHz",
				"dB", worst_db + judge_db(judge_amplitude(out + LEAD, 1, N, norm)),
				-70.0);
			free(out);
			bench_close(&osc);
		}
	}
	free(master);
}

static void reset_starts_the_cycle(void)
{
	enum { N = 4000, LATE = 18 };
	v4f *gate = series_new(N), *out;
	struct bench osc;

	for (int i = 1777; i < 3000; i++)
		gate[i] = (v4f){1.0f, 1.0f, 0.0f, 1.0f};
	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "freq_hz", 100.0f);
	bench_plug(&osc, "reset", gate);
	out = rendered(&osc, N, 64);
	for (int i = 1777 + 40; i < N; i++) {
		double again = sin(2.0 * M_PI * 100.0 / 48000.0 * (i - LATE - 1777));
		double ever = sin(2.0 * M_PI * 100.0 / 48000.0 * (i - LATE + 1));

		CU_ASSERT_DOUBLE_EQUAL((double)out[i][0], again, 1e-4);
		CU_ASSERT_DOUBLE_EQUAL((double)out[i][2], ever, 1e-4);
	}
	free(out);
	free(gate);
	bench_close(&osc);
}

SUITE_MAIN("osc sync", {"sync has the master's period", sync_has_the_masters_period},
	{"edges beside a reset have no aliases", edges_beside_a_reset_have_no_aliases},
	{"reset starts the cycle", reset_starts_the_cycle})
