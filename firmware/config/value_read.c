/* value_read.c - a parameter's or a gate's value from text, with the reason when it is refused.
 * Tested by: unit/config/test_patch_read */
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/param_text.h"
#include "config/patch_read.h"
#include "config/sum_read.h"
#include "dsp/list_text.h"

/* 12345.6 with 2 digits that tell something is 12346: none before the point is lost. */
static void put_plain(double value, int n_digits, char text[PARAM_TEXT_BYTES])
{
	char scientific[40], *end;
	int n_decimals;

	snprintf(scientific, sizeof(scientific), "%.*e", n_digits - 1, value);
	n_decimals = n_digits - 1 - atoi(strchr(scientific, 'e') + 1);
	snprintf(text, PARAM_TEXT_BYTES, "%.*f", n_decimals > 0 ? n_decimals : 0, value);
	if (!strchr(text, '.'))
		return;
	for (end = text + strlen(text) - 1; *end == '0';)
		*end-- = '\0';
	if (*end == '.')
		*end = '\0';
}

void param_value_text(
	const struct param_desc *param, float value, int n_digits, char text[PARAM_TEXT_BYTES])
{
	int n = n_digits == PARAM_AS_READ ? 1 : n_digits;
	float back;

	if (param->curve == CURVE_CHOICE) {
		snprintf(text, PARAM_TEXT_BYTES, "%s", param->choices[(int)value]);
		return;
	}
	for (;; n++) {
		put_plain((double)value, n, text);
		back = strtof(text, NULL);
		if (n_digits != PARAM_AS_READ || n == 9 || memcmp(&back, &value, sizeof(back)) == 0)
			return;
	}
}

const char *param_unit_text(const struct param_desc *param)
{
	return param->unit == UNIT_NONE || param->unit == UNIT_NORM ? "" : unit_name(param->unit);
}

void param_range_text(const struct param_desc *param, char *out, size_t n_bytes)
{
	const char *unit = param_unit_text(param);

	snprintf(out, n_bytes, "%.7g..%.7g%s%s", (double)param->min, (double)param->max,
		unit[0] ? " " : "", unit);
}

/* 1_4 for 1/4: the lengths of notes were written so once. */
static bool is_old_length(const char *text, const char *length)
{
	while (*text && (*text == *length || (*text == '_' && *length == '/')))
		text++, length++;
	return !*text && !*length;
}

static int choice_read(
	const struct param_desc *param, const char *text, float *out, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, text);
	for (int i = 0; i <= (int)param->max; i++) {
		if (is_old_length(text, param->choices[i])) {
			*out = (float)i;
			return 0;
		}
		text_names_add(&names, param->choices[i]);
	}
	return diag_set(
		diag, -EINVAL, "unknown value '%.40s'" TEXT_HINT, text, TEXT_HINT_ARGS(&names));
}

/* It is meant to be computed: there is a sign between numbers (or notes), and nothing else. */
static bool is_expression(const struct param_desc *param, const char *text)
{
	return text[strspn(text, param->takes_notes ? "0123456789.eE+-*/() \tabcdfgABCDFG#"
						    : "0123456789.eE+-*/() \t")] == '\0' &&
	       strpbrk(text, "+-*/()");
}

static int number_refuse(
	const struct param_desc *param, const char *text, const char *range, struct diag *diag)
{
	const char *hint = "";
	double note;

	if (strstr(text, " #"))
		hint = " (a comment begins with ' ;')";
	else if (param->takes_notes)
		hint = ", or a note such as c#4";
	else if (note_name_read(text, &note))
		hint = " (a note's name stands where a pitch is)";
	return diag_set(diag, -EINVAL, "'%.40s' is not a number; allowed: %s%s", text, range, hint);
}

int param_value_read(
	const struct param_desc *param, const char *text, float *out, struct diag *diag)
{
	const char *end;
	char range[64];
	double number;
	struct diag why;
	int err;

	if (param->curve == CURVE_CHOICE)
		return choice_read(param, text, out, diag);
	param_range_text(param, range, sizeof(range));
	err = text_number(text, &number);
	if (err == -EINVAL && param->takes_notes && (end = note_name_read(text, &number)) && !*end)
		err = 0;
	if (err == -EINVAL && is_expression(param, text)) {
		err = constant_read(text, param->takes_notes, &number, &why);
		if (err < 0)
			return diag_set(diag, err, "%.200s; allowed: %s", why.text, range);
	}
	if (err == -EINVAL)
		return number_refuse(param, text, range, diag);
	/* compared as floats: a maximum of 0.95f lies below 0.95 */
	if (err || fabs(number) > (double)FLT_MAX || (float)number < param->min ||
		(float)number > param->max)
		return diag_set(diag, -ERANGE, "%.40s is out of range; allowed: %s", text, range);
	*out = (float)number;
	return 0;
}

int gate_value_read(const char *text, bool *out, struct diag *diag)
{
	if (text_bool(text, out) == 0)
		return 0;
	return diag_set(diag, -EINVAL,
		"'%.40s' is not a gate's value; allowed: on off yes no true false high low 1 0",
		text);
}
