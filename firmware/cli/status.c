/* status.c - `chronus status`: what the running program says of itself, or the last one said.
 * Tested by: e2e/test_appliance */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/runtime_dir.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/stats_page.h"
#include "appliance/service.h"

/* false: nothing runs */
static bool look_at_running(struct stats_look *look)
{
	const struct stats_page *page;
	struct diag diag;
	char path[512];

	if (runtime_path_find(path, sizeof(path), "stats") < 0 ||
		stats_map_read(path, &page, &diag) < 0)
		return false;
	stats_look(page, clock_now_ns(), look);
	munmap((void *)page, sizeof(*page));
	return runtime_is_alive(look->pid);
}

int cli_status(int argc, char **argv)
{
	int n_args = options_read(NULL, 0, argc, argv);
	static struct stats_look look;
	bool is = look_at_running(&look);
	char path[512], text[1024];
	FILE *file;
	size_t n;

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 0)
		return options_refuse(argv[0], "takes no argument, but '%.40s' was given", argv[1]);
	if (!is)
		printf("NO SOUND: chronus is not running (`journalctl -u chronus` says why)\n");
	if (runtime_path_find(path, sizeof(path), STATUS_FILE) < 0 || !(file = fopen(path, "re")))
		return is ? stats_code(&look) : CLI_FAILED;
	if (!is)
		printf("the last thing it said:\n\n");
	while ((n = fread(text, 1, sizeof(text), file)) > 0)
		fwrite(text, 1, n, stdout);
	fclose(file);
	return is ? stats_code(&look) : CLI_FAILED;
}
