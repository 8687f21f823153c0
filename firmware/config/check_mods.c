/* check_mods.c - the range that a sum of sources can have, as far as it is known for sure.
 * Tested by: unit/config/test_check_patch */
#include "config/check_mods.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/param_text.h"

enum { RANGE_DEPTH = 8 }; /* of modules behind one another; behind them anything may be */

struct range {
	double low, high;
};
static const struct range anything = {-HUGE_VAL, HUGE_VAL};

static struct range sum_range(const struct patch *patch, const struct patch_sum *sum, int depth);

static double value_of(const struct patch_module *module, const char *key)
{
	return (double)module->values[module_param_find(module->desc, key)];
}

/* An output that never leaves its range, whatever is plugged in. */
static struct range port_range(const struct module_desc *desc, int out)
{
	static const struct {
		const char *module, *out;
		struct range range;
	} known[] = {
		{"lfo", "out", {-1.0, 1.0}},
		{"lfo", "unipolar", {0.0, 1.0}},
		{"seq", "accent", {0.0, 1.0}},
		{"seq", "velocity", {0.0, 1.0}},
		{"euclid", "accent", {0.0, 1.0}},
		{"clock", "phase", {0.0, 1.0}},
		{"keys", "velocity", {0.0, 1.0}},
		{"keys", "pressure", {0.0, 1.0}},
		{"keys", "release", {0.0, 1.0}},
		{"keys", "mod", {0.0, 1.0}},
		{"keys", "volume", {0.0, 1.0}},
		{"keys", "expression", {0.0, 1.0}},
		{"keys", "pan", {-1.0, 1.0}},
	};

	if (desc->outs[out].kind == PORT_GATE)
		return (struct range){0.0, 1.0};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].module, desc->key) == 0 &&
			strcmp(known[i].out, desc->outs[out].key) == 0)
			return known[i].range;
	return anything;
}

static struct range out_range(const struct patch *patch, const struct patch_term *term, int depth)
{
	const struct patch_module *module = &patch->modules[term->module];
	const char *type = module->desc->key;
	struct range in;

	if (depth == 0)
		return anything;
	if (strcmp(type, "adsr") == 0 && !module->ins[module_in_find(module->desc, "in")].n_terms)
		return (struct range){0.0, 1.0};
	if (strcmp(type, "slew") == 0) { /* it begins at 0 */
		in = sum_range(patch, &module->ins[0], depth - 1);
		return (struct range){fmin(in.low, 0.0), fmax(in.high, 0.0)};
	}
	if (strcmp(type, "scale") == 0 && value_of(module, "scale") == 0.0 &&
		!module->mods[0].n_terms && !module->mods[1].n_terms) {
		double factor = value_of(module, "factor"), offset = value_of(module, "offset");

		in = sum_range(patch, &module->ins[0], depth - 1);
		return (struct range){offset + fmin(factor * in.low, factor * in.high),
			offset + fmax(factor * in.low, factor * in.high)};
	}
	return port_range(module->desc, term->out);
}

static struct range sum_range(const struct patch *patch, const struct patch_sum *sum, int depth)
{
	struct range all = {0.0, 0.0};

	for (int t = 0; t < sum->n_terms; t++) {
		const struct patch_term *term = &patch->terms[sum->first + t];
		struct range one = {1.0, 1.0};
		double gain = (double)term->gain;

		if (term->module != PATCH_CONSTANT && gain != 0.0)
			one = out_range(patch, term, depth);
		all.low += fmin(gain * one.low, gain * one.high);
		all.high += fmax(gain * one.low, gain * one.high);
	}
	return all;
}

void check_mods(const struct patch *patch, const struct patch_module *module, struct check *check)
{
	for (int p = 0; p < module->desc->n_params; p++) {
		const struct param_desc *param = &module->desc->params[p];
		struct range by = sum_range(patch, &module->mods[p], RANGE_DEPTH);
		double low = (double)module->values[p] + by.low;
		double high = (double)module->values[p] + by.high;
		char key[64], range[64];

		if (!module->mods[p].n_terms || (by.low == 0.0 && by.high == 0.0) ||
			!(low >= (double)param->max || high <= (double)param->min))
			continue;
		snprintf(key, sizeof(key), "%s.mod", param->key);
		param_range_text(param, range, sizeof(range));
		check_warn_key(check, patch, module, key,
			"[%s] %s: with it %s is out of range all the time (%.6g %+.6g..%+.6g; "
			"allowed: %s), so it stays at %.6g; turn %s %s, or the sum the other way",
			module->id, key, param->key, (double)module->values[p], by.low, by.high,
			range, low >= (double)param->max ? (double)param->max : (double)param->min,
			param->key, low >= (double)param->max ? "down" : "up");
	}
}
