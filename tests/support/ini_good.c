#include "tests/support/ini_good.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings_table.h"

static bool sum_is_good(const struct patch *patch, struct patch_sum sum)
{
	if (sum.n_terms < 0 || sum.n_terms > PATCH_MAX_TERMS || sum.first < 0 ||
		sum.first + sum.n_terms > patch->n_terms)
		return false;
	for (int i = sum.first; i < sum.first + sum.n_terms; i++) {
		struct patch_term term = patch->terms[i];

		if (!isfinite(term.gain) || term.module < PATCH_CONSTANT ||
			term.module >= patch->n_modules)
			return false;
		if (term.module >= 0 &&
			(term.out < 0 || term.out >= patch->modules[term.module].desc->n_outs))
			return false;
	}
	return true;
}

static bool module_is_good(const struct patch *patch, const struct patch_module *module)
{
	for (int i = 0; i < module->desc->n_params; i++) {
		const struct param_desc *param = &module->desc->params[i];

		if (!(module->values[i] >= param->min && module->values[i] <= param->max) ||
			!sum_is_good(patch, module->mods[i]))
			return false;
	}
	for (int i = 0; i < module->desc->n_ins; i++)
		if (!sum_is_good(patch, module->ins[i]))
			return false;
	return true;
}

bool patch_is_good(const struct patch *patch)
{
	int order[PATCH_MAX_MODULES];
	bool in_cycle[PATCH_MAX_MODULES];
	struct diag diag;

	for (int i = 0; i < patch->n_modules; i++)
		if (!module_is_good(patch, &patch->modules[i]))
			return false;
	return patch->n_voices >= 1 && patch->n_voices <= PATCH_MAX_VOICES &&
	       patch->modules[PATCH_CLOCK].desc == &patch_clock_module &&
	       patch_find(patch, "out") >= 0 && patch_order(patch, order, in_cycle, &diag) == 0;
}

static bool row_is_good(const struct setting_row *row, const void *base)
{
	const char *at = (const char *)base + row->offset;
	double number;
	int whole;

	memcpy(&whole, at, sizeof(whole));
	switch (row->kind) {
	case VALUE_INT:
		return whole >= (int)row->min && whole <= (int)row->max;
	case VALUE_DOUBLE:
		memcpy(&number, at, sizeof(number));
		return number >= row->min && number <= row->max;
	case VALUE_INT_OR:
		return whole == (int)row->def || (whole >= (int)row->min && whole <= (int)row->max);
	case VALUE_INT_OF:
	case VALUE_CHOICE:
		for (int i = 0; row->choices[i]; i++)
			if (whole == (row->kind == VALUE_CHOICE ? i : atoi(row->choices[i])))
				return true;
		/* "as [gpio] says"; a LED must say what it shows */
		return whole == (int)row->def && strcmp(row->section, "led") != 0;
	case VALUE_CHIP:
		return *at && memchr(at, '\0', row->text_bytes);
	case VALUE_PIN:
	case VALUE_PIN_PAIR:
		return whole >= SETTINGS_NO_PIN && whole <= SETTINGS_MAX_PIN;
	case VALUE_TARGET:
		return *at && memchr(at, '\0', SETTINGS_TARGET_BYTES);
	default:
		return true;
	}
}

bool settings_are_good(const struct settings *settings)
{
	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		const struct setting_row *row = &settings_table[i];
		bool is_knob = strcmp(row->section, "knob") == 0;
		bool is_button = strcmp(row->section, "button") == 0;
		bool is_led = strcmp(row->section, "led") == 0;

		for (int k = 0; is_knob && k < settings->n_knobs; k++)
			if (!row_is_good(row, &settings->knobs[k]))
				return false;
		for (int k = 0; is_button && k < settings->n_buttons; k++)
			if (!row_is_good(row, &settings->buttons[k]))
				return false;
		for (int k = 0; is_led && k < settings->n_leds; k++)
			if (!row_is_good(row, &settings->leds[k]) || settings->leds[k].pin < 0)
				return false;
		if (!is_knob && !is_button && !is_led && !row_is_good(row, settings))
			return false;
	}
	return settings->audio.device[0] != '\0';
}

bool reason_is_good(const struct diag *diag, const char *file)
{
	size_t n = strlen(file);

	return strncmp(diag->text, file, n) == 0 && diag->text[n] == ':' &&
	       strlen(diag->text) > n + 7 && !strchr(diag->text, '\n');
}
