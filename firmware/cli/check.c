/* check.c - `chronus check FILE...`: are these patches and settings right?
 * Tested by: e2e/test_cli */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "config/check_text.h"
#include "config/ini_lines.h"

static int check_file(const char *path, struct diag *diag)
{
	struct check check;
	size_t n_bytes;
	char *text;
	int err = ini_file_load(path, &text, &n_bytes, diag);

	if (err < 0)
		return err;
	err = check_text(text, n_bytes, path, &check, diag);
	free(text);
	if (err < 0)
		return err;
	fputs(check.warnings, stderr);
	printf("%s: ok (%s)\n", path, check.summary);
	return 0;
}

int cli_check(int argc, char **argv)
{
	int n_args = options_read(NULL, 0, argc, argv);
	int code = CLI_OK;
	struct diag diag;

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args == 0)
		return options_refuse(argv[0], "which files?");
	for (int i = 1; i <= n_args; i++) {
		if (check_file(argv[i], &diag) < 0) {
			fflush(stdout); /* in the order of the files */
			fprintf(stderr, "%s\n", diag.text);
			code = CLI_USAGE;
		}
	}
	return code;
}
