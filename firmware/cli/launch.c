/* start.c - `chronus launch`: `run`, by the newest program that is fit to.
 *
 * The unit starts this one, of the read-only system. A program from a package is in /data/app
 * (card/package.c): one that is tried gets one start in a boot; one that was kept is left when it
 * has ended three times in a row within half a minute of its start. What cannot be counted is not
 * tried.
 * Tested by: e2e/test_card */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "card/safe_file.h"
#include "card/start_choice.h"
#include "cli/cli.h"

int cli_launch(int argc, char **argv)
{
	struct paths paths;
	char path[2 * PATHS_BYTES], name[] = "run";

	paths_find(&paths, paths_root());
	for (int i = 0; i < START_CHOICES; i++) {
		if (!start_choice(&paths, clock_now_ns(), path, sizeof(path)))
			break;
		log_line(LOG_LEVEL_INFO, "starting %s", path);
		argv[0] = name;
		start_exec(path, argc, argv);
		log_line(LOG_LEVEL_WARNING, "%s does not start", path);
	}
	argv[0] = name;
	return cli_run(argc, argv);
}
