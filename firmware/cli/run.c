/* run.c - `chronus run`: plays (appliance/appliance.h).
 * Tested by: e2e/test_run */
#include <stddef.h>

#include "appliance/appliance.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/options.h"

int cli_run(int argc, char **argv)
{
	static const int codes[] = {[APPLIANCE_DONE] = CLI_OK,
		[APPLIANCE_FAILED] = CLI_FAILED,
		[APPLIANCE_BAD_INPUT] = CLI_USAGE};
	struct appliance_options options = {.seconds = 0.0};
	const struct option_row rows[] = {
		{"config", OPTION_STRING, &options.config_path, "FILE", "the settings, chronus.ini",
			0, 0, NULL},
		{"seconds", OPTION_DOUBLE, &options.seconds, "S", "stop after this long", 0.001,
			1e9, NULL},
		{"script", OPTION_STRING, &options.script_path, "FILE", "commands with their times",
			0, 0, NULL},
		{"log-events", OPTION_STRING, &options.journal_path, "FILE",
			"write what happens, for render --script; a folder that is there gets the "
			"patches too. Nothing is kept, or taken from before, in such a run",
			0, 0, NULL},
		{"allow-faults", OPTION_FLAG, &options.allows_faults, NULL,
			"obey `fault` commands (for tests)", 0, 0, NULL},
		{"appliance", OPTION_FLAG, &options.is_appliance, NULL,
			"play whatever is wrong with the files, and wait for the sound card", 0, 0,
			NULL},
	};
	int n = options_read(rows, ARRAY_LEN(rows), argc, argv);

	if (n < 0)
		return options_exit_code(n);
	if (n > 1)
		return options_refuse("run", "%s: one patch at a time", argv[2]);
	options.patch_said = n ? argv[1] : NULL;
	return codes[appliance_play(&options)];
}
