/* action_read.c - the one command language of scripts, the control socket and the terminal. */
#include "control/action_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/patch_read.h"
#include "config/target_read.h"
#include "dsp/list_text.h"
#include "patch/symbol.h"

enum { MAX_DETENTS = 10000 };

/* ---- knobs and buttons */

static int read_detents(const char *text, int *out, struct diag *diag)
{
	char *end;
	long n = strtol(text, &end, 10);

	if ((text[0] != '+' && text[0] != '-') || *end || end == text + 1 || n < -MAX_DETENTS ||
		n > MAX_DETENTS)
		return diag_set(diag, -EINVAL, "%s: expected +N or -N detents, at most %d", text,
			MAX_DETENTS);
	*out = (int)n;
	return 0;
}

static int find_knob(const struct settings *settings, const char *name)
{
	for (int i = 0; i < settings->n_knobs; i++)
		if (strcmp(settings->knobs[i].name, name) == 0)
			return i;
	return -ENOENT;
}

static int read_turn(struct line *line)
{
	int err = read_detents(line->words[2], &line->action->turn.detents, line->diag);

	if (err < 0)
		return err;
	line->action->turn.knob = find_knob(line->names->settings, line->words[1]);
	return line->action->turn.knob < 0
		       ? diag_set(line->diag, -ENOENT, "there is no knob %s", line->words[1])
		       : 0;
}

/* A knob's own switch is a button of the knob's name. */
static int read_press(struct line *line)
{
	const struct settings *settings = line->names->settings;
	int knob = find_knob(settings, line->words[1]);
	struct action *action = line->action;

	while (line->n_words == 3 && action->press.way < N_PRESS_WAYS &&
		strcmp(line->words[2], action_press_ways[action->press.way]) != 0)
		action->press.way++;
	if (action->press.way == N_PRESS_WAYS)
		return diag_set(line->diag, -EINVAL,
			"%s: only `long`, `double`, `down` or `up` may follow the button",
			line->words[2]);
	for (int i = 0; i < settings->n_buttons; i++)
		if (strcmp(settings->buttons[i].name, line->words[1]) == 0) {
			action->press.control = i;
			return 0;
		}
	action->press.is_push = true;
	action->press.control = knob;
	return knob < 0 ? diag_set(line->diag, knob, "there is no button %s", line->words[1]) : 0;
}

/* ---- values */

static int read_set(struct line *line)
{
	const struct patch *live = line->names->live;
	const char *target = line->words[1];
	struct action *action = line->action;
	int module, err;

	if (target_find_list(live, target, &module) >= 0)
		return diag_set(line->diag, -EINVAL,
			"%s is a list, which only a commit changes: `stage %s ...`", target,
			target);
	err = target_read_value(live, target, line->words[2], &module, &action->set.param,
		&action->set.value, line->diag);
	if (!err)
		action->set.module = module_ref_of(&live->modules[module]);
	return err;
}

static int read_stage_list(struct line *line, const struct patch_module *module, int list)
{
	struct action *action = line->action;
	struct diag why;
	int n = list_read(
		&module->desc->lists[list], line->words[2], action->stage_list.items, &why);

	if (n < 0)
		return diag_set(line->diag, n, "%s: %.300s", line->words[1], why.text);
	action->kind = ACTION_STAGE_LIST;
	action->stage_list.module = module_ref_of(module);
	action->stage_list.list = list;
	action->stage_list.n = n;
	return 0;
}

static int read_stage(struct line *line)
{
	const struct patch *staged = line->names->staged;
	struct action *action = line->action;
	int module, list = target_find_list(staged, line->words[1], &module), err;

	if (list >= 0)
		return read_stage_list(line, &staged->modules[module], list);
	err = target_read_value(staged, line->words[1], line->words[2], &module,
		&action->stage.param, &action->stage.value, line->diag);
	if (!err)
		action->stage.module = module_ref_of(&staged->modules[module]);
	return err;
}

/* ---- gates and notes */

/* Of the live patch, or no type where the name is `*`. */
static int read_module(struct line *line, bool is_on, struct module_ref *ref)
{
	const struct patch *live = line->names->live;
	bool is_all = strcmp(line->words[1], "*") == 0;
	int m = is_all ? -1 : patch_find(live, line->words[1]);

	*ref = m < 0 ? (struct module_ref){SYMBOL_NONE, NULL} : module_ref_of(&live->modules[m]);
	if (m >= 0 || is_all)
		return 0;
	if (!is_on) /* a commit has taken the module away while it was held */
		return ACTION_IS_MOOT;
	return diag_set(
		line->diag, -ENOENT, "patch \"%s\" has no module %s", live->name, line->words[1]);
}

static int read_gate(struct line *line)
{
	struct action *action = line->action;
	int err = gate_value_read(line->words[2], &action->gate.is_on, line->diag);

	return err < 0 ? err : read_module(line, action->gate.is_on, &action->gate.module);
}

static int read_velocity(const char *text, float *out, struct diag *diag)
{
	double velocity = 0.0;

	if (text_number(text, &velocity) < 0 || velocity < 0.0 || velocity > 1.0)
		return diag_set(diag, -EINVAL, "'%.40s' is no velocity; allowed: 0..1", text);
	*out = (float)velocity;
	return 0;
}

static int read_note(struct line *line)
{
	struct action *action = line->action;
	float velocity = ACTION_DEFAULT_VELOCITY;
	bool is_on = false;
	bool is_all = strcmp(line->words[2], "*") == 0 ||
		      (line->n_words == 3 && strcmp(line->words[2], "off") == 0);
	int err = 0;

	if (line->n_words == 3 && !is_all)
		return diag_set(
			line->diag, -EINVAL, "only `off` ends after the module: all its notes");
	if (is_all)
		action->note.note = NOTE_ALL;
	else
		err = note_read(line->words[2], &action->note.note, line->diag);
	if (!err)
		err = gate_value_read(line->words[line->n_words == 3 ? 2 : 3], &is_on, line->diag);
	if (!err && is_all && is_on)
		err = diag_set(line->diag, -EINVAL, "all notes can only go off");
	if (!err && line->n_words == 5)
		err = read_velocity(line->words[4], &velocity, line->diag);
	action->note.velocity = is_on ? velocity : 0.0f;
	return err < 0 ? err : read_module(line, is_on, &action->note.module);
}

/* Two digits a byte, with blanks between them or not. */
static int read_midi(struct line *line)
{
	struct action *action = line->action;

	for (const char *at = line->words[1]; *at; at += strspn(at, " \t")) {
		char digits[3] = {at[0], at[1], '\0'};

		if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
			return diag_set(line->diag, -EINVAL,
				"'%.20s': a byte is two hex digits, as in `midi 90 3c 64`", at);
		if (action->midi.n == ACTION_MIDI_BYTES)
			return diag_set(line->diag, -E2BIG, "at most %d bytes at a time",
				ACTION_MIDI_BYTES);
		action->midi.bytes[action->midi.n++] = (uint8_t)strtol(digits, NULL, 16);
		at += 2;
	}
	return 0;
}

static int read_nothing_more(struct line *line)
{
	(void)line;
	return 0;
}

/* ---- the language */

static const struct command {
	const char *name;
	enum action_kind kind;
	int min_words, max_words;
	const char *usage;
	int (*read)(struct line *line);
	bool takes_rest; /* the last word is the rest of the line */
} commands[] = {
	{"turn", ACTION_TURN, 3, 3, "turn KNOB +N|-N", read_turn, false},
	{"press", ACTION_PRESS, 2, 3, "press BUTTON [long|double|down|up]", read_press, false},
	{"set", ACTION_SET, 3, 3, "set MODULE.PARAM VALUE", read_set, true},
	{"stage", ACTION_STAGE, 3, 3, "stage MODULE.PARAM VALUE, or MODULE.LIST ITEMS", read_stage,
		true},
	{"gate", ACTION_GATE, 3, 3, "gate MODULE|* on|off", read_gate, false},
	{"note", ACTION_NOTE, 3, 5, "note MODULE|* NOTE on|off [VELOCITY], or note MODULE|* off",
		read_note, false},
	{"midi", ACTION_MIDI, 2, 2, "midi HEX...", read_midi, true},
	{"panic", ACTION_PANIC, 1, 1, "panic", read_nothing_more, false},
	{"load", ACTION_LOAD, 2, 2, "load PATCH.ini", read_load, true},
	{"commit", ACTION_COMMIT, 1, 5, "commit [same | late N | blind N [tempo N]]", read_hint,
		false},
	{"undo", ACTION_UNDO, 1, 5, "undo [same | late N | blind N [tempo N]]", read_hint, false},
	{"revert", ACTION_REVERT, 1, 5, "revert [same | late N | blind N [tempo N]]", read_hint,
		false},
	{"next", ACTION_NEXT, 1, 1, "next", read_nothing_more, false},
	{"previous", ACTION_PREVIOUS, 1, 1, "previous", read_nothing_more, false},
	{"tap", ACTION_TAP, 1, 1, "tap", read_nothing_more, false},
	{"tempo", ACTION_TEMPO, 2, 2, "tempo BPM", read_tempo, false},
	{"snapshot", ACTION_SNAPSHOT, 2, 2, "snapshot N", read_snapshot, false},
	{"recall", ACTION_RECALL, 2, 6, "recall N [same | late N | blind N [tempo N]]", read_recall,
		false},
	{"save", ACTION_SAVE, 1, 2, "save [NAME]", read_save, true},
	{"cut", ACTION_CUT, 1, 1, "cut", read_nothing_more, false},
	{"get", ACTION_GET, 2, 2, "get MODULE.PARAM, or MODULE.LIST", read_get, false},
	{"show", ACTION_SHOW, 1, 1, "show", read_nothing_more, false},
	{"list", ACTION_LIST, 1, 1, "list", read_nothing_more, false},
	{"knobs", ACTION_KNOBS, 1, 1, "knobs", read_nothing_more, false},
	{"fault", ACTION_FAULT, 3, 4,
		"fault live|standby|both stall MS|segv|fpe|bus|ill|nan|late US", read_fault, false},
	{"quit", ACTION_QUIT, 1, 1, "quit", read_nothing_more, false},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int refuse_unknown(const struct line *line)
{
	char names[400] = "";

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s",
			commands[i].name);
	return diag_set(
		line->diag, -EINVAL, "%.40s: no such command; there are%s", line->words[0], names);
}

static char *skip_blanks(char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Cuts the next word off; *rest moves behind it. NULL: there is none. */
static char *next_word(char **rest)
{
	char *word = skip_blanks(*rest), *end = word + strcspn(word, " \t\r\n");

	if (!*word)
		return NULL;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static char *the_rest(char *at)
{
	char *end = at + strlen(at);

	at = skip_blanks(at);
	while (end > at && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return *at ? at : NULL;
}

int action_read(
	const struct action_names *names, char *text, struct action *action, struct diag *diag)
{
	struct line line = {.names = names, .action = action, .diag = diag};
	const struct command *command;
	char *word = next_word(&text);

	if (!word)
		return diag_set(diag, -EINVAL, "an empty command");
	line.words[line.n_words++] = word;
	command = find_command(word);
	if (!command)
		return refuse_unknown(&line);
	while (line.n_words < command->max_words) {
		bool is_last = line.n_words == command->max_words - 1;

		word = command->takes_rest && is_last ? the_rest(text) : next_word(&text);
		if (!word)
			break;
		line.words[line.n_words++] = word;
	}
	if (line.n_words < command->min_words || (!command->takes_rest && next_word(&text)))
		return diag_set(diag, -EINVAL, "usage: %s", command->usage);
	memset(action, 0, sizeof(*action));
	action->kind = command->kind;
	return command->read(&line);
}
