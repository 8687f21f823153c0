/* module.c - lookups in a descriptor's tables, and a parameter's curve. See module.h.
 * Tested by: unit/modules/test_registry */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "dsp/module.h"

static const char *const unit_names[] = {
	[UNIT_NONE] = "",
	[UNIT_HZ] = "Hz",
	[UNIT_MS] = "ms",
	[UNIT_NORM] = "",
	[UNIT_DB] = "dB",
	[UNIT_SEMIS] = "semitones",
	[UNIT_BPM] = "bpm",
	[UNIT_CHOICE] = "",
};
_Static_assert(ARRAY_LEN(unit_names) == N_UNITS, "one name per unit");

const char *unit_name(enum unit unit)
{
	return unit_names[unit];
}

void module_init(const struct module_desc *desc, void *state, float rate_hz)
{
	memset(state, 0, desc->state_bytes);
	if (desc->init)
		desc->init(state, rate_hz);
	module_reset(desc, state);
}

int module_param_find(const struct module_desc *desc, const char *key)
{
	for (int i = 0; i < desc->n_params; i++) {
		if (strcmp(desc->params[i].key, key) == 0)
			return i;
	}
	return -ENOENT;
}

static int port_find(const struct port_desc *ports, int n_ports, const char *key)
{
	for (int i = 0; i < n_ports; i++) {
		if (strcmp(ports[i].key, key) == 0)
			return i;
	}
	return -ENOENT;
}

int module_in_find(const struct module_desc *desc, const char *key)
{
	return port_find(desc->ins, desc->n_ins, key);
}

int module_out_find(const struct module_desc *desc, const char *key)
{
	return port_find(desc->outs, desc->n_outs, key);
}

int module_list_find(const struct module_desc *desc, const char *key)
{
	for (int i = 0; i < desc->n_lists; i++) {
		if (strcmp(desc->lists[i].key, key) == 0)
			return i;
	}
	return -ENOENT;
}

double param_to_norm(const struct param_desc *param, double value)
{
	double min = (double)param->min, max = (double)param->max;
	double clamped = double_clamp(value, min, max);

	if (param->curve == CURVE_EXP)
		return log(clamped / min) / log(max / min);
	return (clamped - min) / (max - min);
}

double param_from_norm(const struct param_desc *param, double norm)
{
	double min = (double)param->min, max = (double)param->max;
	double at = double_clamp(norm, 0.0, 1.0);

	switch (param->curve) {
	case CURVE_EXP:
		return double_clamp(min * pow(max / min, at), min, max);
	case CURVE_CHOICE:
		return round(min + (max - min) * at);
	case CURVE_LINEAR:
		break;
	}
	return min + (max - min) * at;
}
