/* card.c - `chronus card`: the privileged side of edit and update, a request on stdin. Started by
 * chronus-card.socket, a process a connection.
 * Tested by: e2e/test_clients */
#include <unistd.h>

#include "card/serve.h"
#include "card/trial.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sound_now.h"

int cli_card(int argc, char **argv)
{
	struct paths paths;
	int n = options_read(NULL, 0, argc, argv);

	if (n < 0)
		return options_exit_code(n);
	if (n > 0)
		return options_refuse(argv[0], "%s: no such argument", argv[1]);
	paths_find(&paths, paths_root());
	trial_look = sound_now;
	return card_serve(&paths, STDIN_FILENO, STDOUT_FILENO) ? CLI_FAILED : CLI_OK;
}
