/* send.c - `chronus send COMMAND...`: tells the running program something, prints what it says.
 * Tested by: e2e/test_cli */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/runtime_dir.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "control/control_socket.h"

static int tell_failure(const char *path, int err)
{
	if (err == ENOENT || err == ECONNREFUSED)
		fprintf(stderr, "chronus send: nothing listens at %s (is `chronus run` running?)\n",
			path);
	else if (err == EACCES)
		fprintf(stderr, "chronus send: %s: %s (be root or in the group that owns it)\n",
			path, strerror(err));
	else if (err == EAGAIN)
		fprintf(stderr, "chronus send: no reply within %d s\n", ASK_PATIENCE_S);
	else
		fprintf(stderr, "chronus send: %s: %s\n", path, strerror(err));
	return CLI_FAILED;
}

/* Sends one command and prints its reply. 0, 1 (the reply is an error) or a negative errno. */
static int send_one(struct ask *ask, const char *command)
{
	char first[40], ignored[2];
	int err = ask_send(ask, command);

	if (!err)
		err = ask_line(ask, first, sizeof(first), stdout);
	for (int n = err ? 0 : ask_lines_behind(first); n > 0 && !err; n--)
		err = ask_line(ask, ignored, sizeof(ignored), stdout);
	return err ? err : strncmp(first, "error:", strlen("error:")) == 0;
}

int cli_send(int argc, char **argv)
{
	int n_args = options_read(NULL, 0, argc, argv);
	struct ask ask;
	int code = CLI_OK, result;
	char path[512];

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args == 0)
		return options_refuse(argv[0], "which command?");
	for (int i = 1; i <= n_args; i++) {
		if (strchr(argv[i], '\n') || strlen(argv[i]) > CONTROL_LINE_BYTES)
			return options_refuse(argv[0], "a command is one line of at most %d bytes",
				CONTROL_LINE_BYTES);
	}
	if (runtime_path_find(path, sizeof(path), "control.sock") < 0)
		return tell_failure("the runtime folder", ENAMETOOLONG);
	result = ask_open(&ask, path);
	if (result < 0)
		return tell_failure(path, -result);
	for (int i = 1; i <= n_args; i++) {
		result = send_one(&ask, argv[i]);
		if (result < 0) {
			ask_close(&ask);
			return tell_failure(path, -result);
		}
		if (result > 0)
			code = CLI_FAILED;
	}
	ask_close(&ask);
	return code;
}
