/* test_sah.c - sample and hold, track and hold, random numbers. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 4800 };

static v4f *gates(void)
{
	v4f *gate = series_new(N);

	for (int i = 0; i < N; i++) {
		for (int k = 0; k < N_LANES; k++)
			gate[i][k] = (i + 10 * k) % 100 < 50 && i >= 100 ? 1.0f : 0.0f;
	}
	return gate;
}

static void check_mode(int mode)
{
	v4f *in = series_noise(1, 1.0f, N), *gate = gates(), *out = series_new(N);
	v4f held = {0.0f, 0.0f, 0.0f, 0.0f};
	struct bench sah;

	bench_open(&sah, "sah", 48000.0f);
	bench_set(&sah, "mode", (float)mode);
	bench_plug(&sah, "in", in);
	bench_plug(&sah, "gate", gate);
	bench_render(&sah, out, N, 64);
	for (int i = 1; i < N; i++) {
		for (int k = 0; k < N_LANES; k++) {
			int opens = gate[i][k] > 0.5f && gate[i - 1][k] < 0.5f;

			if (opens || (mode == 1 && gate[i][k] > 0.5f))
				held[k] = in[i][k];
			CU_ASSERT_EQUAL(out[i][k], held[k]);
		}
	}
	free(in);
	free(gate);
	free(out);
	bench_close(&sah);
}

static void sample_takes_one_frame(void)
{
	check_mode(0);
}

static void track_follows_the_open_gate(void)
{
	check_mode(1);
}

static void random_numbers_change_with_the_gate(void)
{
	v4f *gate = gates(), *out = series_new(N);
	int n_changes = 0;
	struct bench sah;

	bench_open(&sah, "sah", 48000.0f);
	bench_plug(&sah, "gate", gate);
	bench_render(&sah, out, N, 64);
	for (int i = 1; i < N; i++)
		n_changes += out[i][0] != out[i - 1][0];
	CU_ASSERT_EQUAL(n_changes, 47);
	CU_ASSERT_TRUE(judge_rms(out, 0, N) > 0.3 && judge_peak(out, 0, N) <= 1.0);
	CU_ASSERT_NOT_EQUAL(out[N - 1][0], out[N - 1][1]);
	free(gate);
	free(out);
	bench_close(&sah);
}

SUITE_MAIN("sah", {"sample takes one frame", sample_takes_one_frame},
	{"track follows the open gate", track_follows_the_open_gate},
	{"random numbers change with the gate", random_numbers_change_with_the_gate})
