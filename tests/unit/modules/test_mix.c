/* test_mix.c - voices to left and right: where each stands, in patches of 1 to 16 voices. */
#include <math.h>
#include <stdlib.h>

#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 64, MAX_GROUPS = 4 };

/* One block of a patch with so many voices, of which only `voice` sounds, at 1. */
static v4f heard(int n_voices, int voice, float level_db, float spread, float pan, int step)
{
	const struct module_desc *desc = module_find("mix");
	static v4f values[3][N], in[MAX_GROUPS][N], out[N];
	v4f *outs[] = {out};
	struct transport transport = {0.0, 1e-5, 0};
	struct cable params[3], ins[] = {{in[0], 1, N}};
	uint32_t constant_outs = 0;
	struct module_io io = {
		.params = params,
		.ins = ins,
		.outs = outs,
		.n_frames = N,
		.rate_hz = 48000.0f,
		.transport = &transport,
		.constant_outs = &constant_outs,
		.n_voices = n_voices,
		.n_groups = (n_voices + N_LANES - 1) / N_LANES,
	};

	memset(in, 0, sizeof(in));
	for (int i = 0; i < N; i++) {
		values[0][i] = lanes_of(level_db);
		values[1][i] = lanes_of(spread);
		values[2][i] = lanes_of(pan);
		in[voice / N_LANES][i][voice % N_LANES] = 1.0f;
	}
	for (int p = 0; p < 3; p++)
		params[p] = cable_of(values[p], (size_t)step);
	desc->render(NULL, &io);
	for (int i = 1; i < N; i++)
		CU_ASSERT_EQUAL(memcmp(&out[i], &out[0], sizeof(*out)), 0);
	return out[0];
}

static void check(int n_voices, int voice, float spread, float pan, double place)
{
	double angle = (1.0 + fmax(-1.0, fmin(1.0, place))) * M_PI / 4.0;

	for (int step = 0; step <= 1; step++) {
		v4f sides = heard(n_voices, voice, -6.0f, spread, pan, step);

		CHECK_BELOW(fabs((double)sides[0] - 0.501187 * cos(angle)), 2e-6);
		CHECK_BELOW(fabs((double)sides[1] - 0.501187 * sin(angle)), 2e-6);
		CU_ASSERT_EQUAL(sides[2], 0.0f);
		CU_ASSERT_EQUAL(sides[3], 0.0f);
	}
}

static void voices_stand_side_by_side(void)
{
	static const int counts[] = {2, 4, 7, 8, 12, 16};

	check(1, 0, 1.0f, 0.25f, 0.25);
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		for (int k = 0; k < counts[c]; k++) {
			double place = 2.0 * k / (counts[c] - 1) - 1.0;

			check(counts[c], k, 0.7f, 0.0f, 0.7 * place);
			check(counts[c], k, 1.0f, -0.5f, place - 0.5);
		}
	}
}

static void nothing_plugged_in_is_silence(void)
{
	static v4f out[N];
	struct bench bench;

	bench_open(&bench, "mix", 48000.0f);
	memset(out, 1, sizeof(out));
	bench_render(&bench, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, N), 0.0);
	bench_close(&bench);
}

SUITE_MAIN("mix", {"voices stand side by side", voices_stand_side_by_side},
	{"nothing plugged in is silence", nothing_plugged_in_is_silence})
