/* options.c - long options by table. See options.h. */
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "config/ini_text.h"

int options_refuse(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "chronus %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see: chronus help %s\n", command);
	return CLI_USAGE;
}

int options_exit_code(int result)
{
	return result == OPTIONS_HELPED ? CLI_OK : CLI_USAGE;
}

static const char *value_name(const struct option_row *row)
{
	static const char *const names[] = {
		[OPTION_FLAG] = "",
		[OPTION_STRING] = "TEXT",
		[OPTION_INT] = "N",
		[OPTION_DOUBLE] = "X",
		[OPTION_CHOICE] = "CHOICE",
	};

	return row->value ? row->value : names[row->kind];
}

/* The values allowed, for the help and for errors; "" where anything goes. */
static void allowed_text(const struct option_row *row, char *out, size_t n_bytes)
{
	size_t n = 0;

	out[0] = '\0';
	if (row->kind == OPTION_INT || row->kind == OPTION_DOUBLE)
		snprintf(out, n_bytes, "%.12g..%.12g", row->min, row->max);
	if (row->kind != OPTION_CHOICE)
		return;
	for (int i = 0; row->choices[i] && n < n_bytes; i++)
		n += (size_t)snprintf(out + n, n_bytes - n, i ? " %s" : "%s", row->choices[i]);
}

static void print_help(const struct option_row *rows, int n_rows)
{
	char left[64], allowed[160];

	printf("options:\n");
	for (int i = 0; i < n_rows; i++) {
		const char *value = value_name(&rows[i]);

		allowed_text(&rows[i], allowed, sizeof(allowed));
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, value[0] ? " " : "", value);
		printf("  %-24s %s%s%s%s\n", left, rows[i].help, allowed[0] ? " (" : "", allowed,
			allowed[0] ? ")" : "");
	}
	printf("  %-24s %s\n", "--help", "this list");
}

static struct json *description;

void options_describe_to(struct json *json)
{
	description = json;
}

static void json_help(struct json *json, const struct option_row *rows, int n_rows)
{
	char allowed[160];

	json_array(json, "options");
	for (int i = 0; i < n_rows; i++) {
		allowed_text(&rows[i], allowed, sizeof(allowed));
		json_object(json, NULL);
		json_string(json, "name", rows[i].name);
		json_string(json, "value", value_name(&rows[i]));
		json_string(json, "help", rows[i].help);
		json_string(json, "allowed", allowed);
		json_end(json);
	}
	json_end(json);
}

static const struct option_row *row_find(
	const struct option_row *rows, int n_rows, const char *name, size_t n_name)
{
	for (int i = 0; i < n_rows; i++) {
		if (strlen(rows[i].name) == n_name && memcmp(rows[i].name, name, n_name) == 0)
			return &rows[i];
	}
	return NULL;
}

static int refuse_unknown(
	const struct option_row *rows, int n_rows, const char *command, const char *option)
{
	struct text_names names;
	char wanted[80];

	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(option, "="), option);
	text_names_begin(&names, wanted);
	for (int i = 0; i < n_rows; i++) {
		char dashed[80];

		snprintf(dashed, sizeof(dashed), "--%s", rows[i].name);
		text_names_add(&names, dashed);
	}
	text_names_add(&names, "--help");
	options_refuse(command, "unknown option %s" TEXT_HINT, wanted, TEXT_HINT_ARGS(&names));
	return OPTIONS_BAD;
}

static int choice_find(const char *const *choices, const char *text)
{
	for (int i = 0; choices[i]; i++) {
		if (strcmp(choices[i], text) == 0)
			return i;
	}
	return -ENOENT;
}

/* 0 or -EINVAL; *row->out is untouched then. */
static int value_set(const struct option_row *row, const char *text)
{
	double number = 0;
	int choice;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->out = true;
		return 0;
	case OPTION_STRING:
		*(const char **)row->out = text;
		return 0;
	case OPTION_CHOICE:
		choice = choice_find(row->choices, text);
		if (choice < 0)
			return -EINVAL;
		*(int *)row->out = choice;
		return 0;
	case OPTION_INT:
	case OPTION_DOUBLE:
		break;
	}
	if (text_number(text, &number) < 0 || number < row->min || number > row->max)
		return -EINVAL;
	if (row->kind == OPTION_DOUBLE) {
		*(double *)row->out = number;
		return 0;
	}
	if (number < INT_MIN || number > INT_MAX || number != (int)number)
		return -EINVAL;
	*(int *)row->out = (int)number;
	return 0;
}

/* One option at argv[i]. Returns how many words it took, or OPTIONS_BAD. */
static int option_read(const struct option_row *rows, int n_rows, int argc, char **argv, int i)
{
	const char *name = argv[i] + 2;
	size_t n_name = strcspn(name, "=");
	const struct option_row *row = row_find(rows, n_rows, name, n_name);
	const char *value = name[n_name] ? name + n_name + 1 : NULL;
	bool is_next = false;
	char allowed[160];

	if (!row || argv[i][1] != '-')
		return refuse_unknown(rows, n_rows, argv[0], argv[i]);
	if (row->kind == OPTION_FLAG && value) {
		options_refuse(argv[0], "--%s takes no value", row->name);
		return OPTIONS_BAD;
	}
	if (row->kind != OPTION_FLAG && !value && i + 1 < argc) {
		value = argv[i + 1];
		is_next = true;
	}
	allowed_text(row, allowed, sizeof(allowed));
	if (row->kind != OPTION_FLAG && !value) {
		options_refuse(argv[0], "--%s needs a value (%s)%s%s", row->name, value_name(row),
			allowed[0] ? "; allowed: " : "", allowed);
		return OPTIONS_BAD;
	}
	if (value_set(row, value) < 0) {
		options_refuse(argv[0], "--%s: '%.60s' is not allowed; allowed: %s%s", row->name,
			value, row->kind == OPTION_INT ? "whole numbers " : "", allowed);
		return OPTIONS_BAD;
	}
	return is_next ? 2 : 1;
}

int options_read(const struct option_row *rows, int n_rows, int argc, char **argv)
{
	int n_args = 0, n;

	for (int i = 1; i < argc; i += n) {
		n = 1;
		if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[++n_args] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || argv[i][1] == '\0') { /* "-" alone is a file's name */
			argv[++n_args] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--help") == 0) {
			if (description)
				json_help(description, rows, n_rows);
			else
				print_help(rows, n_rows);
			return OPTIONS_HELPED;
		}
		n = option_read(rows, n_rows, argc, argv, i);
		if (n < 0)
			return OPTIONS_BAD;
	}
	return n_args;
}
