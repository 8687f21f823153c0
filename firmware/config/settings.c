/* settings.c - sections and keys of chronus.ini to rows of the table, and what no row can say
 * alone: names and pins that are unique, what a knob must have. */
#include "config/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_lines.h"
#include "config/ini_text.h"
#include "config/press_read.h"
#include "config/settings_value.h"

struct pin_use {
	const char *section; /* NULL: free */
	int line;
};

struct reader {
	struct settings settings; /* the copy being filled */
	char folder[SETTINGS_PATH_BYTES];
	const char *table; /* the table's section that the file's section is read by */
	void *base;
	struct settings_knob *knob; /* where the section is a knob's */
	struct settings_button *button;
	struct settings_led *led; /* where it is a LED's */
	bool when_given;
	struct pin_use pins[SETTINGS_MAX_PIN + 1];
	char control_sections[SETTINGS_MAX_KNOBS + SETTINGS_MAX_BUTTONS + SETTINGS_MAX_LEDS]
			     [INI_MAX_SECTION_BYTES + 1];
	int n_controls;
};

static void defaults_set(const char *section, void *base)
{
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++)
		if (strcmp(settings_table[i].section, section) == 0)
			setting_value_default(&settings_table[i], base);
}

static bool is_control(const char *section)
{
	return strcmp(section, "knob") == 0 || strcmp(section, "button") == 0 ||
	       strcmp(section, "led") == 0;
}

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++)
		if (!is_control(settings_table[i].section))
			setting_value_default(&settings_table[i], settings);
}

/* at->key is set to the key that is wrong. */
static int knob_midi_check(
	const struct settings_knob *knob, struct ini_place *at, struct diag *diag)
{
	const struct settings_cc *midi = &knob->midi;
	bool is_relative = midi->relative != RELATIVE_OFF;

	at->key = "nrpn";
	if (midi->cc >= 0 && midi->nrpn >= 0)
		return ini_refuse(diag, at, -EINVAL, "the knob has a cc too; allowed: one of them");
	at->key = "cc_bits";
	if (midi->bits == 14 && (midi->cc >= 32 || is_relative))
		return ini_refuse(diag, at, -EINVAL,
			"14 bits are cc 0 to 31 and the cc 32 above it, with relative = off; "
			"allowed: 7");
	at->key = "relative";
	if (is_relative && midi->nrpn >= 0)
		return ini_refuse(diag, at, -EINVAL, "an NRPN gives places; allowed: off");
	if (!is_relative && (midi->cc >= 0 || midi->nrpn >= 0) && knob->target != TARGET_PARAM)
		return ini_refuse(diag, at, -EINVAL,
			"a controller that %s turns by detents; allowed: 2s offset sign, with cc",
			knob_targets[knob->target].purpose);
	return 0;
}

static int presses_check(
	const struct press_action *presses, struct ini_place *at, struct diag *diag)
{
	struct diag why;
	int err = press_check(presses, &at->key, &why);

	return err ? ini_refuse(diag, at, err, "%s", why.text) : 0;
}

static int button_finish(struct reader *reader, struct ini_place *at, struct diag *diag)
{
	at->line = reader->button->line;
	return presses_check(reader->button->presses, at, diag);
}

static int knob_finish(struct reader *reader, struct ini_place *at, struct diag *diag)
{
	struct settings_knob *knob = reader->knob;
	const struct knob_target *target;
	int err;

	at->line = knob->line;
	at->key = "controls";
	if (!knob->controls[0].target[0])
		return ini_refuse(diag, at, -EINVAL, "missing; allowed: MODULE.PARAM, patch");
	knob->target = knob_target_find(knob->controls[0].target);
	target = &knob_targets[knob->target];
	at->key = "when";
	if (target->is_always_staged && knob->when == WHEN_LIVE && reader->when_given)
		return ini_refuse(diag, at, -EINVAL,
			"a knob that %s waits for the commit; allowed: staged", target->purpose);
	if (target->is_always_staged)
		knob->when = WHEN_STAGED;
	at->key = "carries";
	if (knob->carries && knob->target != TARGET_PARAM)
		return ini_refuse(diag, at, -EINVAL,
			"a knob that %s turns no value that could go along; allowed: no",
			target->purpose);
	for (int way = 0; way < N_PRESS_KEYS; way++) {
		at->key = press_keys[way];
		if (!target->has_default && knob->presses[way].does == PRESS_DEFAULT)
			return ini_refuse(diag, at, -EINVAL,
				"a knob that %s has no default; allowed: the actions of buttons",
				target->purpose);
	}
	err = presses_check(knob->presses, at, diag);
	return err ? err : knob_midi_check(knob, at, diag);
}

static int led_finish(struct reader *reader, struct ini_place *at, struct diag *diag)
{
	struct settings_led *led = reader->led;

	at->line = led->line;
	at->key = "pin";
	if (led->pin == SETTINGS_NO_PIN)
		return ini_refuse(diag, at, -EINVAL, "missing; allowed: one BCM number, 0..%d",
			SETTINGS_MAX_PIN);
	at->key = "shows";
	if (led->shows == INDICATOR_MISSING)
		return ini_refuse(
			diag, at, -EINVAL, "missing; allowed: running staged standby fault");
	return 0;
}

/* Rules that need a control's last key. */
static int control_finish(struct reader *reader, const char *file, struct diag *diag)
{
	struct ini_place at = {.file = file};
	int err = 0;

	if (reader->knob || reader->led || reader->button)
		at.section = reader->control_sections[reader->n_controls - 1];
	if (reader->knob)
		err = knob_finish(reader, &at, diag);
	else if (reader->led)
		err = led_finish(reader, &at, diag);
	else if (reader->button)
		err = button_finish(reader, &at, diag);
	reader->knob = NULL;
	reader->button = NULL;
	reader->led = NULL;
	return err;
}

/* Knobs and buttons are pressed by name, so they share none; a LED may be called as its button. */
static int name_check(const struct settings *settings, const char *table,
	const struct ini_place *at, const char *name, struct diag *diag)
{
	bool is_led = strcmp(table, "led") == 0;

	if (!text_is_id(name, true) || strlen(name) >= SETTINGS_NAME_BYTES)
		return ini_refuse(diag, at, -EINVAL,
			"bad name; allowed: [%s NAME], up to %d of a-z 0-9 _ -", table,
			SETTINGS_NAME_BYTES - 1);
	for (int i = 0; i < settings->n_knobs && !is_led; i++)
		if (strcmp(settings->knobs[i].name, name) == 0)
			return ini_refuse(diag, at, -EINVAL, "the name is [knob %s]'s, at line %d",
				name, settings->knobs[i].line);
	for (int i = 0; i < settings->n_buttons && !is_led; i++)
		if (strcmp(settings->buttons[i].name, name) == 0)
			return ini_refuse(diag, at, -EINVAL,
				"the name is [button %s]'s, at line %d", name,
				settings->buttons[i].line);
	for (int i = 0; i < settings->n_leds && is_led; i++)
		if (strcmp(settings->leds[i].name, name) == 0)
			return ini_refuse(diag, at, -EINVAL, "the name is [led %s]'s, at line %d",
				name, settings->leds[i].line);
	return 0;
}

/* Makes room for one more: where its keys go. */
static void control_add(struct reader *reader, int line, const char *name)
{
	struct settings *settings = &reader->settings;

	if (strcmp(reader->table, "knob") == 0) {
		reader->knob = &settings->knobs[settings->n_knobs++];
		memcpy(reader->knob->name, name, strlen(name) + 1);
		reader->knob->line = line;
		reader->base = reader->knob;
	} else if (strcmp(reader->table, "led") == 0) {
		reader->led = &settings->leds[settings->n_leds++];
		memcpy(reader->led->name, name, strlen(name) + 1);
		reader->led->line = line;
		reader->base = reader->led;
	} else {
		reader->button = &settings->buttons[settings->n_buttons++];
		memcpy(reader->button->name, name, strlen(name) + 1);
		reader->button->line = line;
		reader->base = reader->button;
	}
}

/* [knob NAME], [button NAME], [led NAME]: the name is good and new, and there is room. */
static int control_begin(
	struct reader *reader, const struct ini_place *at, const char *name, struct diag *diag)
{
	const struct settings *settings = &reader->settings;
	int max = SETTINGS_MAX_BUTTONS, n = settings->n_buttons;
	int err = name_check(settings, reader->table, at, name, diag);

	if (err)
		return err;
	if (strcmp(reader->table, "knob") == 0) {
		max = SETTINGS_MAX_KNOBS;
		n = settings->n_knobs;
	} else if (strcmp(reader->table, "led") == 0) {
		max = SETTINGS_MAX_LEDS;
		n = settings->n_leds;
	}
	if (n == max)
		return ini_refuse(
			diag, at, -EINVAL, "too many; allowed: %d %ss", max, reader->table);
	snprintf(reader->control_sections[reader->n_controls++], INI_MAX_SECTION_BYTES + 1, "%s",
		at->section);
	control_add(reader, at->line, name);
	defaults_set(reader->table, reader->base);
	reader->when_given = false;
	return 0;
}

static int section_unknown(const struct ini_place *at, struct diag *diag)
{
	struct text_names names;
	const char *last = "";

	text_names_begin(&names, at->section);
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		const char *section = settings_table[i].section;

		if (strcmp(section, last) != 0)
			text_names_add(&names, !is_control(section) ? section
					       : section[0] == 'k'  ? "knob NAME"
					       : section[0] == 'l'  ? "led NAME"
								    : "button NAME");
		last = section;
	}
	return ini_refuse(diag, at, -EINVAL, "unknown section" TEXT_HINT, TEXT_HINT_ARGS(&names));
}

static int settings_section(void *user, const struct ini_place *at, struct diag *diag)
{
	struct reader *reader = user;
	size_t n_word = strcspn(at->section, " ");
	const char *name = at->section + n_word + strspn(at->section + n_word, " ");
	int err = control_finish(reader, at->file, diag);

	if (err)
		return err;
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		const char *section = settings_table[i].section;

		if (strlen(section) != n_word || strncmp(section, at->section, n_word) != 0)
			continue;
		reader->table = section;
		reader->base = &reader->settings;
		if (is_control(section))
			return control_begin(reader, at, name, diag);
		if (!*name)
			return 0;
	}
	return section_unknown(at, diag);
}

static int key_unknown(const struct reader *reader, const struct ini_place *at, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, at->key);
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++)
		if (strcmp(settings_table[i].section, reader->table) == 0)
			text_names_add(&names, settings_table[i].key);
	return ini_refuse(diag, at, -EINVAL, "unknown key" TEXT_HINT, TEXT_HINT_ARGS(&names));
}

/* A pin belongs to one control. */
static int pins_claim(struct reader *reader, const struct setting_row *row,
	const struct ini_place *at, struct diag *diag)
{
	int n_pins = row->kind == VALUE_PIN ? 1 : row->kind == VALUE_PIN_PAIR ? 2 : 0;

	for (int i = 0; i < n_pins; i++) {
		struct pin_use *use;
		int pin;

		memcpy(&pin, (char *)reader->base + row->offset + (size_t)i * sizeof(int),
			sizeof(pin));
		use = &reader->pins[pin];
		if (use->section)
			return ini_refuse(diag, at, -EINVAL, "pin %d is taken by [%s], line %d",
				pin, use->section, use->line);
		use->section = reader->control_sections[reader->n_controls - 1];
		use->line = at->line;
	}
	return 0;
}

static int settings_key(
	void *user, const struct ini_place *at, const char *value, struct diag *diag)
{
	struct reader *reader = user;
	const struct setting_row *row = NULL;
	struct diag reason;
	int err;

	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++)
		if (strcmp(settings_table[i].section, reader->table) == 0 &&
			strcmp(settings_table[i].key, at->key) == 0)
			row = &settings_table[i];
	if (!row)
		return key_unknown(reader, at, diag);
	err = setting_value_read(row, value, reader->folder, reader->base, &reason);
	if (err)
		return ini_refuse(diag, at, err, "%s", reason.text);
	if (strcmp(at->key, "when") == 0)
		reader->when_given = true;
	return pins_claim(reader, row, at, diag);
}

int settings_read_text(const char *text, size_t n_bytes, const char *path,
	struct settings *settings, struct diag *diag)
{
	static const struct ini_sink sink = {settings_section, settings_key};
	const char *slash = strrchr(path, '/');
	size_t n_folder = slash ? (size_t)(slash - path) + 1 : 0;
	struct reader *reader;
	int err;

	if (strlen(path) >= sizeof(settings->path))
		return diag_set(diag, -ENAMETOOLONG, "%s: the path is too long", path);
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return diag_set(diag, -ENOMEM, "%s: out of memory", path);
	settings_default(&reader->settings);
	memcpy(reader->settings.path, path, strlen(path) + 1);
	memcpy(reader->folder, path, n_folder);
	err = ini_lines_parse(text, n_bytes, path, &sink, reader, diag);
	if (!err)
		err = control_finish(reader, path, diag);
	if (!err)
		*settings = reader->settings;
	free(reader);
	return err;
}

int settings_read(const char *path, struct settings *settings, struct diag *diag)
{
	char *text;
	size_t n_bytes;
	int err = ini_file_load(path, &text, &n_bytes, diag);

	if (err)
		return err;
	err = settings_read_text(text, n_bytes, path, settings, diag);
	free(text);
	return err;
}
