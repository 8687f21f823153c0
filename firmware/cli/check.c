/* check.c - `chronus check FILE...`: are these patches and settings right?
 *
 * What a file is, its content says: settings if its first section that belongs to one kind alone is
 * a section of chronus.ini ([audio], [knob NAME] ...); a patch if that section is [patch] or [out]
 * or has a `type`. A file in which nothing says so is read as a patch (a patch needs an [out], and
 * the error says so), but an empty one is settings: all defaults. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "config/ini_lines.h"
#include "config/patch_read.h"
#include "config/settings.h"
#include "config/settings_table.h"

enum file_kind { KIND_EMPTY, KIND_UNKNOWN, KIND_PATCH, KIND_SETTINGS };

static bool is_settings_section(const char *section)
{
	size_t n = strcspn(section, " \t"); /* [knob cutoff] is of the kind "knob" */

	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		const char *known = settings_table[i].section;

		if (strlen(known) == n && memcmp(known, section, n) == 0)
			return true;
	}
	return false;
}

static int kind_section(void *user, const struct ini_place *at, struct diag *diag)
{
	enum file_kind *kind = user;

	(void)diag;
	if (*kind > KIND_UNKNOWN)
		return 0;
	if (strcmp(at->section, "patch") == 0 || strcmp(at->section, "out") == 0)
		*kind = KIND_PATCH;
	else if (is_settings_section(at->section))
		*kind = KIND_SETTINGS;
	else
		*kind = KIND_UNKNOWN;
	return 0;
}

static int kind_key(void *user, const struct ini_place *at, const char *value, struct diag *diag)
{
	enum file_kind *kind = user;

	(void)value;
	(void)diag;
	if (*kind <= KIND_UNKNOWN)
		*kind = strcmp(at->key, "type") == 0 ? KIND_PATCH : KIND_UNKNOWN;
	return 0;
}

/* The kind as far as the text could be read; a fault in it is for the reader to tell. */
static enum file_kind text_kind(const char *text, size_t n_bytes, const char *path)
{
	static const struct ini_sink sink = {kind_section, kind_key};
	enum file_kind kind = KIND_EMPTY;
	struct diag ignored;

	if (ini_lines_parse(text, n_bytes, path, &sink, &kind, &ignored) < 0 && kind == KIND_EMPTY)
		return KIND_UNKNOWN;
	return kind;
}

static const char *plural(int n)
{
	return n == 1 ? "" : "s";
}

static int check_patch(const char *text, size_t n_bytes, const char *path, struct diag *diag)
{
	struct patch *patch;
	int err = patch_read_text(text, n_bytes, path, &patch, diag);

	if (err < 0)
		return err;
	printf("%s: ok (patch \"%s\", %d module%s, %d voice%s)\n", path, patch->name,
	       patch->n_modules - 1, plural(patch->n_modules - 1), patch->n_voices,
	       plural(patch->n_voices));
	patch_free(patch);
	return 0;
}

/* Whether the patch has what a knob controls is no fault of the file: another patch may have it. */
static void warn_of_knob(const struct settings *settings, const struct settings_knob *knob,
			 const struct patch *patch)
{
	const char *dot = strchr(knob->controls, '.');
	char id[SETTINGS_TARGET_BYTES];
	int module;

	if (!dot)
		return; /* "patch" */
	snprintf(id, sizeof(id), "%.*s", (int)(dot - knob->controls), knob->controls);
	module = patch_find(patch, id);
	if (module >= 0 && module_param_find(patch->modules[module].desc, dot + 1) >= 0)
		return;
	fprintf(stderr, "%s:%d: warning: [knob %s] controls %s: the start patch \"%s\" has no %s\n",
		settings->path, knob->line, knob->name, knob->controls, patch->name,
		module < 0 ? "such module" : "such parameter");
}

static int check_settings(const char *text, size_t n_bytes, const char *path, struct diag *diag)
{
	static struct settings settings;
	struct patch *patch = NULL;
	struct diag reason;
	int err = settings_read_text(text, n_bytes, path, &settings, diag);

	if (err < 0)
		return err;
	if (settings.patch[0]) {
		err = patch_read(settings.patch, &patch, &reason);
		if (err < 0)
			return diag_set(diag, err, "%s: [start] patch: %.300s", path, reason.text);
	}
	for (int i = 0; patch && i < settings.n_knobs; i++)
		warn_of_knob(&settings, &settings.knobs[i], patch);
	printf("%s: ok (settings, %d knob%s, %d button%s, %s%s%s)\n", path, settings.n_knobs,
	       plural(settings.n_knobs), settings.n_buttons, plural(settings.n_buttons),
	       patch ? "start patch \"" : "no start patch", patch ? patch->name : "",
	       patch ? "\"" : "");
	patch_free(patch);
	return 0;
}

static int check_file(const char *path, struct diag *diag)
{
	size_t n_bytes;
	char *text;
	enum file_kind kind;
	int err = ini_file_load(path, &text, &n_bytes, diag);

	if (err < 0)
		return err;
	kind = text_kind(text, n_bytes, path);
	if (kind == KIND_SETTINGS || kind == KIND_EMPTY)
		err = check_settings(text, n_bytes, path, diag);
	else
		err = check_patch(text, n_bytes, path, diag);
	free(text);
	return err;
}

int cli_check(int argc, char **argv)
{
	int n_args = options_read(NULL, 0, argc, argv);
	int code = CLI_OK;
	struct diag diag;

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args == 0)
		return options_refuse(argv[0], "which files?");
	for (int i = 1; i <= n_args; i++) {
		if (check_file(argv[i], &diag) < 0) {
			fflush(stdout); /* in the order of the files */
			fprintf(stderr, "%s\n", diag.text);
			code = CLI_USAGE;
		}
	}
	return code;
}
