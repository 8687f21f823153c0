/* command.c - the one command language of scripts, the control socket and the terminal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"

enum { MAX_WORDS = 4 };

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

static int run_load(struct call *call)
{
	int err = desk_load(call->desk, call->words[1], &call->diag);

	if (!err)
		snprintf(call->reply, call->reply_bytes, "ok staged patch \"%s\"",
			desk_staged_patch(call->desk));
	return err;
}

static const char *word(const struct call *call, int i)
{
	return i < call->n_words ? call->words[i] : NULL;
}

static int run_commit(struct call *call)
{
	return desk_commit(call->desk, word(call, 1), word(call, 2), &call->diag);
}

static int run_undo(struct call *call)
{
	return desk_undo(call->desk, word(call, 1), word(call, 2), &call->diag);
}

static int run_fault(struct call *call)
{
	return desk_fault(call->desk, call->words[1], call->words[2],
		call->n_words == 4 ? call->words[3] : NULL, &call->diag);
}

static int run_quit(struct call *call)
{
	call->desk->wants_quit = true;
	return 0;
}

static const struct command {
	const char *name;
	int min_words, max_words;
	const char *usage;
	int (*run)(struct call *call);
} commands[] = {
	{"turn", 3, 3, "turn KNOB +N|-N", run_turn},
	{"press", 2, 3, "press BUTTON [long]", run_press},
	{"set", 3, 3, "set MODULE.PARAM VALUE", run_set},
	{"stage", 3, 3, "stage MODULE.PARAM VALUE", run_stage},
	{"gate", 3, 3, "gate MODULE on|off", run_gate},
	{"load", 2, 2, "load PATCH.ini", run_load},
	{"commit", 1, 3, "commit [late N | blind N]", run_commit},
	{"undo", 1, 3, "undo [late N | blind N]", run_undo},
	{"fault", 3, 4, "fault live|standby|both stall MS|segv|fpe|bus|ill|nan|late US", run_fault},
	{"quit", 1, 1, "quit", run_quit},
};

static int unknown(struct call *call)
{
	char names[160] = "";

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s",
			commands[i].name);
	return diag_set(
		&call->diag, -EINVAL, "%.40s: no such command; there are%s", call->words[0], names);
}

static int dispatch(struct call *call)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *command = &commands[i];

		if (strcmp(command->name, call->words[0]) != 0)
			continue;
		if (call->n_words < command->min_words || call->n_words > command->max_words)
			return diag_set(&call->diag, -EINVAL, "usage: %s", command->usage);
		return command->run(call);
	}
	return unknown(call);
}

int desk_execute(struct desk *desk, const char *line, char *reply, size_t reply_bytes)
{
	struct call call = {.desk = desk, .reply = reply, .reply_bytes = reply_bytes};
	char text[1100];
	char *rest = text;
	int err;

	if (strlen(line) >= sizeof(text)) {
		snprintf(reply, reply_bytes, "error: the command is longer than %zu characters",
			sizeof(text) - 1);
		return -EINVAL;
	}
	strcpy(text, line);
	for (char *word; (word = strsep(&rest, " \t\r\n"));) {
		if (!*word)
			continue;
		if (call.n_words == MAX_WORDS) {
			snprintf(reply, reply_bytes, "error: too many words in: %.200s", line);
			return -EINVAL;
		}
		call.words[call.n_words++] = word;
	}
	if (call.n_words == 0) {
		snprintf(reply, reply_bytes, "error: an empty command");
		return -EINVAL;
	}
	snprintf(reply, reply_bytes, "ok");
	err = dispatch(&call);
	if (err == DESK_LATER && engine_is_away(desk->engine)) {
		snprintf(reply, reply_bytes, "%s", desk_say_away(desk));
		err = 0;
	}
	if (err == DESK_LATER)
		snprintf(reply, reply_bytes, "ok under way");
	if (err < 0)
		snprintf(reply, reply_bytes, "error: %s", call.diag.text);
	return err;
}
