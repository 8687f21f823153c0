/* cli.h - the commands of `chronus`, one file each; main.c holds their table.
 *
 * argv[0] is the command's name. Each returns the process's exit code.
 * Threads: [init] */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

enum {
	CLI_OK = 0,
	CLI_FAILED = 1, /* it was asked rightly and did not work */
	CLI_USAGE = 2,  /* bad usage or bad input */
	/* of `stats` and `status`, as text */
	CLI_NOT_PLAYING = 3,
	CLI_DEGRADED = 4,
};

struct command {
	const char *name;
	const char *usage; /* the arguments behind the options; "": none */
	const char *purpose;
	int (*run)(int argc, char **argv);
};

struct command_list {
	const struct command *commands;
	int n_commands;
};

/* NULL: there is none of that name. */
const struct command *command_find(const struct command_list *list, const char *name);

int cli_help(const struct command_list *list, int argc, char **argv);
void help_overview(const struct command_list *list, FILE *file);
int help_about(const struct command *command); /* prints its options */
/* CLI_USAGE */
int help_refuse_unknown(const struct command_list *list, const char *name);

int cli_run(int argc, char **argv);
int cli_render(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_modules(int argc, char **argv);
int cli_devices(int argc, char **argv);
int cli_stats(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_setup(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_send(int argc, char **argv);
int cli_midi(int argc, char **argv);
int cli_edit(int argc, char **argv);
int cli_update(int argc, char **argv);
int cli_card(int argc, char **argv);
int cli_launch(int argc, char **argv);

#endif
