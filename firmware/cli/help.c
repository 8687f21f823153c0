/* help.c - `chronus help`: the list of commands, a command's options, or all of it as JSON with the
 * settings of chronus.ini, of which the man pages are made (cross/man).
 * Tested by: e2e/test_cli */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/ini_text.h"
#include "config/settings_table.h"

void help_overview(const struct command_list *list, FILE *file)
{
	fprintf(file, "usage: chronus COMMAND [OPTION]...\n\n");
	for (int i = 0; i < list->n_commands; i++)
		fprintf(file, "  %-10s %s\n", list->commands[i].name, list->commands[i].purpose);
	fprintf(file, "\nchronus help COMMAND tells more. Exit codes: 0 done, 1 failed, "
		      "2 bad usage or bad input.\n");
}

static int ask_for_options(const struct command *command)
{
	char name[32], ask[] = "--help";
	char *argv[] = {name, ask, NULL};

	snprintf(name, sizeof(name), "%s", command->name);
	return command->run(2, argv);
}

int help_about(const struct command *command)
{
	printf("usage: chronus %s [OPTION]...%s%s\n%s\n\n", command->name,
		command->usage[0] ? " " : "", command->usage, command->purpose);
	return ask_for_options(command);
}

static void json_commands(const struct command_list *list, struct json *json)
{
	options_describe_to(json);
	json_array(json, "commands");
	for (int i = 0; i < list->n_commands; i++) {
		json_object(json, NULL);
		json_string(json, "name", list->commands[i].name);
		json_string(json, "usage", list->commands[i].usage);
		json_string(json, "purpose", list->commands[i].purpose);
		ask_for_options(&list->commands[i]);
		json_end(json);
	}
	json_end(json);
	options_describe_to(NULL);
}

static const char *kind_name(enum value_kind kind)
{
	static const char *const names[] = {
		[VALUE_INT] = "whole number",
		[VALUE_INT_OR] = "whole number",
		[VALUE_INT_OF] = "choice",
		[VALUE_DOUBLE] = "number",
		[VALUE_BOOL] = "yes or no",
		[VALUE_CHOICE] = "choice",
		[VALUE_TEXT] = "text",
		[VALUE_NAMES] = "names",
		[VALUE_PATH] = "path",
		[VALUE_TARGET] = "MODULE.PARAM or patch",
		[VALUE_CHANNELS] = "one channel or two",
		[VALUE_PRESS] = "choice",
		[VALUE_CHIP] = "chip",
		[VALUE_PIN] = "pin",
		[VALUE_PIN_PAIR] = "two pins",
	};

	return names[kind];
}

static bool has_range(const struct setting_row *row)
{
	return row->kind == VALUE_INT || row->kind == VALUE_INT_OR || row->kind == VALUE_DOUBLE ||
	       row->kind == VALUE_CHANNELS || row->kind == VALUE_PIN || row->kind == VALUE_PIN_PAIR;
}

/* As it is written in the ini; "": there is none. */
static void default_text(const struct setting_row *row, char *text, size_t n_bytes)
{
	bool is_word = row->kind == VALUE_INT_OR || row->text_bytes > 0;

	text[0] = '\0';
	if (is_word)
		snprintf(text, n_bytes, "%s", row->text_def);
	else if (row->kind == VALUE_BOOL)
		snprintf(text, n_bytes, "%s", row->def != 0.0 ? "yes" : "no");
	else if ((row->kind == VALUE_CHOICE || row->kind == VALUE_PRESS) && row->def >= 0.0)
		snprintf(text, n_bytes, "%s", row->choices[(int)row->def]);
	else if (row->kind == VALUE_INT_OF && row->def == 0.0)
		snprintf(text, n_bytes, "%s", row->choices[0]); /* off */
	else if (row->kind == VALUE_CHANNELS)
		snprintf(text, n_bytes, "1 2");
	else if (row->def >= row->min && row->kind != VALUE_CHOICE)
		snprintf(text, n_bytes, "%.12g", row->def);
}

static void json_setting(struct json *json, const struct setting_row *row)
{
	char text[SETTINGS_PATH_BYTES];

	default_text(row, text, sizeof(text));
	json_object(json, NULL);
	json_string(json, "section", row->section);
	json_string(json, "key", row->key);
	json_string(json, "kind", kind_name(row->kind));
	if (has_range(row)) {
		json_double(json, "min", row->min);
		json_double(json, "max", row->max);
	}
	json_array(json, "choices");
	for (int i = 0; row->choices && row->choices[i]; i++)
		json_string(json, NULL, row->choices[i]);
	if (row->kind == VALUE_INT_OR)
		json_string(json, NULL, row->text_def);
	json_end(json);
	json_string(json, "default", text);
	json_end(json);
}

static int print_json(const struct command_list *list)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_string(&json, "version", CHRONUS_VERSION);
	json_commands(list, &json);
	json_array(&json, "settings");
	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++)
		json_setting(&json, &settings_table[i]);
	json_end(&json);
	json_end(&json);
	return CLI_OK;
}

static int refuse_start(void) /* the service's verb once: not to be run by hand */
{
	fprintf(stderr, "chronus: unknown command 'start'; `chronus run` plays, `chronus launch` "
			"is what the card's chronus.service runs\n");
	return CLI_USAGE;
}

int help_refuse_unknown(const struct command_list *list, const char *name)
{
	struct text_names names;

	if (strcmp(name, "start") == 0)
		return refuse_start();
	text_names_begin(&names, name);
	for (int i = 0; i < list->n_commands; i++)
		text_names_add(&names, list->commands[i].name);
	text_names_add(&names, "help");
	fprintf(stderr, "chronus: unknown command '%.40s'" TEXT_HINT "\n", name,
		TEXT_HINT_ARGS(&names));
	return CLI_USAGE;
}

const struct command *command_find(const struct command_list *list, const char *name)
{
	for (int i = 0; i < list->n_commands; i++) {
		if (strcmp(list->commands[i].name, name) == 0)
			return &list->commands[i];
	}
	return NULL;
}

int cli_help(const struct command_list *list, int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		help_overview(list, stdout);
		return CLI_OK;
	}
	if (strcmp(argv[1], "--json") == 0)
		return print_json(list);
	command = command_find(list, argv[1]);
	return command ? help_about(command) : help_refuse_unknown(list, argv[1]);
}
