/* options.h - long options by table, the same for every command.
 *
 * "--name value" and "--name=value"; options and arguments may be mixed; "--" ends the options.
 * An error is said on stderr with what is allowed; `--help` prints the table.
 * Threads: [init] */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "base/util.h"

enum option_kind {
	OPTION_FLAG,   /* bool: true when given; takes no value */
	OPTION_STRING, /* const char *: points into argv */
	OPTION_INT,    /* int, min..max */
	OPTION_DOUBLE, /* double, min..max */
	OPTION_CHOICE, /* int: the index into choices */
};

struct option_row {
	const char *name; /* without the dashes */
	enum option_kind kind;
	void *out;         /* holds the default; written only when the option is given */
	const char *value; /* what stands for the value in the help: "FILE", "S" */
	const char *help;  /* one line */
	double min, max;
	const char *const *choices; /* ends with NULL */
};

enum { OPTIONS_BAD = -1, OPTIONS_HELPED = -2 };

/* Reads argv[1..]; what is not an option is moved to argv[1..n], in order. Returns n, OPTIONS_BAD
 * (told; exit with CLI_USAGE) or OPTIONS_HELPED (the help was asked for and printed). */
int options_read(const struct option_row *rows, int n_rows, int argc, char **argv);
/* From here on the answer to --help is an array "options" of the object that is open in *json;
 * NULL: text on stdout again. For `chronus help --json`. */
struct json;
void options_describe_to(struct json *json);
/* The exit code for a negative result. */
int options_exit_code(int result);

/* "chronus COMMAND: what is wrong; see: chronus help COMMAND"; returns CLI_USAGE. */
int options_refuse(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
