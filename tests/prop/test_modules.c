/* test_modules.c - what every module must be, whatever it does: walks the registry. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f
#define LOUDEST 200.0 /* 4 inputs at 1, level 2 * 2, or a filter's Q of 25 on noise */

enum { N = 4096, N_SERIES = MODULE_MAX_PARAMS + MODULE_MAX_INS };

/* A module with something on every input and parameter; frees it all at the end. */
struct rig {
	struct bench bench;
	v4f *series[N_SERIES];
	int n_series;
};

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
		CU_ASSERT_TRUE(desc->init && desc->reset && desc->render);
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

static float rand_value(const struct param_desc *param, unsigned *seed)
{
	float norm = rand_float(seed, -0.2f, 1.2f); /* often at the very ends */

	return (float)param_from_norm(param, (double)norm);
}

/* Wanders between random values as a smoothed parameter does; choices jump, some are still. */
static void move_param(const struct param_desc *param, v4f *series, int n, unsigned *seed)
{
	float from = rand_value(param, seed), to = from;

	for (int i = 0; i < n; i++) {
		if (i % 512 == 0) {
			from = to;
			to = rand_value(param, seed);
		}
		series[i] = lanes_of(from + (to - from) * (float)(i % 512) / 512.0f);
		if (param->curve == CURVE_CHOICE)
			series[i] = lanes_of(from);
	}
}

static v4f *input_for(enum port_kind kind, unsigned *seed, int n)
{
	v4f *series = series_noise(*seed, 1.0f, n);

	for (int i = 0; i < n; i++) {
		if (kind == PORT_PITCH)
			series[i] = i % 300 ? series[i - 1] : series[i] * 60.0f + 64.0f;
		if (kind == PORT_GATE)
			series[i] = i % 200 ? series[i - 1]
					    : (v4f)((v4i)(series[i] > 0.0f) & (v4i)lanes_of(1.0f));
	}
	rand_float(seed, 0.0f, 1.0f);
	return series;
}

static v4f *rig_add(struct rig *rig, v4f *series)
{
	rig->series[rig->n_series++] = series;
	return series;
}

static void rig_open(struct rig *rig, const struct module_desc *desc, float rate_hz, unsigned seed,
	bool is_moving)
{
	*rig = (struct rig){0};
	bench_open(&rig->bench, desc->key, rate_hz);
	for (int p = 0; p < desc->n_params; p++) {
		rig->bench.values[p] = lanes_of(rand_value(&desc->params[p], &seed));
		if (!is_moving)
			continue;
		rig->bench.moving[p] = rig_add(rig, series_new(N));
		move_param(&desc->params[p], rig->series[rig->n_series - 1], N, &seed);
	}
	for (int i = 0; i < desc->n_ins; i++)
		rig->bench.ins[i] = rig_add(rig, input_for(desc->ins[i].kind, &seed, N));
	for (int l = 0; l < desc->n_lists; l++) {
		int n = 1 + (int)rand_float(&seed, 0.0f, LIST_MAX_ITEMS - 0.01f);

		rig->bench.lists[l].n = n;
		for (int i = 0; i < n; i++)
			rig->bench.items[l][i] =
				floorf(rand_float(&seed, desc->lists[l].min, desc->lists[l].max));
	}
	bench_tempo(&rig->bench, (double)rand_float(&seed, 20.0f, 4000.0f));
}

/* The same notes each time, for a module that is played: more than there are voices. */
static void rig_play(const struct rig *rig)
{
	unsigned seed = 77;

	for (int i = 0; i < 20 && rig->bench.desc->note; i++)
		rig->bench.desc->note(rig->bench.state, (int)rand_float(&seed, 0.0f, 127.9f),
			rand_float(&seed, -0.2f, 1.0f) > 0.0f ? 0.5f : 0.0f);
}

static void rig_close(struct rig *rig)
{
	bench_close(&rig->bench);
	for (int i = 0; i < rig->n_series; i++)
		free(rig->series[i]);
}

static void finite_and_bounded(void)
{
	static v4f out[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 200; seed++) {
			struct rig rig;

			rig_open(&rig, modules[m], RATE_HZ, seed, seed & 1);
			rig_play(&rig);
			bench_render(&rig.bench, out, N, 64);
			CU_ASSERT_TRUE(judge_is_finite(out, N));
			for (int k = 0; k < N_LANES; k++) {
				if (judge_peak(out, k, N) > LOUDEST)
					CHECK_BELOW(judge_peak(out, k, N), LOUDEST);
			}
			rig_close(&rig);
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
			struct rig rig;

			rig_open(&rig, modules[m], RATE_HZ, seed, seed & 1);
			for (int i = 0; i < modules[m]->n_ins; i++) {
				v4f *in = rig.series[rig.n_series - modules[m]->n_ins + i];

				for (int k = 0; k < N; k++)
					in[k] = lanes_of(
						k & 64 ? levels[seed % 4] : -levels[seed % 4]);
				if (seed > 8)
					rig.bench.ins[i] = NULL;
			}
			bench_render(&rig.bench, out, N, 64);
			CU_ASSERT_TRUE(judge_is_finite(out, N));
			rig_close(&rig);
		}
	}
}

static void blocks_do_not_matter(void)
{
	static const int blocks[] = {16, 64, 100};
	static v4f whole[N], split[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 20; seed++) {
			struct rig rig;
			double peak;

			rig_open(&rig, modules[m], RATE_HZ, seed, seed & 1);
			rig_play(&rig);
			bench_render(&rig.bench, whole, N, 256);
			peak = fmax(1.0, judge_peak(whole, 0, N));
			for (size_t b = 0; b < ARRAY_LEN(blocks); b++) {
				bench_reset(&rig.bench);
				rig_play(&rig);
				bench_render(&rig.bench, split, N, blocks[b]);
				CHECK_BELOW(judge_difference_db(whole, split, N) - judge_db(peak),
					-100.0);
			}
			rig_close(&rig);
		}
	}
}

static void reset_is_as_new(void)
{
	static v4f fresh[N], again[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 10; seed++) {
			struct rig rig;

			rig_open(&rig, modules[m], RATE_HZ, seed, seed & 1);
			rig_play(&rig);
			bench_render(&rig.bench, fresh, N, 64);
			bench_reset(&rig.bench);
			rig_play(&rig);
			bench_render(&rig.bench, again, N, 64);
			CU_ASSERT_EQUAL(memcmp(fresh, again, sizeof(fresh)), 0);
			rig_close(&rig);
		}
	}
}

/* What a commit relies on: state is bytes, and goes on anywhere else exactly as here. */
static void state_can_be_copied(void)
{
	static v4f here[N], there[N];

	for (int m = 0; m < n_modules; m++) {
		for (unsigned seed = 1; seed <= 10; seed++) {
			struct rig rig;
			struct bench copy;

			rig_open(&rig, modules[m], RATE_HZ, seed, seed & 1);
			rig_play(&rig);
			bench_render(&rig.bench, here, N / 2, 64);
			bench_copy(&copy, &rig.bench);
			bench_render(&rig.bench, here, N / 2, 64);
			bench_render(&copy, there, N / 2, 64);
			CU_ASSERT_EQUAL(memcmp(here, there, sizeof(*here) * N / 2), 0);
			bench_close(&copy);
			rig_close(&rig);
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
	{"finite and bounded", finite_and_bounded}, {"finite at extremes", finite_at_extremes},
	{"blocks do not matter", blocks_do_not_matter}, {"reset is as new", reset_is_as_new},
	{"state can be copied", state_can_be_copied},
	{"corners do not depend on the rate", corners_do_not_depend_on_the_rate},
	{"level jumps do not click", level_jumps_do_not_click})
