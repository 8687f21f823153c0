/* turned.c - what was turned in a patch: to lines of text and back, and on into a newer reading of the
 * same file.
 * Tested by: unit/control/test_recall */
#include "control/turned.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "dsp/list_text.h"

bool turned_is_any(const struct patch *patch)
{
	for (int m = 0; m < patch->n_modules; m++)
		if (patch->modules[m].touched || patch->modules[m].touched_lists)
			return true;
	return false;
}

/* ---- writing */
static void put_param(
	FILE *to, const char *word, const char *id, const struct param_desc *param, float value)
{
	if (param->curve == CURVE_CHOICE)
		fprintf(to, "%s %s.%s %s\n", word, id, param->key, param->choices[(int)value]);
	else
		fprintf(to, "%s %s.%s %.9g\n", word, id, param->key, (double)value);
}

static void put_list(FILE *to, const struct patch *patch, const struct patch_module *module, int l)
{
	const struct list_desc *list = &module->desc->lists[l];
	const struct patch_list *run = &module->lists[l];
	char text[LIST_TEXT_BYTES];

	fprintf(to, "written %s.%s %016" PRIx64 "\nlist %s.%s %s\n", module->id, list->key,
		module->written_lists[l], module->id, list->key,
		list_write(list, patch->items + run->first, run->n, text));
}

void turned_put(FILE *to, const struct patch *patch)
{
	for (int m = 0; m < patch->n_modules; m++) {
		const struct patch_module *module = &patch->modules[m];

		for (int p = 0; p < module->desc->n_params; p++) {
			if (!(module->touched >> p & 1))
				continue;
			put_param(to, "written", module->id, &module->desc->params[p],
				module->written[p]);
			put_param(to, "value", module->id, &module->desc->params[p],
				module->values[p]);
		}
		for (int l = 0; l < module->desc->n_lists; l++)
			if (module->touched_lists >> l & 1)
				put_list(to, patch, module, l);
	}
}

/* ---- reading */
static bool is_same(float a, float b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static int read_value(struct patch *patch, const char *target, const char *text, struct diag *diag)
{
	struct patch_module *module;
	struct diag why;
	int m, p;
	float value;
	int err = target_find_param(patch, target, &m, &p, diag);

	if (err < 0)
		return err;
	module = &patch->modules[m];
	err = param_value_read(&module->desc->params[p], text, &value, &why);
	if (err < 0)
		return diag_set(diag, err, "%s: %.300s", target, why.text);
	module->values[p] = value;
	module->touched |= 1u << p;
	return 0;
}

static int read_list(struct patch *patch, const char *target, const char *text, struct diag *diag)
{
	float items[LIST_MAX_ITEMS];
	struct patch_module *module;
	struct diag why;
	int m, l = target_find_list(patch, target, &m), n;

	if (l < 0)
		return diag_set(
			diag, -ENOENT, "%s: patch \"%s\" has no such list", target, patch->name);
	module = &patch->modules[m];
	n = list_read(&module->desc->lists[l], text, items, &why);
	if (n < 0 || patch_set_list(patch, module, l, items, n) < 0)
		return diag_set(
			diag, -EINVAL, "%s: %.300s", target, n < 0 ? why.text : "out of memory");
	module->touched_lists |= 1u << l;
	return 0;
}

/* One that cannot be read is another one than there is now. */
static bool is_as_written(const struct patch *patch, const char *target, const char *text)
{
	struct diag ignored;
	float value;
	int m, i = target_find_list(patch, target, &m);

	if (i >= 0)
		return patch->modules[m].written_lists[i] == strtoull(text, NULL, 16);
	if (target_find_param(patch, target, &m, &i, &ignored) < 0)
		return true; /* the value's own line says so */
	return param_value_read(&patch->modules[m].desc->params[i], text, &value, &ignored) == 0 &&
	       is_same(patch->modules[m].written[i], value);
}

int turned_read(struct turned_reader *reader, char *line, struct diag *diag)
{
	char *text = line, *what = strsep(&text, " "), *target = text ? strsep(&text, " ") : NULL;
	bool is_value = strcmp(what, "value") == 0, is_list = strcmp(what, "list") == 0;

	if (!text)
		return 0;
	if (strcmp(what, "written") == 0) {
		reader->edited[0] = '\0';
		if (!is_as_written(reader->patch, target, text))
			snprintf(reader->edited, sizeof(reader->edited), "%s", target);
		return 0;
	}
	if ((is_value || is_list) && strcmp(target, reader->edited) == 0)
		return TURNED_IS_EDITED;
	if (is_value)
		return read_value(reader->patch, target, text, diag);
	return is_list ? read_list(reader->patch, target, text, diag) : 0;
}

/* ---- going on */
static int lists_go_on(struct patch *to, struct patch_module *module, const struct patch *from,
	const struct patch_module *before)
{
	int err = 0;

	for (int l = 0; l < module->desc->n_lists && !err; l++) {
		const struct patch_list *list = &before->lists[l];

		if (!(before->touched_lists >> l & 1) ||
			before->written_lists[l] != module->written_lists[l])
			continue;
		err = patch_set_list(to, module, l, from->items + list->first, list->n);
		module->touched_lists |= 1u << l;
	}
	return err;
}

int turned_go_on(struct patch *to, const struct patch *from)
{
	int err = 0;

	for (int m = 0; m < to->n_modules && !err; m++) {
		struct patch_module *module = &to->modules[m];
		int other = patch_find_ref(from, module_ref_of(module));
		const struct patch_module *before = other < 0 ? NULL : &from->modules[other];

		for (int p = 0; before && p < module->desc->n_params; p++) {
			if (!(before->touched >> p & 1) ||
				!is_same(before->written[p], module->written[p]))
				continue;
			module->values[p] = before->values[p];
			module->touched |= 1u << p;
		}
		if (before)
			err = lists_go_on(to, module, from, before);
	}
	return err;
}

/* ---- a file that got them */
static int lists_note_saved(struct patch *patch, struct patch_module *module,
	const struct patch *file, const struct patch_module *saved)
{
	int err = 0;

	for (int l = 0; l < module->desc->n_lists && !err; l++) {
		const struct patch_list *list = &saved->lists[l];

		module->written_lists[l] = saved->written_lists[l];
		if (!(module->touched_lists >> l & 1) && list->n)
			err = patch_set_list(patch, module, l, file->items + list->first, list->n);
	}
	return err;
}

int turned_note_saved(struct patch *patch, const struct patch *file)
{
	int err = 0;

	for (int m = 0; m < patch->n_modules && !err; m++) {
		struct patch_module *module = &patch->modules[m];
		int other = patch_find_ref(file, module_ref_of(module));
		const struct patch_module *saved = other < 0 ? NULL : &file->modules[other];

		for (int p = 0; saved && p < module->desc->n_params; p++) {
			module->written[p] = saved->written[p];
			if (!(module->touched >> p & 1))
				module->values[p] = saved->written[p];
		}
		if (saved)
			err = lists_note_saved(patch, module, file, saved);
	}
	if (!err)
		patch_share_source(patch, file);
	return err;
}
