/* any_module.c - any module with anything on it. See any_module.h. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/any_module.h"

static float rand_value(const struct param_desc *param, unsigned *seed)
{
	float norm = rand_float(seed, -0.2f, 1.2f); /* often at the very ends */

	return (float)param_from_norm(param, (double)norm);
}

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

static void fill_input(enum port_kind kind, unsigned seed, v4f *series, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < N_LANES; k++)
			series[i][k] = rand_float(&seed, -1.0f, 1.0f);
		if (kind == PORT_PITCH)
			series[i] = i % 300 ? series[i - 1] : series[i] * 60.0f + 64.0f;
		if (kind == PORT_GATE)
			series[i] = i % 200 ? series[i - 1]
					    : (v4f)((v4i)(series[i] > 0.0f) & (v4i)lanes_of(1.0f));
	}
}

static void fill_list(struct any_module *any, int l, unsigned *seed)
{
	const struct list_desc *list = &any->bench.desc->lists[l];
	int n = 1 + (int)rand_float(seed, 0.0f, LIST_MAX_ITEMS - 0.01f);

	any->bench.lists[l].n = n;
	for (int i = 0; i < n; i++)
		any->bench.items[l][i] = floorf(rand_float(seed, list->min, list->max));
}

void any_module_open(
	struct any_module *any, const struct module_desc *desc, float rate_hz, int n_frames)
{
	*any = (struct any_module){.n = n_frames};
	bench_open(&any->bench, desc->key, rate_hz);
	for (int p = 0; p < desc->n_params; p++)
		any->params[p] = series_new(n_frames);
	for (int i = 0; i < desc->n_ins; i++)
		any->ins[i] = series_new(n_frames);
}

void any_module_close(struct any_module *any)
{
	bench_close(&any->bench);
	for (int p = 0; p < any->bench.desc->n_params; p++)
		free(any->params[p]);
	for (int i = 0; i < any->bench.desc->n_ins; i++)
		free(any->ins[i]);
}

void any_module_fill(struct any_module *any, unsigned seed, bool is_moving)
{
	const struct module_desc *desc = any->bench.desc;

	for (int p = 0; p < desc->n_params; p++) {
		any->bench.values[p] = lanes_of(rand_value(&desc->params[p], &seed));
		any->bench.moving[p] = is_moving ? any->params[p] : NULL;
		if (is_moving)
			move_param(&desc->params[p], any->params[p], any->n, &seed);
	}
	for (int i = 0; i < desc->n_ins; i++) {
		any->bench.ins[i] = any->ins[i];
		fill_input(desc->ins[i].kind, seed, any->ins[i], any->n);
		rand_float(&seed, 0.0f, 1.0f);
	}
	for (int l = 0; l < desc->n_lists; l++)
		fill_list(any, l, &seed);
	bench_tempo(&any->bench, (double)rand_float(&seed, 20.0f, 4000.0f));
	any->bench.at = 0;
}

void any_module_thin(struct any_module *any, unsigned seed)
{
	const struct module_desc *desc = any->bench.desc;

	for (int p = 0; p < desc->n_params; p++) {
		if (rand_float(&seed, 0.0f, 1.0f) < 0.5f)
			any->bench.values[p] = lanes_of(desc->params[p].def);
		if (rand_float(&seed, 0.0f, 1.0f) < 0.8f)
			any->bench.moving[p] = NULL;
	}
	for (int i = 0; i < desc->n_ins; i++) {
		bool is_still = rand_float(&seed, 0.0f, 1.0f) < 0.2f;

		if (rand_float(&seed, 0.0f, 1.0f) < 0.4f)
			any->bench.ins[i] = NULL;
		for (int k = 0; k < any->n; k++)
			any->ins[i][k] = lanes_of(any->ins[i][is_still ? 0 : k][0]);
	}
}

void any_module_play(const struct any_module *any, unsigned seed)
{
	const struct bench *bench = &any->bench;

	for (int i = 0; i < 20 && bench->desc->note; i++)
		bench->desc->note(bench->state, (int)rand_float(&seed, 0.0f, 127.9f),
			rand_float(&seed, -0.2f, 1.0f) > 0.0f ? 0.5f : 0.0f, 0);
}
