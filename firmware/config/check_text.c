/* check_text.c - what a text is, and whether it is right. See check_text.h. */
#include "config/check_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/check_knobs.h"
#include "config/check_patch.h"
#include "config/check_pins.h"
#include "config/check_warn.h"
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

static int check_instrument(
	const char *text, size_t n_bytes, const char *path, struct check *check, struct diag *diag)
{
	struct patch *patch;
	int err = patch_read_text(text, n_bytes, path, &patch, diag);

	if (err < 0)
		return err;
	snprintf(check->summary, sizeof(check->summary), "patch \"%s\", %d module%s, %d voice%s",
		patch->name, patch->n_modules - 1, plural(patch->n_modules - 1), patch->n_voices,
		plural(patch->n_voices));
	check_patch(patch, check);
	patch_free(patch);
	return 0;
}

static void warn_of_button(const struct settings *settings, const struct settings_button *button,
	const struct patch *patch, struct check *check)
{
	const struct press_action *press = &button->presses[PRESS_SHORT];

	if (!press_is_held(press->does) || patch_find(patch, press->module) >= 0)
		return;
	check_warn(check, settings->path, button->line,
		"[button %s] plays %s: the start patch \"%s\" has no such module", button->name,
		press->module, patch->name);
}

static int check_settings(
	const char *text, size_t n_bytes, const char *path, struct check *check, struct diag *diag)
{
	static struct settings settings;
	struct patch *patch = NULL;
	struct diag reason;
	int err = settings_read_text(text, n_bytes, path, &settings, diag);

	if (err < 0)
		return err;
	if (settings.start.patch[0]) {
		err = patch_read_filled(settings.start.patch, &patch, &reason);
		if (err < 0)
			return diag_set(diag, err, "%s: [start] patch: %.300s", path, reason.text);
	}
	if (patch)
		check_knobs(&settings, patch, check);
	for (int i = 0; patch && i < settings.n_buttons; i++)
		warn_of_button(&settings, &settings.buttons[i], patch, check);
	check_pins(&settings, check);
	snprintf(check->summary, sizeof(check->summary), "settings, %d knob%s, %d button%s, %s%s%s",
		settings.n_knobs, plural(settings.n_knobs), settings.n_buttons,
		plural(settings.n_buttons), patch ? "start patch \"" : "no start patch",
		patch ? patch->name : "", patch ? "\"" : "");
	patch_free(patch);
	return 0;
}

static int check_kind(enum file_kind kind, const char *text, size_t n_bytes, const char *path,
	struct check *check, struct diag *diag)
{
	memset(check, 0, sizeof(*check));
	check->kind = kind == KIND_SETTINGS || kind == KIND_EMPTY ? CHECK_SETTINGS : CHECK_PATCH;
	return check->kind == CHECK_SETTINGS ? check_settings(text, n_bytes, path, check, diag)
					     : check_instrument(text, n_bytes, path, check, diag);
}

int check_text(
	const char *text, size_t n_bytes, const char *path, struct check *check, struct diag *diag)
{
	int err = check_kind(text_kind(text, n_bytes, path), text, n_bytes, path, check, diag);
	struct diag blank;

	if (!err && ini_text_filled(text, n_bytes, path, &blank) < 0)
		snprintf(check->warnings, sizeof(check->warnings),
			"%s; by hand these are all defaults, an appliance takes it for broken\n",
			blank.text);
	return err;
}

int check_text_as(enum check_kind kind, const char *text, size_t n_bytes, const char *path,
	struct check *check, struct diag *diag)
{
	enum file_kind found = text_kind(text, n_bytes, path);
	int err = ini_text_filled(text, n_bytes, path, diag);

	if (err < 0)
		return err;
	if (kind == CHECK_SETTINGS && found == KIND_PATCH)
		return diag_set(diag, -EINVAL, "%s: this is a patch; here belong settings", path);
	if (kind == CHECK_PATCH && found == KIND_SETTINGS)
		return diag_set(
			diag, -EINVAL, "%s: these are settings; here belongs a patch", path);
	return check_kind(kind == CHECK_SETTINGS ? KIND_SETTINGS : KIND_PATCH, text, n_bytes, path,
		check, diag);
}
