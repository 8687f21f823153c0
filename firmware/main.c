/* main.c - the table of commands. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/std_files.h"
#include "base/util.h"
#include "cli/cli.h"

static const struct command commands[] = {
	{"run", "[PATCH.ini] [--config FILE]", "play: sound card or simulation, knobs, patches",
		cli_run},
	{"render", "[PATCH [OUT.wav]]", "play a patch into a WAV file, as fast as it goes",
		cli_render},
	{"check", "FILE...", "say whether patches and chronus.ini are right", cli_check},
	{"doctor", "[--config FILE] [--report FILE]",
		"is this machine fit to play? what to do where not", cli_doctor},
	{"setup", "[--apply | --undo]",
		"what Raspberry Pi OS should do for it at boot: shows it, or does it", cli_setup},
	{"modules", "[NAME]", "what modules there are; a module's ports and parameters",
		cli_modules},
	{"devices", "[NAME...]", "what sound cards there are, and what they can do", cli_devices},
	{"stats", "", "what the running chronus counts: load, missed blocks, commits", cli_stats},
	{"status", "", "why is there no sound? what plays, what is wrong, in a screen", cli_status},
	{"midi", "", "the MIDI ports of the running chronus, and what arrives at them", cli_midi},
	{"send", "COMMAND...", "tell the running chronus something: \"commit\" \"undo\" ...",
		cli_send},
	{"edit", "[FILE]",
		"change chronus.ini or a patch of the card, checked before it is replaced",
		cli_edit},
	{"update", "[FILE]", "a new system or program: verified, tried, kept when it has sounded",
		cli_update},
	{"launch", "", "run, by the newest program that is fit to (for chronus.service)",
		cli_launch},
	{"card", "", "the privileged side of edit and update (for chronus-card.socket)", cli_card},
};

static const struct command_list list = {commands, ARRAY_LEN(commands)};

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

static int obey(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		help_overview(&list, stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("chronus %s\n", CHRONUS_VERSION);
		return CLI_OK;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return cli_help(&list, argc - 1, argv + 1);
	command = command_find(&list, argv[1]);
	if (!command)
		return help_refuse_unknown(&list, argv[1]);
	if (asks_for_help(argc - 1, argv + 1))
		return help_about(command);
	return command->run(argc - 1, argv + 1);
}

/* The one place where it is known whether all that was printed has arrived. */
int main(int argc, char **argv)
{
	int err = std_files_open(), code;

	if (err < 0) {
		fprintf(stderr, "chronus: /dev/null: %s\n", strerror(-err));
		return CLI_FAILED;
	}
	code = obey(argc, argv);
	err = std_files_close();
	if (err < 0) {
		fprintf(stderr, "chronus: stdout: %s; not all of the answer was written\n",
			err == -EBADF ? "it is closed" : strerror(-err));
		code = code == CLI_OK ? CLI_FAILED : code;
	}
	return code;
}
