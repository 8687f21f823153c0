/* Tested by: unit/config/test_settings */
#include "config/settings_value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/knob_turns.h"
#include "config/press_read.h"

/* An int, an enum of choices and a pin are all stored as an int. */
static void int_store(const struct setting_row *row, void *base, int idx, int value)
{
	memcpy((char *)base + row->offset + (size_t)idx * sizeof(int), &value, sizeof(value));
}

static void double_store(const struct setting_row *row, void *base, double value)
{
	memcpy((char *)base + row->offset, &value, sizeof(value));
}

static void bool_store(const struct setting_row *row, void *base, bool value)
{
	memcpy((char *)base + row->offset, &value, sizeof(value));
}

static int number_read(
	const struct setting_row *row, const char *text, void *base, struct diag *diag)
{
	const char *what = row->kind == VALUE_DOUBLE ? "number" : "whole number";
	const char *joint = row->kind == VALUE_INT_OR ? " or " : "";
	const char *word = row->kind == VALUE_INT_OR ? row->text_def : "";
	double number;
	int err = text_number(text, &number);

	if (err == -EINVAL || (!err && row->kind != VALUE_DOUBLE && number != trunc(number)))
		return diag_set(diag, -EINVAL, "'%.40s' is not a %s; allowed: %.10g..%.10g%s%s%s",
			text, what, row->min, row->max, joint, word,
			strstr(text, " #") ? " (a comment begins with ' ;')" : "");
	if (err || number < row->min || number > row->max)
		return diag_set(diag, -ERANGE, "%.40s is out of range; allowed: %.10g..%.10g%s%s",
			text, row->min, row->max, joint, word);
	if (row->kind == VALUE_DOUBLE)
		double_store(row, base, number);
	else
		int_store(row, base, 0, (int)number);
	return 0;
}

static int choice_read(
	const struct setting_row *row, const char *text, void *base, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, text);
	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(row->choices[i], text) == 0) {
			int_store(row, base, 0, row->kind == VALUE_CHOICE ? i : atoi(text));
			return 0;
		}
		text_names_add(&names, row->choices[i]);
	}
	if (row->kind == VALUE_INT_OF)
		names.nearest[0] = '\0'; /* a near number is no slip of the finger */
	return diag_set(
		diag, -EINVAL, "unknown value '%.40s'" TEXT_HINT, text, TEXT_HINT_ARGS(&names));
}

/* Exactly n_pins pins, with blanks between them. */
static int pins_read(
	const struct setting_row *row, const char *text, int n_pins, void *base, struct diag *diag)
{
	const char *what =
		n_pins == 1 ? "one BCM number" : "two BCM numbers with a blank between them";
	int pins[2] = {SETTINGS_NO_PIN, SETTINGS_NO_PIN};
	const char *at = text;

	for (int i = 0; i < n_pins; i++) {
		size_t n = strspn(at, "0123456789");

		if (n == 0 || n > 2 || atoi(at) > SETTINGS_MAX_PIN)
			return diag_set(diag, -EINVAL, "bad pin in '%.40s'; allowed: %s, 0..%d",
				text, what, SETTINGS_MAX_PIN);
		pins[i] = atoi(at);
		at += n;
		if (i + 1 < n_pins && strspn(at, " \t") == 0)
			return diag_set(diag, -EINVAL, "'%.40s' is too few; allowed: %s, 0..%d",
				text, what, SETTINGS_MAX_PIN);
		at += i + 1 < n_pins ? strspn(at, " \t") : 0;
	}
	if (*at)
		return diag_set(diag, -EINVAL, "text after the pin in '%.40s'; allowed: %s, 0..%d",
			text, what, SETTINGS_MAX_PIN);
	for (int i = 0; i < n_pins; i++)
		int_store(row, base, i, pins[i]);
	return 0;
}

/* One channel or two different ones. */
static int channels_read(
	const struct setting_row *row, const char *text, void *base, struct diag *diag)
{
	int channels[2] = {0, 0}, n = 0;
	const char *at = text;

	while (n < 2) {
		size_t n_digits = strspn(at, "0123456789");

		if (n_digits == 0 || n_digits > 2)
			break;
		channels[n] = atoi(at);
		if (channels[n] < (int)row->min || channels[n] > (int)row->max)
			break;
		at += n_digits;
		at += strspn(at, " \t");
		n++;
	}
	if (n == 0 || *at)
		return diag_set(diag, -EINVAL,
			"bad channels '%.40s'; allowed: two numbers (left and right) or one "
			"(the sum of both), %.0f..%.0f",
			text, row->min, row->max);
	if (channels[0] == channels[1])
		return diag_set(diag, -EINVAL,
			"'%.40s' names one channel twice; allowed: two different ones, or "
			"one number for the sum of both",
			text);
	int_store(row, base, 0, channels[0]);
	int_store(row, base, 1, channels[1]);
	return 0;
}

static int text_read(const struct setting_row *row, const char *folder, const char *text,
	void *base, struct diag *diag)
{
	if (strlen(folder) + strlen(text) >= row->text_bytes)
		return diag_set(diag, -ERANGE, "too long; allowed: %zu characters%s",
			row->text_bytes - 1, *folder ? " with the folder of this file" : "");
	snprintf((char *)base + row->offset, row->text_bytes, "%s%s", folder, text);
	return 0;
}

static int names_read(
	const struct setting_row *row, const char *text, void *base, struct diag *diag)
{
	char names[SETTINGS_PATH_BYTES] = "";
	size_t n_names = 0;

	for (const char *c = text; *c && n_names + 2 < sizeof(names); c++) {
		if (*c == ',' && (c[1] == '\0' || c[1] == ' ' || c[1] == '\t'))
			continue; /* between two names; hw:0,1 has one of its own */
		if (*c != ' ' && *c != '\t')
			names[n_names++] = *c;
		else if (n_names && names[n_names - 1] != ' ')
			names[n_names++] = ' ';
	}
	if (n_names > 0 && names[n_names - 1] == ' ')
		names[--n_names] = '\0';
	if (n_names == 0)
		return diag_set(diag, -EINVAL, "empty; allowed: %s",
			strcmp(row->section, "midi") == 0
				? "all, or names of cards and ports (`ls /dev/snd`)"
				: "auto, simulated, or PCM names in the order to try them");
	return text_read(row, "", names, base, diag);
}

/* gpiochipN, a path, or else a label. */
static int chip_read(const struct setting_row *row, const char *text, void *base, struct diag *diag)
{
	size_t n_digits = strlen(text);
	bool is_good = n_digits > 0 && strcspn(text, " \t") == n_digits;

	if (strncmp(text, "gpiochip", 8) == 0) {
		n_digits = strspn(text + 8, "0123456789");
		is_good = n_digits > 0 && text[8 + n_digits] == '\0';
	}
	if (!is_good)
		return diag_set(diag, -EINVAL,
			"'%.40s' names no chip; allowed: auto, a label (as pinctrl-bcm2711), "
			"gpiochipN, a path",
			text);
	return text_read(row, "", text, base, diag);
}

int setting_value_read(const struct setting_row *row, const char *text, const char *folder,
	void *base, struct diag *diag)
{
	bool flag;

	switch (row->kind) {
	case VALUE_INT_OR:
		if (strcmp(text, row->text_def) == 0) {
			int_store(row, base, 0, (int)row->def);
			return 0;
		}
		return number_read(row, text, base, diag);
	case VALUE_INT:
	case VALUE_DOUBLE:
		return number_read(row, text, base, diag);
	case VALUE_INT_OF:
	case VALUE_CHOICE:
		return choice_read(row, text, base, diag);
	case VALUE_PRESS:
		return press_read(text, row->choices,
			(struct press_action *)(void *)((char *)base + row->offset), diag);
	case VALUE_BOOL:
		if (text_bool(text, &flag) < 0)
			return diag_set(diag, -EINVAL,
				"'%.40s' is neither yes nor no; allowed: yes no", text);
		bool_store(row, base, flag);
		return 0;
	case VALUE_TEXT:
		return text_read(row, "", text, base, diag);
	case VALUE_PATH:
		return text_read(row, *text && *text != '/' ? folder : "", text, base, diag);
	case VALUE_NAMES:
		return names_read(row, text, base, diag);
	case VALUE_CHANNELS:
		return channels_read(row, text, base, diag);
	case VALUE_TARGET:
		return knob_turns_read(
			text, (struct settings_turn *)(void *)((char *)base + row->offset), diag);
	case VALUE_CHIP:
		return chip_read(row, text, base, diag);
	case VALUE_PIN:
	case VALUE_PIN_PAIR:
		return pins_read(row, text, row->kind == VALUE_PIN ? 1 : 2, base, diag);
	}
	return diag_set(diag, -EINVAL, "a row of a kind that nobody reads");
}

void setting_value_default(const struct setting_row *row, void *base)
{
	switch (row->kind) {
	case VALUE_DOUBLE:
		double_store(row, base, row->def);
		break;
	case VALUE_BOOL:
		bool_store(row, base, row->def != 0.0);
		break;
	case VALUE_PRESS: /* none is all zero, as the struct was made */
		break;
	case VALUE_CHANNELS:
		int_store(row, base, 0, (int)row->def);
		int_store(row, base, 1, (int)row->def + 1);
		break;
	case VALUE_PIN_PAIR:
		int_store(row, base, 1, (int)row->def);
		int_store(row, base, 0, (int)row->def);
		break;
	case VALUE_INT:
	case VALUE_INT_OR:
	case VALUE_INT_OF:
	case VALUE_CHOICE:
	case VALUE_PIN:
		int_store(row, base, 0, (int)row->def);
		break;
	case VALUE_TEXT:
	case VALUE_NAMES:
	case VALUE_PATH:
	case VALUE_TARGET:
	case VALUE_CHIP:
		snprintf((char *)base + row->offset, row->text_bytes, "%s", row->text_def);
		break;
	}
}
