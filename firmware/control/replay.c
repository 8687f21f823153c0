/* Tested by: e2e/test_journal */
#include "control/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "config/knob_turns.h"
#include "config/patch_read.h"
#include "config/settings_one.h"
#include "control/file_name.h"

static int refuse(const char *path, int line, int err, const char *why, struct diag *diag)
{
	return diag_set(diag, err, "%s:%d: %s", path, line, why);
}

/* The text behind the verb; NULL: the line has another one. */
static const char *rest_of(const struct script_line *line, const char *verb)
{
	size_t n = strlen(verb);

	if (strncmp(line->command, verb, n) != 0 || line->command[n] != ' ')
		return NULL;
	return line->command + n + strspn(line->command + n, " \t");
}

static int apply_setting(const char *text, struct settings *settings, struct diag *why)
{
	char name[SETTING_NAME_BYTES];
	size_t n = strcspn(text, " \t");

	if (!text[n] || n >= sizeof(name))
		return diag_set(why, -EINVAL, "expected `setting SECTION.KEY VALUE`");
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	return setting_set(settings, name, text + n + strspn(text + n, " \t"), why);
}

static bool is_there(const struct settings *settings, const char *target)
{
	for (int k = 0; k < settings->n_knobs; k++)
		for (int t = 0; t < knob_turns_count(&settings->knobs[k]); t++)
			if (settings->knobs[k].carries &&
				strcmp(settings->knobs[k].controls[t].target, target) == 0)
				return true;
	return false;
}

/* As a knob that nobody turns, with as many as one turns. */
static int apply_carries(
	const char *target, struct settings *settings, int *n_knobs, struct diag *why)
{
	struct settings_knob *knob = &settings->knobs[int_max(settings->n_knobs - 1, 0)];
	int n = *n_knobs > 0 ? knob_turns_count(knob) : SETTINGS_MAX_TURNS;

	if (is_there(settings, target))
		return 0;
	if (strlen(target) >= sizeof(knob->controls[0].target) ||
		(n == SETTINGS_MAX_TURNS && settings->n_knobs == SETTINGS_MAX_KNOBS))
		return diag_set(why, -ENOSPC, "carries %.60s: there is no room for it", target);
	if (n < SETTINGS_MAX_TURNS) {
		strcpy(knob->controls[n].target, target);
		return 0;
	}
	knob = &settings->knobs[settings->n_knobs];
	*knob = (struct settings_knob){.pin_a = SETTINGS_NO_PIN,
		.pin_b = SETTINGS_NO_PIN,
		.pin_push = SETTINGS_NO_PIN,
		.steps_per_detent = 4,
		.range_detents = 64,
		.bias = BIAS_OF_GPIO,
		.midi = {.cc = -1, .nrpn = -1},
		.carries = true};
	snprintf(knob->name, sizeof(knob->name), "journal%d", settings->n_knobs);
	strcpy(knob->controls[0].target, target);
	settings->n_knobs++;
	*n_knobs += 1;
	return 0;
}

int replay_settings(
	const struct script *script, const char *path, struct settings *settings, struct diag *diag)
{
	struct diag why;
	int n_knobs = 0; /* that carry for the journal's */

	for (int i = 0; i < script->n_head; i++) {
		const struct script_line *line = &script->head[i];
		const char *text = rest_of(line, "setting"), *carried = rest_of(line, "carries");
		int err = 0;

		if (text)
			err = apply_setting(text, settings, &why);
		else if (carried)
			err = apply_carries(carried, settings, &n_knobs, &why);
		else if (!rest_of(line, "patch"))
			err = diag_set(&why, -EINVAL,
				"%.40s: expected `setting SECTION.KEY VALUE`, `carries "
				"MODULE.PARAM`, `patch NAME` or SECONDS COMMAND",
				line->command);
		if (err < 0)
			return refuse(path, line->line, err, why.text, diag);
	}
	return 0;
}

static int read_patch(const char *text, struct patch **patch, struct diag *why)
{
	struct file_name name;
	char *copy;
	int err;

	if (strcmp(text, "none") == 0)
		return patch_read_text("", 0, "(no patch)", patch, why);
	copy = strdup(text);
	if (!copy)
		return diag_set(why, -ENOMEM, "out of memory");
	err = file_name_read(copy, &name, why);
	if (!err)
		err = file_name_check(&name, why);
	if (!err)
		err = patch_read(name.path, patch, why);
	if (!err && name.of)
		(*patch)->file = name.of;
	free(copy);
	return err;
}

int replay_patch(
	const struct script *script, const char *path, struct patch **patch, struct diag *diag)
{
	struct diag why;

	for (int i = 0; i < script->n_head; i++) {
		const char *text = rest_of(&script->head[i], "patch");
		int err = text ? read_patch(text, patch, &why) : -ENOENT;

		if (text)
			return err < 0 ? refuse(path, script->head[i].line, err, why.text, diag)
				       : 0;
	}
	return diag_set(diag, -ENOENT, "%s: no patch is named; --patch does it", path);
}

int replay_check(const struct script *script, const char *path, struct diag *diag)
{
	struct diag why;

	for (int i = 0; i < script->n_lines; i++) {
		const char *load = rest_of(&script->lines[i], "load");
		const char *text = load ? load : rest_of(&script->lines[i], "save");
		char *copy = text && text[0] == '"' ? strdup(text) : NULL;
		struct file_name name;
		int err = 0;

		if (copy)
			err = file_name_read(copy, &name, &why);
		if (copy && !err)
			err = file_name_check(&name, &why);
		free(copy);
		if (err < 0)
			return refuse(path, script->lines[i].line, err, why.text, diag);
	}
	return 0;
}

void replay_drop_end(struct script *script)
{
	int last = script->n_lines - 1;

	if (!script->is_journal || last < 0 || strcmp(script->lines[last].command, "quit") != 0)
		return;
	free(script->lines[last].command);
	script->n_lines = last;
}

double replay_seconds(const struct script *script, bool *is_cut)
{
	*is_cut = false;
	for (int i = 0; i < script->n_lines; i++)
		if (strcmp(script->lines[i].command, "quit") == 0)
			return script->lines[i].seconds;
	*is_cut = true;
	return script->n_lines ? script->lines[script->n_lines - 1].seconds : 0.0;
}
