/* press_read.c - see press_read.h.
 * Tested by: unit/config/test_settings */
#include "config/press_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/ini_text.h"
#include "dsp/list_text.h"

/* Whether the text begins with the first of these words */
static bool is_verb(const char *text, const char *words)
{
	size_t n = strcspn(words, " ");

	return strncmp(text, words, n) == 0 && (!text[n] || strchr(" \t", text[n]));
}

static int refuse(const char *text, const char *const *choices, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, text);
	for (int i = 0; choices[i]; i++)
		text_names_add(&names, choices[i]);
	return diag_set(
		diag, -EINVAL, "unknown value '%.40s'" TEXT_HINT, text, TEXT_HINT_ARGS(&names));
}

/* "MODULE" or "MODULE NOTE" */
static int read_rest(
	const char *rest, const char *usage, struct press_action *action, struct diag *diag)
{
	size_t n = strcspn(rest, " \t");
	const char *note = rest + n + strspn(rest + n, " \t");
	bool wants_note = press_words[action->does].takes == PRESS_TAKES_NOTE;

	if (n > 0 && n < sizeof(action->module))
		snprintf(action->module, sizeof(action->module), "%.*s", (int)n, rest);
	if (!text_is_id(action->module, false) || (*note != '\0') != wants_note)
		return diag_set(diag, -EINVAL, "'%.40s'; allowed: %s", rest, usage);
	return wants_note ? note_read(note, &action->number, diag) : 0;
}

/* "N" */
static int read_number(
	const char *rest, const char *usage, struct press_action *action, struct diag *diag)
{
	if (rest[0] < '1' || rest[0] > '0' + PRESS_MAX_NUMBER || rest[1])
		return diag_set(diag, -EINVAL, "'%.40s'; allowed: %s, 1..%d", rest, usage,
			PRESS_MAX_NUMBER);
	action->number = rest[0] - '0';
	return 0;
}

int press_read(
	const char *text, const char *const *choices, struct press_action *out, struct diag *diag)
{
	struct press_action action = {.does = PRESS_NONE};
	const char *rest = text + strcspn(text, " \t");
	int err = 0;

	rest += strspn(rest, " \t");
	for (int i = 0; choices[i]; i++) {
		if (!is_verb(text, choices[i]))
			continue;
		while (press_words[action.does].words != choices[i] &&
			strcmp(press_words[action.does].words, choices[i]) != 0)
			action.does++;
		if (press_words[action.does].takes == PRESS_TAKES_NUMBER)
			err = read_number(rest, choices[i], &action, diag);
		else if (press_words[action.does].takes != PRESS_TAKES_NOTHING)
			err = read_rest(rest, choices[i], &action, diag);
		else if (*rest)
			err = refuse(text, choices, diag);
		if (!err)
			*out = action;
		return err;
	}
	return refuse(text, choices, diag);
}

int press_check(
	const struct press_action presses[N_PRESS_KEYS], const char **key, struct diag *diag)
{
	for (int way = PRESS_LONG; way < N_PRESS_KEYS; way++) {
		enum settings_press does = presses[way].does;

		*key = press_keys[way];
		if (press_is_held(does))
			return diag_set(diag, -EINVAL,
				"a gate or a note is held as long as the switch is; allowed as press");
		if (press_is_held(presses[PRESS_SHORT].does) && does != PRESS_NONE)
			return diag_set(diag, -EINVAL,
				"the press holds a gate or a note, so it has no length of its own; "
				"allowed: none");
	}
	return 0;
}
