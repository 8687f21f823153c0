/* command.c - the one command language of scripts, the control socket and the terminal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"
#include "control/file_name.h"

enum { MAX_WORDS = 5, MAX_TOLD_BLOCKS = 100000 };

struct call {
	struct desk *desk;
	int n_words;
	char *words[MAX_WORDS];
	char *reply;
	size_t reply_bytes;
	struct diag diag;
};

static int read_detents(struct call *call, const char *text, int *out)
{
	char *end;
	long n = strtol(text, &end, 10);

	if ((text[0] != '+' && text[0] != '-') || *end || end == text + 1 || n < -10000 ||
		n > 10000)
		return diag_set(
			&call->diag, -EINVAL, "%s: expected +N or -N detents, at most 10000", text);
	*out = (int)n;
	return 0;
}

static int run_turn(struct call *call)
{
	int detents = 0, err = read_detents(call, call->words[2], &detents);

	return err < 0 ? err
		       : desk_turn(call->desk, call->words[1], detents, call->reply,
				 call->reply_bytes, &call->diag);
}

static int run_press(struct call *call)
{
	bool is_long = call->n_words == 3;

	if (is_long && strcmp(call->words[2], "long") != 0)
		return diag_set(&call->diag, -EINVAL, "%s: only `long` may follow the button",
			call->words[2]);
	return desk_press(call->desk, call->words[1], is_long, &call->diag);
}

static int run_set(struct call *call)
{
	return desk_set(call->desk, call->words[1], call->words[2], &call->diag);
}

static int run_stage(struct call *call)
{
	return desk_stage(call->desk, call->words[1], call->words[2], &call->diag);
}

static int run_gate(struct call *call)
{
	return desk_gate(call->desk, call->words[1], call->words[2], &call->diag);
}

static int run_note(struct call *call)
{
	return desk_note(call->desk, call->words[1], call->words[2], call->words[3],
		call->n_words == 5 ? call->words[4] : NULL, &call->diag);
}

static int run_load(struct call *call)
{
	struct file_name name;
	int err = file_name_read(call->words[1], &name, &call->diag);

	if (!err)
		err = file_name_check(&name, &call->diag);
	if (!err)
		err = desk_load(call->desk, name.path, &call->diag);
	if (!err)
		snprintf(call->reply, call->reply_bytes, "ok staged patch \"%s\"",
			desk_staged_patch(call->desk));
	return err;
}

/* Words at and at + 1: `name N`. false: they are not. */
static bool read_told(const struct call *call, int at, const char *name, int *out_n)
{
	char *end = NULL;
	long n;

	if (at + 1 >= call->n_words || strcmp(call->words[at], name) != 0)
		return false;
	n = strtol(call->words[at + 1], &end, 10);
	*out_n = (int)n;
	return !*end && n >= 0 && n <= MAX_TOLD_BLOCKS;
}

/* How the commit's fade was chosen when it was heard first. */
static int read_all_told(struct call *call, struct slot_told *told)
{
	bool is_good = call->n_words == 1;

	*told = SLOT_TOLD_NOTHING;
	told->is_same = call->n_words == 2 && strcmp(call->words[1], "same") == 0;
	is_good = is_good || told->is_same;
	if (call->n_words == 3)
		is_good = read_told(call, 1, "late", &told->late_blocks);
	if (!is_good && (call->n_words == 3 || call->n_words == 5)) {
		is_good = read_told(call, 1, "blind", &told->blind_blocks);
		told->tempo_blocks = told->blind_blocks;
	}
	if (is_good && call->n_words == 5)
		is_good = read_told(call, 3, "tempo", &told->tempo_blocks);
	return is_good ? 0
		       : diag_set(&call->diag, -EINVAL,
				 "only `same`, `late N` or `blind N`, maybe with `tempo N`, may "
				 "follow, "
				 "N from 0 to %d, as a journal has them",
				 MAX_TOLD_BLOCKS);
}

static int run_commit(struct call *call)
{
	struct slot_told told;
	int err = read_all_told(call, &told);

	return err < 0 ? err : desk_commit(call->desk, &told, &call->diag);
}

static int run_undo(struct call *call)
{
	struct slot_told told;
	int err = read_all_told(call, &told);

	return err < 0 ? err : desk_undo(call->desk, &told, &call->diag);
}

static int run_cut(struct call *call)
{
	return desk_cut_tail(call->desk);
}

static int run_fault(struct call *call)
{
	return desk_fault(call->desk, call->words[1], call->words[2],
		call->n_words == 4 ? call->words[3] : NULL, &call->diag);
}

static int run_quit(struct call *call)
{
	desk_release_all(call->desk);
	call->desk->wants_quit = true;
	return 0;
}

static const struct command {
	const char *name;
	int min_words, max_words;
	const char *usage;
	int (*run)(struct call *call);
	bool takes_rest; /* the last word is the rest of the line */
} commands[] = {
	{"turn", 3, 3, "turn KNOB +N|-N", run_turn, false},
	{"press", 2, 3, "press BUTTON [long]", run_press, false},
	{"set", 3, 3, "set MODULE.PARAM VALUE", run_set, true},
	{"stage", 3, 3, "stage MODULE.PARAM VALUE, or MODULE.LIST ITEMS", run_stage, true},
	{"gate", 3, 3, "gate MODULE|* on|off", run_gate, false},
	{"note", 4, 5, "note MODULE|* NOTE on|off [VELOCITY]", run_note, false},
	{"load", 2, 2, "load PATCH.ini", run_load, true},
	{"commit", 1, 5, "commit [same | late N | blind N [tempo N]]", run_commit, false},
	{"undo", 1, 5, "undo [same | late N | blind N [tempo N]]", run_undo, false},
	{"cut", 1, 1, "cut", run_cut, false},
	{"fault", 3, 4, "fault live|standby|both stall MS|segv|fpe|bus|ill|nan|late US", run_fault,
		false},
	{"quit", 1, 1, "quit", run_quit, false},
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown(struct call *call)
{
	char names[160] = "";

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s",
			commands[i].name);
	return diag_set(
		&call->diag, -EINVAL, "%.40s: no such command; there are%s", call->words[0], names);
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

static int dispatch(struct call *call, char *rest)
{
	const struct command *command;
	char *word = next_word(&rest);

	if (!word)
		return diag_set(&call->diag, -EINVAL, "an empty command");
	call->words[call->n_words++] = word;
	command = find_command(word);
	if (!command)
		return unknown(call);
	while (call->n_words < command->max_words) {
		bool is_last = call->n_words == command->max_words - 1;

		word = command->takes_rest && is_last ? the_rest(rest) : next_word(&rest);
		if (!word)
			break;
		call->words[call->n_words++] = word;
	}
	if (call->n_words < command->min_words || (!command->takes_rest && next_word(&rest)))
		return diag_set(&call->diag, -EINVAL, "usage: %s", command->usage);
	return command->run(call);
}

int desk_execute(struct desk *desk, const char *line, char *reply, size_t reply_bytes)
{
	struct call call = {.desk = desk, .reply = reply, .reply_bytes = reply_bytes};
	char text[1100];
	int err;

	if (strlen(line) >= sizeof(text)) {
		snprintf(reply, reply_bytes, "error: the command is longer than %zu characters",
			sizeof(text) - 1);
		return -EINVAL;
	}
	strcpy(text, line);
	snprintf(reply, reply_bytes, "ok");
	err = dispatch(&call, text);
	if (err == DESK_LATER && engine_is_away(desk->engine)) {
		snprintf(reply, reply_bytes, "%s", desk_say_away(desk));
		err = 0;
	}
	if (err == DESK_LATER)
		snprintf(reply, reply_bytes, "ok under way");
	if (err == DESK_IS_TAKEN_BACK) {
		snprintf(reply, reply_bytes, "%s", DESK_TAKEN_BACK);
		err = 0;
	}
	if (err < 0)
		snprintf(reply, reply_bytes, "error: %s", call.diag.text);
	return err;
}
