/* Random parameters, inputs, lists and tempos for every module, one set after the other while its
 * state goes on: finite, bounded, and no denormal number. 1000 sets a module; 100 000 in `make
 * soak`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "modules/registry.h"
#include "tests/support/any_module.h"
#include "tests/support/denormals.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

/* Peaks to inputs of 1: four of them at levels of 2 * 2; a Q of 25 on noise; 36 dB of make-up gain
 * and what the attack lets through. */
#define LOUDEST 400.0

enum { N = 256, N_SHORT = 1000, N_LONG = 100000, SETS_A_STATE = 50 };

static double loudest;
static char loudest_at[100];
static int n_bad; /* that were printed */

/* Mostly sound; now and then silence, nothing at all, or what is all but nothing: its echoes would
 * be the first to become denormal. */
static void level_inputs(struct any_module *any, unsigned *seed)
{
	static const float levels[] = {1.0f, 1.0f, 1.0f, 1.0f, 0.01f, 0.0f, 1e-20f, 1e-36f};

	for (int i = 0; i < any->bench.desc->n_ins; i++) {
		float level = levels[(int)rand_float(seed, 0.0f, 7.999f)];
		enum port_kind kind = any->bench.desc->ins[i].kind;

		if (rand_float(seed, 0.0f, 1.0f) < 0.1f)
			any->bench.ins[i] = NULL;
		for (int k = 0; k < N && kind != PORT_PITCH && kind != PORT_GATE; k++)
			any->ins[i][k] *= level;
	}
}

static void judge_set(const struct any_module *any, const v4f *out, unsigned seed, bool denormal)
{
	bool is_finite = judge_is_finite(out, N);
	double peak = 0.0;

	for (int k = 0; k < N_LANES; k++)
		peak = fmax(peak, judge_peak(out, k, N));
	if (peak > loudest && any->bench.desc->outs[0].kind == PORT_AUDIO) {
		loudest = peak;
		snprintf(loudest_at, sizeof(loudest_at), "%s, seed %u", any->bench.desc->key, seed);
	}
	if ((!is_finite || !(peak < LOUDEST) || denormal) && n_bad++ < 20)
		printf("\n    %s, seed %u: peak %g%s%s", any->bench.desc->key, seed, peak,
			is_finite ? "" : ", not finite", denormal ? ", denormal" : "");
	CU_ASSERT_TRUE(is_finite);
	CU_ASSERT_TRUE(peak < LOUDEST);
	CU_ASSERT_FALSE(denormal);
}

static void play_sets(const struct module_desc *desc, unsigned first, int n)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	static const int blocks[] = {16, 64, 100, 256};
	static v4f out[N];
	struct any_module any;

	any_module_open(&any, desc, rates_hz[first / SETS_A_STATE % 3], N);
	for (unsigned seed = first; seed < first + (unsigned)n; seed++) {
		unsigned mine = seed * 2654435761u + 1;

		any_module_fill(&any, mine, seed & 1);
		level_inputs(&any, &mine);
		if (seed % 4 == 0)
			any_module_play(&any, mine);
		denormals_watch();
		bench_render(&any.bench, out, N, blocks[seed / 2 % 4]);
		judge_set(&any, out, seed, denormals_seen());
	}
	any_module_close(&any);
}

static void any_set_is_harmless(void)
{
	int n_sets = getenv("CHRONUS_SOAK") ? N_LONG : N_SHORT;

	for (int m = 0; m < n_modules; m++) {
		for (int s = 0; s < n_sets; s += SETS_A_STATE)
			play_sets(modules[m], (unsigned)s, SETS_A_STATE);
	}
	printf("%d sets for each of %d modules ", n_sets, n_modules);
	CHECK_FIGURE("any parameters and sequences: loudest peak", "", loudest, LOUDEST);
	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n    the loudest: %s", loudest_at);
}

SUITE_MAIN("random", {"any set is harmless", any_set_is_harmless})
