/* patch_read.c - two passes: the first finds the modules and keeps the other lines, the second
 * reads those, so that a cable may come from a module further down. */
#include "config/patch_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "config/ini_lines.h"
#include "config/ini_text.h"
#include "config/patch_key.h"
#include "config/sum_read.h"
#include "modules/registry.h"
#include "patch/order.h"

enum { IN_NO_SECTION, IN_PATCH, IN_NEW_MODULE, IN_MODULE };

struct entry { /* a module's line, for the second pass */
	int module;
	int line;
	char *key; /* value follows its NUL */
	const char *value;
};

struct reader {
	struct patch *patch;
	int state;
	struct ini_place section; /* the one being read; its name is the copy below */
	char section_name[INI_MAX_SECTION_BYTES + 1];
	int module;
	struct entry *entries;
	int n_entries;
};

static const char *const patch_keys[] = {"name", "voices"};

static int type_unknown(const struct ini_place *at, const char *type, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, type);
	for (int i = 0; i < n_modules; i++)
		if (strcmp(modules[i]->key, "out") != 0)
			text_names_add(&names, modules[i]->key);
	return ini_refuse(
		diag, at, -ENOENT, "unknown type '%.40s'" TEXT_HINT, type, TEXT_HINT_ARGS(&names));
}

static int module_begin(struct reader *reader, const struct ini_place *at,
	const struct module_desc *desc, struct diag *diag)
{
	int idx = patch_add_module(reader->patch, at->section, desc);

	if (idx < 0)
		return ini_refuse(
			diag, at, idx, "no more modules; allowed: %d", PATCH_MAX_MODULES - 1);
	reader->patch->modules[idx].line = reader->section.line;
	reader->module = idx;
	reader->state = IN_MODULE;
	return 0;
}

static int section_finish(const struct reader *reader, struct diag *diag)
{
	if (reader->state != IN_NEW_MODULE)
		return 0;
	return ini_refuse(
		diag, &reader->section, -EINVAL, "no type; the first key is type = MODULE");
}

static int patch_section(void *user, const struct ini_place *at, struct diag *diag)
{
	struct reader *reader = user;
	int err = section_finish(reader, diag);

	if (err)
		return err;
	reader->section = *at;
	snprintf(reader->section_name, sizeof(reader->section_name), "%s", at->section);
	reader->section.section = reader->section_name;
	reader->state = IN_NEW_MODULE;
	if (strcmp(at->section, "patch") == 0)
		reader->state = IN_PATCH;
	else if (!text_is_id(at->section, false) || strlen(at->section) >= PATCH_ID_BYTES)
		return ini_refuse(diag, at, -EINVAL,
			"bad module name; allowed: up to %d of a-z 0-9 _, a letter first",
			PATCH_ID_BYTES - 1);
	else if (strcmp(at->section, "out") == 0)
		return module_begin(reader, at, module_find("out"), diag);
	return 0;
}

static int type_read(
	struct reader *reader, const struct ini_place *at, const char *type, struct diag *diag)
{
	const struct module_desc *desc = module_find(type);

	if (strcmp(at->key, "type") != 0)
		return ini_refuse(diag, at, -EINVAL,
			"before the type; the first key of a module is type = MODULE");
	if (!desc)
		return type_unknown(at, type, diag);
	if (strcmp(type, "out") == 0)
		return ini_refuse(diag, at, -EINVAL, "only the section [out] is of type out");
	return module_begin(reader, at, desc, diag);
}

static int patch_setting(
	struct patch *patch, const struct ini_place *at, const char *value, struct diag *diag)
{
	struct text_names names;
	struct diag reason;
	double number = 0.0;
	int err, param;

	if (strcmp(at->key, "name") == 0) {
		if (strlen(value) >= sizeof(patch->name))
			return ini_refuse(diag, at, -ERANGE, "too long; allowed: %zu characters",
				sizeof(patch->name) - 1);
		memcpy(patch->name, value, strlen(value) + 1);
		return 0;
	}
	if (strcmp(at->key, "voices") == 0) {
		err = constant_read(value, false, &number, &reason);
		if (err || number < 1 || number > PATCH_MAX_VOICES || number != (int)number)
			return ini_refuse(diag, at, err ? err : -ERANGE,
				"'%.40s' cannot be; allowed: a whole number, 1..%d", value,
				PATCH_MAX_VOICES);
		patch->n_voices = (int)number;
		return 0;
	}
	param = module_param_find(&patch_clock_module, at->key);
	if (param >= 0) {
		err = param_value_read(&patch_clock_module.params[param], value,
			&patch->modules[PATCH_CLOCK].values[param], &reason);
		return err ? ini_refuse(diag, at, err, "%s", reason.text) : 0;
	}
	text_names_begin(&names, at->key);
	for (size_t i = 0; i < ARRAY_LEN(patch_keys); i++)
		text_names_add(&names, patch_keys[i]);
	for (int i = 0; i < patch_clock_module.n_params; i++)
		text_names_add(&names, patch_clock_module.params[i].key);
	return ini_refuse(diag, at, -ENOENT, "unknown key" TEXT_HINT, TEXT_HINT_ARGS(&names));
}

static int entry_keep(
	struct reader *reader, const struct ini_place *at, const char *value, struct diag *diag)
{
	size_t n_key = strlen(at->key) + 1, n_value = strlen(value) + 1;
	int n = reader->n_entries;
	struct entry *entry;

	if ((n & (n - 1)) == 0) { /* full at each power of two */
		entry = realloc(reader->entries, (n ? 2 * (size_t)n : 1) * sizeof(*entry));
		if (!entry)
			return ini_refuse(diag, at, -ENOMEM, "out of memory");
		reader->entries = entry;
	}
	entry = &reader->entries[n];
	entry->module = reader->module;
	entry->line = at->line;
	entry->key = malloc(n_key + n_value);
	if (!entry->key)
		return ini_refuse(diag, at, -ENOMEM, "out of memory");
	memcpy(entry->key, at->key, n_key);
	memcpy(entry->key + n_key, value, n_value);
	entry->value = entry->key + n_key;
	reader->n_entries++;
	return 0;
}

static int patch_key(void *user, const struct ini_place *at, const char *value, struct diag *diag)
{
	struct reader *reader = user;
	const struct module_desc *desc;

	if (reader->state == IN_PATCH)
		return patch_setting(reader->patch, at, value, diag);
	if (reader->state == IN_NEW_MODULE)
		return type_read(reader, at, value, diag);
	desc = reader->patch->modules[reader->module].desc;
	if (strcmp(at->key, "type") == 0 && strcmp(value, "out") == 0 &&
		strcmp(desc->key, "out") == 0)
		return 0;
	if (strcmp(at->key, "type") == 0)
		return ini_refuse(diag, at, -EINVAL, "the section [out] is of type out");
	return entry_keep(reader, at, value, diag);
}

/* The second pass. */
static int entries_apply(struct reader *reader, const char *file, struct diag *diag)
{
	for (int i = 0; i < reader->n_entries; i++) {
		const struct entry *entry = &reader->entries[i];
		const char *id = reader->patch->modules[entry->module].id;
		struct ini_place at = {file, entry->line, id, entry->key};
		struct diag reason;
		int err = patch_key_apply(
			reader->patch, entry->module, entry->key, entry->value, &reason);

		if (err)
			return ini_refuse(diag, &at, err, "%s", reason.text);
	}
	return 0;
}

static int cycles_check(const struct patch *patch, const char *file, struct diag *diag)
{
	int indices[PATCH_MAX_MODULES];
	bool in_cycle[PATCH_MAX_MODULES];
	struct ini_place at = {file, 0, NULL, NULL};
	struct diag reason;
	int err = patch_order(patch, indices, in_cycle, &reason);

	if (!err)
		return 0;
	if (err == -ELOOP && patch_cycle_find(patch, indices) > 0) {
		at.line = patch->modules[indices[0]].line;
		at.section = patch->modules[indices[0]].id;
	}
	return ini_refuse(diag, &at, err, "%s", reason.text);
}

static int patch_finish(struct reader *reader, const char *file, struct diag *diag)
{
	struct patch *patch = reader->patch;
	const struct ini_place end = {file, reader->section.line, NULL, NULL};
	int err = section_finish(reader, diag);

	if (err)
		return err;
	if (reader->state == IN_NO_SECTION) { /* an empty file is silence */
		patch_add_module(patch, "out", module_find("out"));
		return 0;
	}
	if (patch_find(patch, "out") < 0)
		return ini_refuse(diag, &end, -EINVAL, "no [out] section: nothing would be heard");
	err = entries_apply(reader, file, diag);
	return err ? err : cycles_check(patch, file, diag);
}

/* A patch without a name is told by its file's. */
static void name_after_file(struct patch *patch, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n, bad;

	snprintf(patch->name, sizeof(patch->name), "%s", slash ? slash + 1 : path);
	n = strlen(patch->name);
	while ((bad = text_first_bad_byte(patch->name, n)) < n)
		patch->name[bad] = '?';
}

uint64_t patch_file_of(const char *path)
{
	char *real = realpath(path, NULL);
	const char *is = real ? real : path;
	uint64_t sum = fnv_add(FNV_START, is, strlen(is));

	free(real);
	return sum;
}

int patch_read_text(
	const char *text, size_t n_bytes, const char *name, struct patch **out, struct diag *diag)
{
	static const struct ini_sink sink = {patch_section, patch_key};
	struct reader reader = {.patch = patch_new()};
	int err;

	if (!reader.patch)
		return diag_set(diag, -ENOMEM, "%s: out of memory", name);
	snprintf(reader.patch->path, sizeof(reader.patch->path), "%s", name);
	err = ini_lines_parse(text, n_bytes, name, &sink, &reader, diag);
	if (!err)
		err = patch_finish(&reader, name, diag);
	if (!err && !reader.patch->name[0])
		name_after_file(reader.patch, name);
	if (!err && patch_keep_source(reader.patch, text, n_bytes) < 0)
		err = diag_set(diag, -ENOMEM, "%s: out of memory", name);
	for (int i = 0; i < reader.n_entries; i++)
		free(reader.entries[i].key);
	free(reader.entries);
	if (err) {
		patch_free(reader.patch);
		return err;
	}
	patch_note_written(reader.patch);
	reader.patch->file = patch_file_of(name);
	*out = reader.patch;
	return err;
}

static int file_read(const char *path, bool must_be_filled, struct patch **out, struct diag *diag)
{
	char *text;
	size_t n_bytes;
	int err = ini_file_load(path, &text, &n_bytes, diag);

	if (err)
		return err;
	if (must_be_filled)
		err = ini_text_filled(text, n_bytes, path, diag);
	if (!err)
		err = patch_read_text(text, n_bytes, path, out, diag);
	free(text);
	return err;
}

int patch_read(const char *path, struct patch **out, struct diag *diag)
{
	return file_read(path, false, out, diag);
}

int patch_read_filled(const char *path, struct patch **out, struct diag *diag)
{
	return file_read(path, true, out, diag);
}
