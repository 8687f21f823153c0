/* Every fast loop (firmware/modules/<name>_fast.c) equals the reference beside it: anything on the
 * module, rendered as the engine does, with the fast loop and without, in blocks of any size, at five
 * rates. The linker puts __wrap_<name>_fast() in the place of each (see the Makefile), so a new
 * file without a row here does not link. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/adsr.h"
#include "modules/registry.h"
#include "tests/support/any_module.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

enum { N = 1024, N_SEEDS = 300, NOTES_SEED = 77, N_TAKEN_LEAST = 100 };

static bool is_reference;

/* FAST(name, result, parameters, arguments): counts the calls in which it did the work. Modules'
 * states are of no interest here. */
#define FAST(NAME, RESULT, PARAMS, ARGS)                  \
	static long n_taken_by_##NAME;                    \
	RESULT __real_##NAME##_fast PARAMS;               \
	RESULT __wrap_##NAME##_fast PARAMS;               \
	RESULT __wrap_##NAME##_fast PARAMS                \
	{                                                 \
		RESULT done = 0;                          \
                                                          \
		if (!is_reference)                        \
			done = __real_##NAME##_fast ARGS; \
		n_taken_by_##NAME += done != 0;           \
		return done;                              \
	}

FAST(adsr, int, (void *state, const struct module_io *io, struct cable gate, int at),
	(state, io, gate, at))
FAST(delay, size_t, (void *state, const struct module_io *io, int kind), (state, io, kind))
FAST(lfo, bool, (void *state, const struct module_io *io), (state, io))
FAST(mix, int, (const struct module_io *io), (io))
FAST(osc, bool, (void *state, const struct module_io *io), (state, io))
FAST(osc_wave, bool, (int shape, const void *stretch, void *overlap, v4f *out),
	(shape, stretch, overlap, out))
FAST(sum, bool, (const struct module_io *io), (io))
FAST(svf, bool, (void *state, const struct module_io *io), (state, io))
FAST(vca, bool, (const struct module_io *io), (io))

static const struct {
	const char *name, *module;
	const long *n_taken;
} rows[] = {
	{"adsr", "adsr", &n_taken_by_adsr},
	{"delay", "delay", &n_taken_by_delay},
	{"lfo", "lfo", &n_taken_by_lfo},
	{"mix", "mix", &n_taken_by_mix},
	{"osc", "osc", &n_taken_by_osc},
	{"osc_wave", "osc", &n_taken_by_osc_wave},
	{"sum", "sum", &n_taken_by_sum},
	{"svf", "svf", &n_taken_by_svf},
	{"vca", "vca", &n_taken_by_vca},
};

static void every_file_has_a_row(void)
{
	glob_t found;

	CU_ASSERT_EQUAL_FATAL(glob("firmware/modules/*_fast.c", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		bool is_there = false;
		char path[100];

		for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
			snprintf(path, sizeof(path), "firmware/modules/%s_fast.c", rows[r].name);
			is_there = is_there || strcmp(path, found.gl_pathv[i]) == 0;
		}
		if (!is_there)
			printf("\n    %s has no row in rows[]", found.gl_pathv[i]);
		CU_ASSERT_TRUE(is_there);
	}
	CU_ASSERT_EQUAL(found.gl_pathc, ARRAY_LEN(rows));
	globfree(&found);
}

static void render(struct any_module *any, bool as_reference, bool is_cycle, v4f *out, int block)
{
	is_reference = as_reference;
	bench_reset(&any->bench);
	any_module_play(any, NOTES_SEED);
	if (is_cycle)
		bench_render_cycle(&any->bench, out, N, block);
	else
		bench_render(&any->bench, out, N, block);
	is_reference = false;
}

/* In half of the seeds only the first port, or the first two, are plugged, if they are audio. */
static void unplug(struct any_module *any, unsigned seed)
{
	int n_kept = seed % 4 == 1 ? 2 : 1;

	for (int i = 0; seed % 4 < 2 && i < any->bench.desc->n_ins; i++) {
		if (i >= n_kept || any->bench.desc->ins[i].kind != PORT_AUDIO)
			any->bench.ins[i] = NULL;
	}
}

static void check(const struct module_desc *desc, unsigned seed)
{
	static const float rates_hz[] = {48000.0f, 44100.0f, 96000.0f, 8000.0f, 192000.0f};
	static const int blocks[] = {64, 16, 100, 256};
	static v4f plain[N], fast[N];
	int block = blocks[seed / 2 % 4];
	bool is_cycle = desc->emit && seed % 3 == 0;
	struct any_module any;
	double off_db;

	any_module_open(&any, desc, rates_hz[seed % 5], N);
	any_module_fill(&any, seed, true);
	any_module_thin(&any, seed * 7 + 1);
	unplug(&any, seed);
	any.bench.is_as_engine = true;
	any.bench.is_lone = seed & 1;
	render(&any, true, is_cycle, plain, block);
	render(&any, false, is_cycle, fast, block);
	off_db = judge_difference_db(plain, fast, N) - judge_db(fmax(1.0, judge_peak(plain, 0, N)));
	if (off_db > -100.0)
		printf("\n    %s, seed %u", desc->key, seed);
	CHECK_FIGURE("a fast loop, to its reference", "dB", off_db, -100.0);
	any_module_close(&any);
}

static void fast_equals_reference(void)
{
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		long before = *rows[r].n_taken;

		if (strcmp(rows[r].module, "mix") == 0)
			continue; /* needs groups of voices: below */
		for (unsigned seed = 1; seed <= N_SEEDS; seed++)
			check(module_find(rows[r].module), seed);
		if (*rows[r].n_taken - before < N_TAKEN_LEAST)
			printf("\n    %s: taken %ld times", rows[r].name,
				*rows[r].n_taken - before);
		CU_ASSERT_TRUE(*rows[r].n_taken - before >= N_TAKEN_LEAST);
	}
}

/* 1 to 5 groups of voices at any level, spread and place. */
static void pairs_of_groups(void)
{
	enum { FRAMES = 64, MAX_GROUPS = 5 };
	static v4f in[MAX_GROUPS][FRAMES], out[2][FRAMES];
	const struct module_desc *mix = module_find("mix");
	unsigned seed = 1;

	for (int g = 0; g < MAX_GROUPS; g++) {
		for (int i = 0; i < FRAMES; i++)
			for (int k = 0; k < N_LANES; k++)
				in[g][i][k] = (float)(rand_r(&seed) % 2001 - 1000) * 1e-3f;
	}
	for (int round = 0; round < 100; round++) {
		struct transport transport = {0.0, 1e-5, 0};
		struct cable params[3], ins[] = {{in[0], 1, FRAMES}};
		uint32_t constant_outs = 0;
		v4f values[3];
		long before = n_taken_by_mix;
		int n_groups = round % MAX_GROUPS + 1;

		for (int p = 0; p < 3; p++) {
			double norm = (double)(rand_r(&seed) % 1001) * 1e-3;

			values[p] = lanes_of((float)param_from_norm(&mix->params[p], norm));
			params[p] = cable_of(&values[p], 0);
		}
		for (int way = 0; way < 2; way++) {
			v4f *outs[] = {out[way]};
			struct module_io io = {
				.params = params,
				.ins = ins,
				.outs = outs,
				.n_frames = FRAMES,
				.rate_hz = 48000.0f,
				.transport = &transport,
				.constant_outs = &constant_outs,
				.n_voices = n_groups * N_LANES - 1,
				.n_groups = n_groups,
			};

			is_reference = way == 0;
			mix->render(NULL, &io);
		}
		is_reference = false;
		CU_ASSERT_EQUAL(n_taken_by_mix - before, n_groups > 1);
		CHECK_FIGURE("a fast loop, to its reference", "dB",
			judge_difference_db(out[0], out[1], FRAMES), -100.0);
	}
}

SUITE_MAIN("fast", {"every file has a row", every_file_has_a_row},
	{"fast equals reference", fast_equals_reference}, {"pairs of groups", pairs_of_groups})
