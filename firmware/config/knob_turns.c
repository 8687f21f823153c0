/* Tested by: unit/config/test_knob_turns */
#include "config/knob_turns.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/param_text.h"
#include "config/patch_read.h"

#define BLANKS " \t"

/* ---- from text */

/* The part of text between two places without the blanks around it. false: it is empty or too long. */
static bool part_copy(char *to, size_t n_bytes, const char *from, const char *end)
{
	size_t n;

	from += strspn(from, BLANKS);
	while (end > from && strchr(BLANKS, end[-1]))
		end--;
	n = end > from ? (size_t)(end - from) : 0;
	if (n == 0 || n >= n_bytes)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

/* A number, or what may be a choice of a parameter: sine, 1/16t, 1_4. */
static bool is_end(const char *text)
{
	double number;

	if (text_number(text, &number) == 0)
		return true;
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_/")] == '\0' &&
	       (strspn(text, "0123456789") == 0 || strpbrk(text, "/_"));
}

static bool is_same(const char *low, const char *high)
{
	double a, b;

	if (text_number(low, &a) < 0 || text_number(high, &b) < 0)
		return strcmp(low, high) == 0;
	return a >= b && a <= b;
}

/* "LO..HI", the rest of a target. */
static int range_read(
	const char *text, const char *end, struct settings_turn *turn, struct diag *diag)
{
	const char *dots = strstr(text, "..");

	if (!dots || dots >= end || !part_copy(turn->low, sizeof(turn->low), text, dots) ||
		!part_copy(turn->high, sizeof(turn->high), dots + 2, end) || !is_end(turn->low) ||
		!is_end(turn->high))
		return diag_set(diag, -EINVAL,
			"'%.*s' behind %s is no range; allowed: LO..HI, two numbers or two choices "
			"(as 200..4000)",
			(int)(end - text < 40 ? end - text : 40), text, turn->target);
	if (is_same(turn->low, turn->high))
		return diag_set(diag, -EINVAL,
			"%s %s..%s goes nowhere; allowed: two different ends", turn->target,
			turn->low, turn->high);
	return 0;
}

static bool is_param(const char *text)
{
	char module[SETTINGS_TARGET_BYTES];
	const char *dot = strchr(text, '.');

	if (!dot)
		return false;
	snprintf(module, sizeof(module), "%.*s", (int)(dot - text), text);
	return text_is_id(module, false) && text_is_id(dot + 1, false);
}

/* "MODULE.PARAM" or "MODULE.PARAM LO..HI", between two places. */
static int turn_read(
	const char *text, const char *end, struct settings_turn *turn, struct diag *diag)
{
	const char *blank;

	text += strspn(text, BLANKS);
	blank = text + strcspn(text, BLANKS ",");
	*turn = (struct settings_turn){.target = ""};
	if (!part_copy(turn->target, sizeof(turn->target), text, blank) || !is_param(turn->target))
		return diag_set(diag, -EINVAL,
			"'%.*s' names no parameter; allowed: MODULE.PARAM (as filter1.cutoff_hz), "
			"with LO..HI or without, or patch alone",
			(int)(blank - text < 40 ? blank - text : 40), text);
	blank += strspn(blank, BLANKS);
	return blank < end ? range_read(blank, end, turn, diag) : 0;
}

int knob_turns_read(
	const char *text, struct settings_turn turns[SETTINGS_MAX_TURNS], struct diag *diag)
{
	struct settings_turn read[SETTINGS_MAX_TURNS] = {{.target = ""}};
	int n = 0;

	if (knob_target_find(text) != TARGET_PARAM) {
		snprintf(read[0].target, sizeof(read[0].target), "%s", text);
		memcpy(turns, read, sizeof(read));
		return 0;
	}
	for (const char *at = text, *end; at; at = *end ? end + 1 : NULL) {
		int err;

		end = at + strcspn(at, ",");
		if (n == SETTINGS_MAX_TURNS)
			return diag_set(diag, -ERANGE,
				"too many parameters; allowed: %d for a knob", SETTINGS_MAX_TURNS);
		err = turn_read(at, end, &read[n], diag);
		if (err < 0)
			return err;
		for (int i = 0; i < n; i++)
			if (strcmp(read[i].target, read[n].target) == 0)
				return diag_set(diag, -EINVAL,
					"%s stands twice; allowed: each parameter once",
					read[n].target);
		n++;
	}
	memcpy(turns, read, sizeof(read));
	return 0;
}

int knob_turns_count(const struct settings_knob *knob)
{
	int n = 0;

	while (n < SETTINGS_MAX_TURNS && knob->controls[n].target[0])
		n++;
	return n;
}

/* ---- on a parameter */

/* -ERANGE: it is cut. */
static int end_read(const struct param_desc *param, const char *text, float *end, struct diag *diag)
{
	int err = param_value_read(param, text, end, diag);
	double number;

	if (err != -ERANGE)
		return err;
	*end = text_number(text, &number) == 0 && number > (double)param->min ? param->max
									      : param->min;
	return err;
}

int turn_ends_read(const struct settings_turn *turn, const struct param_desc *param,
	struct turn_ends *ends, struct diag *diag)
{
	struct diag why;
	int low, high;

	*ends = (struct turn_ends){.low = param->min, .high = param->max};
	if (!turn->low[0])
		return 0;
	low = end_read(param, turn->low, &ends->low, diag);
	high = end_read(param, turn->high, &ends->high, &why);
	if (low == -EINVAL || (low < 0 && high != -EINVAL))
		return low;
	if (high < 0)
		*diag = why;
	return high;
}

int turn_n_steps(const struct turn_ends *ends, const struct param_desc *param)
{
	return param->curve == CURVE_CHOICE ? abs((int)ends->high - (int)ends->low) + 1 : 0;
}

/* Of a parameter's own scale; for a choice in steps. */
static double place_of(const struct param_desc *param, float value)
{
	return param->curve == CURVE_CHOICE ? (double)value : param_to_norm(param, (double)value);
}

double turn_position(const struct turn_ends *ends, const struct param_desc *param, float value)
{
	double low = place_of(param, ends->low), high = place_of(param, ends->high);

	if (!(low < high) && !(high < low)) /* both were cut to one end of the parameter's range */
		return 0.0;
	return double_clamp((place_of(param, value) - low) / (high - low), 0.0, 1.0);
}

float turn_value(const struct turn_ends *ends, const struct param_desc *param, double position)
{
	double low = place_of(param, ends->low), high = place_of(param, ends->high);
	int n_steps = turn_n_steps(ends, param);

	if (position <= 0.0)
		return ends->low;
	if (position >= 1.0)
		return ends->high;
	if (n_steps) {
		int step = int_min((int)floor(position * n_steps), n_steps - 1);

		return ends->low + (float)(high < low ? -step : step);
	}
	return (float)double_clamp(param_from_norm(param, low + (high - low) * position),
		(double)param->min, (double)param->max);
}
