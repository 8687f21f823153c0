/* Tested by: unit/control/test_action */
#include "config/target_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/patch_read.h"

/* The module before the dot; *key is what stands behind it. -EINVAL: there is no such dot. */
static int split(
	const struct patch *patch, const char *target, const char **key, char id[PATCH_ID_BYTES])
{
	const char *dot = strchr(target, '.');

	if (!dot || dot == target || dot - target >= PATCH_ID_BYTES)
		return -EINVAL;
	snprintf(id, PATCH_ID_BYTES, "%.*s", (int)(dot - target), target);
	*key = dot + 1;
	return patch_find(patch, id);
}

static int refuse_key(
	const char *target, const char *key, const struct module_desc *desc, struct diag *diag)
{
	char keys[200] = "";

	for (int i = 0; i < desc->n_params; i++)
		snprintf(keys + strlen(keys), sizeof(keys) - strlen(keys), " %s",
			desc->params[i].key);
	return diag_set(diag, -ENOENT, "%s: %s has no parameter %s; it has%s", target, desc->key,
		key, keys);
}

int target_find_param(
	const struct patch *patch, const char *target, int *module, int *param, struct diag *diag)
{
	const char *key;
	char id[PATCH_ID_BYTES];
	int m = split(patch, target, &key, id), p;

	if (m == -EINVAL)
		return diag_set(
			diag, m, "%s: expected MODULE.PARAM, such as filter1.cutoff_hz", target);
	if (m < 0)
		return diag_set(
			diag, m, "%s: patch \"%s\" has no module %s", target, patch->name, id);
	p = module_param_find(patch->modules[m].desc, key);
	if (p < 0)
		return refuse_key(target, key, patch->modules[m].desc, diag);
	*module = m;
	*param = p;
	return 0;
}

int target_find_list(const struct patch *patch, const char *target, int *module)
{
	const char *key;
	char id[PATCH_ID_BYTES];

	*module = split(patch, target, &key, id);
	return *module < 0 ? -ENOENT : module_list_find(patch->modules[*module].desc, key);
}

int target_read_value(const struct patch *patch, const char *target, const char *text, int *module,
	int *param, float *value, struct diag *diag)
{
	int err = target_find_param(patch, target, module, param, diag);
	struct diag why;

	if (err < 0)
		return err;
	err = param_value_read(&patch->modules[*module].desc->params[*param], text, value, &why);
	return err < 0 ? diag_set(diag, err, "%s: %.300s", target, why.text) : 0;
}
