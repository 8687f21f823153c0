/* list_text.c - see list_text.h. */
#include "dsp/list_text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_AN_OCTAVE = 12, MAX_OCTAVE = 9, ITEM_CHARS = 20 };

static const char step_chars[] = ".xX-";

const char *note_name_read(const char *text, double *out)
{
	static const int semis[] = {['a' - 'a'] = 9,
		['b' - 'a'] = 11,
		['c' - 'a'] = 0,
		['d' - 'a'] = 2,
		['e' - 'a'] = 4,
		['f' - 'a'] = 5,
		['g' - 'a'] = 7};
	int letter = tolower((unsigned char)*text) - 'a';
	int semi, octave;
	char *end;

	if (letter < 0 || letter >= (int)ARRAY_LEN(semis))
		return NULL;
	semi = semis[letter];
	text++;
	if (*text == '#')
		semi++, text++;
	else if (*text == 'b')
		semi--, text++;
	if (!isdigit((unsigned char)text[*text == '-']))
		return NULL;
	octave = (int)strtol(text, &end, 10);
	if (octave < -1 || octave > MAX_OCTAVE)
		return NULL;
	*out = (octave + 1) * NOTES_AN_OCTAVE + semi;
	return end;
}

/* One item from *text on; *text moves behind it. */
static int read_item(const struct list_desc *desc, const char **text, double *out)
{
	const char *end = NULL, *step;
	char *number_end;

	if (desc->kind == LIST_STEPS) {
		step = strchr(step_chars, **text);
		if (!step && **text != '0' && **text != '1')
			return -EINVAL;
		*out = step ? (double)(step - step_chars) : (double)(**text - '0');
		(*text)++;
		return 0;
	}
	if (desc->kind == LIST_NOTES)
		end = note_name_read(*text, out);
	/* no hex, no nan, no inf */
	if (!end && strspn(*text, "+-.0123456789eE") == strcspn(*text, ", \t\r\n")) {
		*out = strtod(*text, &number_end);
		end = number_end == *text ? NULL : number_end;
		if (end && *end == ',' && isdigit((unsigned char)end[1]))
			return -EDOM;
	}
	if (!end || (*end && *end != ',' && !isspace((unsigned char)*end)))
		return -EINVAL;
	*text = end;
	return 0;
}

/* Blanks, and between two items at most one comma. true: there was one. */
static bool skip_between(const char **text)
{
	bool has_comma = false;

	for (; isspace((unsigned char)**text) || (**text == ',' && !has_comma); (*text)++)
		has_comma |= **text == ',';
	return has_comma;
}

static int refuse(const struct list_desc *desc, int err, const char *at, struct diag *diag)
{
	static const char *const allowed[] = {
		[LIST_STEPS] = ". rest, x hit, X accent, - tie (0 rest, 1 hit)",
		[LIST_NOTES] = "MIDI note numbers, or names such as c#3",
		[LIST_NUMBERS] = "numbers",
	};

	if (err == -E2BIG)
		return diag_set(diag, err, "more than %d items", LIST_MAX_ITEMS);
	if (err == -EDOM)
		return diag_set(diag, -EINVAL,
			"'%.*s': a comma between digits; write 36.5, or 36, 5 for two items",
			ITEM_CHARS, at);
	if (*at == ',')
		return diag_set(
			diag, err, "'%.*s': a comma stands between two items", ITEM_CHARS, at);
	if (!*at)
		return diag_set(diag, err, "empty; allowed: %s", allowed[desc->kind]);
	if (err == -ERANGE)
		return diag_set(diag, err, "'%.*s' is out of range; allowed: %.7g..%.7g",
			ITEM_CHARS, at, (double)desc->min, (double)desc->max);
	return diag_set(
		diag, err, "'%.*s' cannot be; allowed: %s", ITEM_CHARS, at, allowed[desc->kind]);
}

int list_read(const struct list_desc *desc, const char *text, float *out, struct diag *diag)
{
	float items[LIST_MAX_ITEMS];
	int n = 0;

	while (isspace((unsigned char)*text))
		text++;
	while (*text) {
		const char *at = text, *comma;
		double item = 0.0;
		int err;

		if (n == LIST_MAX_ITEMS)
			return refuse(desc, -E2BIG, at, diag);
		err = read_item(desc, &text, &item);
		if (err < 0)
			return refuse(desc, err, at, diag);
		if (!(item >= (double)desc->min && item <= (double)desc->max))
			return refuse(desc, -ERANGE, at, diag);
		items[n++] = (float)item;
		comma = text + strspn(text, " \t");
		if (skip_between(&text) && !*text)
			return refuse(desc, -EINVAL, comma, diag);
	}
	if (n == 0)
		return refuse(desc, -EINVAL, text, diag);
	memcpy(out, items, (size_t)n * sizeof(*items));
	return n;
}

int note_read(const char *text, int *out, struct diag *diag)
{
	double note = 0.0;
	const char *end = note_name_read(text, &note);
	char *number_end;

	if (!end) {
		note = (double)strtol(text, &number_end, 10);
		end = number_end == text ? NULL : number_end;
	}
	if (!end || *end)
		return diag_set(diag, -EINVAL, "'%.*s' is no note; allowed: 0..%d, or c-1..g9",
			ITEM_CHARS, text, N_NOTES - 1);
	if (note < 0.0 || note >= N_NOTES)
		return diag_set(diag, -ERANGE, "'%.*s' is out of range; allowed: 0..%d, or c-1..g9",
			ITEM_CHARS, text, N_NOTES - 1);
	*out = (int)note;
	return 0;
}

const char *list_write(
	const struct list_desc *desc, const float *items, int n, char text[LIST_TEXT_BYTES])
{
	size_t at = 0;

	text[0] = '\0';
	for (int i = 0; i < n; i++) {
		if (desc->kind == LIST_STEPS)
			at += (size_t)snprintf(
				text + at, LIST_TEXT_BYTES - at, "%c", step_chars[(int)items[i]]);
		else
			at += (size_t)snprintf(text + at, LIST_TEXT_BYTES - at, "%s%.9g",
				i ? " " : "", (double)items[i]);
	}
	return text;
}
