/* test_modules.c - what every module must be, whatever it does: walks the registry. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/registry.h"
#include "tests/support/any_module.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f
#define LOUDEST 200.0 /* 4 inputs at 1, level 2 * 2, or a filter's Q of 25 on noise */

enum { N = 4096, NOTES_SEED = 77 };

/* lower case, digits and _; a choice also has / */
static bool is_key(const char *key, bool is_choice)
{
	if (!*key)
		return false;
	for (; *key; key++) {
		if (!islower((unsigned char)*key) && !isdigit((unsigned char)*key) && *key != '_' &&
			!(is_choice && *key == '/'))
			return false;
	}
	return true;
}

static void check_param(const struct module_desc *desc, int p)
{
	const struct param_desc *param = &desc->params[p];

	CU_ASSERT_TRUE(is_key(param->key, false));
	CU_ASSERT_EQUAL(module_param_find(desc, param->key), p); /* unique */
	CU_ASSERT_EQUAL(module_in_find(desc, param->key), -2);   /* not a port's name either */
	CU_ASSERT_TRUE(param->label && *param->label);
	CU_ASSERT_TRUE(param->min < param->max);
	CU_ASSERT_TRUE(param->def >= param->min && param->def <= param->max);
	CU_ASSERT_TRUE(param->smooth_ms >= 0.0f && param->smooth_ms < 1000.0f);
	CU_ASSERT_TRUE(param->curve != CURVE_EXP || param->min > 0.0f);
	CU_ASSERT_EQUAL(param->curve == CURVE_CHOICE, param->choices != NULL);
	CU_ASSERT_EQUAL(param->curve == CURVE_CHOICE, param->unit == UNIT_CHOICE);
	for (int c = 0; param->choices && c <= (int)param->max; c++)
		CU_ASSERT_TRUE(param->choices[c] && is_key(param->choices[c], true));
}

static void descriptors_are_sound(void)
{
	for (int m = 0; m < n_modules; m++) {
		const struct module_desc *desc = modules[m];

		CU_ASSERT_TRUE(is_key(desc->key, false));
		CU_ASSERT_PTR_EQUAL(module_find(desc->key), desc);
		CU_ASSERT_TRUE(desc->purpose && *desc->purpose);
		CU_ASSERT_TRUE(
			desc->n_params <= MODULE_MAX_PARAMS && desc->n_ins <= MODULE_MAX_INS);
		CU_ASSERT_TRUE(desc->n_outs >= 1 && desc->n_outs <= MODULE_MAX_OUTS);
		CU_ASSERT_EQUAL(desc->state_bytes % 16, 0);
		CU_ASSERT_PTR_NOT_NULL(desc->render);
		CU_ASSERT_TRUE(desc->reset || !desc->init); /* else zeros would follow */
		CU_ASSERT_EQUAL(desc->emit != NULL, desc->absorb != NULL);
		for (int p = 0; p < desc->n_params; p++)
			check_param(desc, p);
		for (int p = 0; p < desc->n_ins; p++) {
			CU_ASSERT_TRUE(is_key(desc->ins[p].key, false));
			CU_ASSERT_EQUAL(module_in_find(desc, desc->ins[p].key), p);
		}
		for (int p = 0; p < desc->n_outs; p++)
			CU_ASSERT_EQUAL(module_out_find(desc, desc->outs[p].key), p);
	}
}

static void open(struct any_module *any, int m, unsigned seed)
{
	any_module_open(any, modules[m], RATE_HZ, N);
	any_module_fill(any, seed, seed & 1);
}

static void finite_and_bounded(void)
{
	static v4f out[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 200; seed++) {
			struct any_module any;

			open(&any, m, seed);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, out, N, 64);
			CU_ASSERT_TRUE(judge_is_finite(out, N));
			for (int k = 0; k < N_LANES; k++) {
				if (judge_peak(out, k, N) > LOUDEST)
					CHECK_BELOW(judge_peak(out, k, N), LOUDEST);
			}
			any_module_close(&any);
		}
	}
}

/* The slowest and the fastest rate that chronus.ini may name: lines of a few frames, and of the
 * longest. */
static void any_rate_is_harmless(void)
{
	static const float rates_hz[] = {8000.0f, 11025.0f, 192000.0f};
	static v4f out[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 60; seed++) {
			unsigned n_failed = CU_get_number_of_failures();
			struct any_module any;

			any_module_open(&any, modules[m], rates_hz[seed % 3], N);
			any_module_fill(&any, seed, seed & 4);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, out, N, 64);
			CU_ASSERT_TRUE(judge_is_finite(out, N));
			CU_ASSERT_TRUE(judge_peak(out, 0, N) < LOUDEST);
			if (CU_get_number_of_failures() > n_failed)
				printf("\n    %s, seed %u", modules[m]->key, seed);
			any_module_close(&any);
		}
	}
}

/* Inputs as loud as floats may sensibly be, of either sign, and none at all. */
static void finite_at_extremes(void)
{
	static const float levels[] = {0.0f, 1e-30f, 1e6f, -1e6f};
	static v4f out[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 16; seed++) {
			struct any_module any;

			open(&any, m, seed);
			for (int i = 0; i < modules[m]->n_ins; i++) {
				v4f *in = any.ins[i];

				for (int k = 0; k < N; k++)
					in[k] = lanes_of(
						k & 64 ? levels[seed % 4] : -levels[seed % 4]);
				if (seed > 8)
					any.bench.ins[i] = NULL;
			}
			bench_render(&any.bench, out, N, 64);
			CU_ASSERT_TRUE(judge_is_finite(out, N));
			any_module_close(&any);
		}
	}
}

static void blocks_do_not_matter(void)
{
	static const int blocks[] = {16, 64, 100};
	static v4f whole[N], split[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 20; seed++) {
			struct any_module any;
			double peak;

			open(&any, m, seed);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, whole, N, 256);
			peak = fmax(1.0, judge_peak(whole, 0, N));
			for (size_t b = 0; b < ARRAY_LEN(blocks); b++) {
				bench_reset(&any.bench);
				any_module_play(&any, NOTES_SEED);
				bench_render(&any.bench, split, N, blocks[b]);
				CHECK_BELOW(judge_difference_db(whole, split, N) - judge_db(peak),
					-100.0);
			}
			any_module_close(&any);
		}
	}
}

/* One voice alone, cables that stand still, outputs that are kept and loops that go on are there
 * for speed: what is heard is the same without them, in blocks of any size, at any rate. */
static void short_ways_do_not_matter(void)
{
	static const float rates_hz[] = {48000.0f, 44100.0f, 96000.0f, 8000.0f, 192000.0f};
	static const int blocks[] = {64, 16, 100, 256};
	static v4f plain[N], fast[N];
	enum { SHORT = 1024 };

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 300; seed++) {
			struct any_module any;
			double off_db;

			any_module_open(&any, modules[m], rates_hz[seed % 5], SHORT);
			any_module_fill(&any, seed, true);
			any_module_thin(&any, seed * 7 + 1);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, plain, SHORT, 64);
			bench_reset(&any.bench);
			any_module_play(&any, NOTES_SEED);
			any.bench.is_lone = seed & 1;
			any.bench.is_as_engine = true;
			bench_render(&any.bench, fast, SHORT, blocks[seed / 2 % 4]);
			off_db = judge_difference_db(plain, fast, SHORT) -
				 judge_db(fmax(1.0, judge_peak(plain, 0, SHORT)));
			if (off_db > -100.0)
				printf("\n    %s, seed %u", modules[m]->key, seed);
			CHECK_FIGURE(
				"a lone voice and what stands still, to any", "dB", off_db, -100.0);
			any_module_close(&any);
		}
	}
}

static void reset_is_as_new(void)
{
	static v4f fresh[N], again[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 10; seed++) {
			struct any_module any;

			open(&any, m, seed);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, fresh, N, 64);
			bench_reset(&any.bench);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, again, N, 64);
			CU_ASSERT_EQUAL(memcmp(fresh, again, sizeof(fresh)), 0);
			any_module_close(&any);
		}
	}
}

/* What a commit relies on: state is bytes, and goes on anywhere else exactly as here. */
static void state_can_be_copied(void)
{
	static v4f here[N], there[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 10; seed++) {
			struct any_module any;
			struct bench copy;

			open(&any, m, seed);
			any_module_play(&any, NOTES_SEED);
			bench_render(&any.bench, here, N / 2, 64);
			bench_copy(&copy, &any.bench);
			bench_render(&any.bench, here, N / 2, 64);
			bench_render(&copy, there, N / 2, 64);
			CU_ASSERT_EQUAL(memcmp(here, there, sizeof(*here) * N / 2), 0);
			bench_close(&copy);
			any_module_close(&any);
		}
	}
}

/* The cutoff of every filter mode is where it says, at every rate: the gain there is Q. */
static void corners_do_not_depend_on_the_rate(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	enum { LONG = 32768 };
	v4f *out = series_new(LONG);

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (int mode = 0; mode < 2; mode++) {
			double rate_hz = (double)rates_hz[r];
			v4f *in = series_sine(1000.0, rate_hz, 1.0f, LONG);
			struct bench svf;
			double gain_db;

			bench_open(&svf, "svf", rates_hz[r]);
			bench_set(&svf, "mode", (float)mode);
			bench_set(&svf, "resonance", 0.0f);
			bench_plug(&svf, "in", in);
			bench_render(&svf, out, LONG, 64);
			gain_db = judge_db(judge_amplitude(out, 0, LONG, 1000.0 / rate_hz));
			CHECK_BELOW(fabs(gain_db - judge_db(0.5)), 0.1);
			bench_close(&svf);
			free(in);
		}
	}
	free(out);
}

/* A level that jumps from .1 to 1 is smoothed by the engine's ramp: as good as a clean signal. */
static void level_jumps_do_not_click(void)
{
	static const int blocks[] = {16, 64, 256};
	enum { LONG = 9600 };
	v4f *level = series_new(LONG), *out = series_new(LONG);
	double clean = 2.0 * sin(M_PI * 440.0 / 48000.0);

	for (size_t b = 0; b < ARRAY_LEN(blocks); b++) {
		for (int jump = 2048; jump < 2048 + 256; jump += 16) {
			struct bench osc;

			bench_open(&osc, "osc", RATE_HZ);
			for (int i = 0; i < LONG; i++) {
				float part = (float)(i + 1 - jump) / 240.0f;

				level[i] = lanes_of(0.1f + 0.9f * fminf(fmaxf(part, 0.0f), 1.0f));
			}
			bench_move(&osc, "level", level);
			bench_render(&osc, out, LONG, blocks[b]);
			CHECK_BELOW(judge_max_step(out, 0, LONG), 1.1 * clean);
			bench_close(&osc);
		}
	}
	free(level);
	free(out);
}

SUITE_MAIN("modules", {"descriptors are sound", descriptors_are_sound},
	{"finite and bounded", finite_and_bounded}, {"any rate is harmless", any_rate_is_harmless},
	{"finite at extremes", finite_at_extremes}, {"blocks do not matter", blocks_do_not_matter},
	{"short ways do not matter", short_ways_do_not_matter},
	{"reset is as new", reset_is_as_new}, {"state can be copied", state_can_be_copied},
	{"corners do not depend on the rate", corners_do_not_depend_on_the_rate},
	{"level jumps do not click", level_jumps_do_not_click})
