/* Tested by: unit/config/test_patch_read */
#include "config/patch_key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/param_text.h"
#include "config/patch_read.h"
#include "config/sum_read.h"
#include "dsp/list_text.h"

/* The length of key without the unit it ends with, and without the rest of a longer word. */
static size_t stem_length(const char *key)
{
	static const char *const units[] = {"hz", "khz", "ms", "s", "sec", "us", "db", "cents",
		"norm", "percent", "pct", "bpm", "semis"};
	const char *last = strrchr(key, '_');

	for (size_t i = 0; last && i < ARRAY_LEN(units); i++)
		if (strcmp(last + 1, units[i]) == 0)
			return (size_t)(last - key);
	return strlen(key);
}

/* attack, attack_s and attack_sec all mean attack_ms. NULL: no parameter is meant. */
static const struct param_desc *param_meant(const struct module_desc *desc, const char *key)
{
	size_t n_stem = stem_length(key);

	for (int i = 0; i < desc->n_params; i++) {
		const struct param_desc *param = &desc->params[i];

		if (stem_length(param->key) == n_stem && strncmp(param->key, key, n_stem) == 0)
			return param;
	}
	return NULL;
}

static int key_unknown(const struct module_desc *desc, const char *key, struct diag *diag)
{
	const struct param_desc *param = param_meant(desc, key);
	struct text_names names;
	char range[64];
	int meant;

	text_names_begin(&names, key);
	for (int i = 0; i < desc->n_params; i++)
		text_names_add(&names, desc->params[i].key);
	for (int i = 0; i < desc->n_ins; i++)
		text_names_add(&names, desc->ins[i].key);
	for (int i = 0; i < desc->n_lists; i++)
		text_names_add(&names, desc->lists[i].key);
	if (!param && (meant = module_param_find(desc, names.nearest)) >= 0)
		param = &desc->params[meant];
	if (!param || param->curve == CURVE_CHOICE)
		return diag_set(diag, -ENOENT, "unknown key for a module of type %s" TEXT_HINT,
			desc->key, TEXT_HINT_ARGS(&names));
	param_range_text(param, range, sizeof(range));
	return diag_set(diag, -ENOENT,
		"unknown key for a module of type %s (did you mean %s (%s)?); allowed: %s",
		desc->key, param->key, range, names.list);
}

/* NAME.mod */
static int mod_apply(
	struct patch *patch, int module_idx, const char *key, const char *text, struct diag *diag)
{
	struct patch_module *module = &patch->modules[module_idx];
	const char *dot = strchr(key, '.');
	char name[64];
	int param;

	snprintf(name, sizeof(name), "%.*s", (int)(dot - key), key);
	if (strcmp(dot, ".mod") != 0)
		return diag_set(
			diag, -ENOENT, "unknown key; allowed after a parameter: %.40s.mod", name);
	param = module_param_find(module->desc, name);
	if (param < 0 && module_in_find(module->desc, name) >= 0)
		return diag_set(
			diag, -EINVAL, "%s is a port; allowed: %s = a sum of sources", name, name);
	if (param < 0)
		return key_unknown(module->desc, name, diag);
	if (module->desc->params[param].curve == CURVE_CHOICE)
		return diag_set(diag, -EINVAL, "%s is a choice of names and takes no .mod", name);
	return sum_read(patch, &module->mods[param], text, false, diag);
}

static int list_apply(struct patch *patch, struct patch_module *module, int list, const char *text,
	struct diag *diag)
{
	float items[LIST_MAX_ITEMS];
	int n = list_read(&module->desc->lists[list], text, items, diag);

	if (n < 0)
		return n;
	if (patch_set_list(patch, module, list, items, n) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	return 0;
}

/* The input of a slew, say, is a pitch where one is plugged in. */
static bool carries_pitch(const struct port_desc *port)
{
	return port->kind == PORT_PITCH ||
	       (port->kind == PORT_CONTROL && strcmp(port->key, "in") == 0);
}

/* A word of text is a module's name. */
static bool names_module(const struct patch *patch, const char *text)
{
	char id[PATCH_ID_BYTES];

	while (*text) {
		size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

		snprintf(id, sizeof(id), "%.*s", (int)n, text);
		if (n && patch_find(patch, id) >= 0)
			return true;
		text += n ? n : 1;
	}
	return false;
}

int patch_key_apply(
	struct patch *patch, int module_idx, const char *key, const char *text, struct diag *diag)
{
	struct patch_module *module = &patch->modules[module_idx];
	const struct module_desc *desc = module->desc;
	int param = module_param_find(desc, key), in = module_in_find(desc, key), err;
	int list = module_list_find(desc, key);

	if (strchr(key, '.'))
		return mod_apply(patch, module_idx, key, text, diag);
	if (list >= 0)
		return list_apply(patch, module, list, text, diag);
	if (param < 0 && in < 0)
		return key_unknown(desc, key, diag);
	if (param < 0)
		return sum_read(patch, &module->ins[in], text, carries_pitch(&desc->ins[in]), diag);
	err = param_value_read(&desc->params[param], text, &module->values[param], diag);
	if (err && desc->params[param].curve != CURVE_CHOICE && names_module(patch, text))
		return diag_set(
			diag, err, "a number is written here; a source goes to %s.mod", key);
	return err;
}
