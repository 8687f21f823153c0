/* edit.c - `chronus edit [FILE]`: a file of the card in an editor, or from a pipe; checked before
 * anything is replaced.
 * Tested by: e2e/test_card */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/edit.h"
#include "cli/options.h"

enum { MAX_EDITOR_WORDS = 8 };

static int fail(const struct diag *diag, int code)
{
	fprintf(stderr, "%s\n", diag->text);
	return code;
}

static int read_file(struct file_edit *edit, const char *path, struct diag *diag)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	err = edit_read(edit, fd, path, diag);
	close(fd);
	return err;
}

/* ---- with an editor */

/* $VISUAL, $EDITOR, or what is there; its words, without a shell. */
static int run_editor(const char *path, struct diag *diag)
{
	static const char *const editors[] = {"/usr/bin/nano", "/usr/bin/editor", "/usr/bin/vi"};
	const char *editor = getenv("VISUAL");
	char words[300], *argv[MAX_EDITOR_WORDS + 2], *rest = words, *word;
	int n = 0, status, err;
	pid_t pid;

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	for (size_t i = 0; i < ARRAY_LEN(editors) && (!editor || !*editor); i++)
		if (access(editors[i], X_OK) == 0)
			editor = editors[i];
	snprintf(words, sizeof(words), "%s", editor ? editor : "");
	while (n < MAX_EDITOR_WORDS && (word = strsep(&rest, " ")) != NULL)
		if (*word)
			argv[n++] = word;
	if (n == 0)
		return diag_set(diag, -ENOENT, "no editor: set $EDITOR, or use --from");
	argv[n++] = (char *)path;
	argv[n] = NULL;
	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		return diag_set(diag, -err, "%s: %s", argv[0], strerror(err));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0
		       ? 0
		       : diag_set(diag, -ECANCELED, "%s ended with an error", argv[0]);
}

/* true: once more. */
static bool ask_again(const char *path)
{
	char line[20] = "";

	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "nothing has changed; what you wrote is in %s\n", path);
		return false;
	}
	fprintf(stderr, "Edit again? [Y/n] ");
	if (!fgets(line, sizeof(line), stdin) || line[0] == 'n' || line[0] == 'N') {
		fprintf(stderr, "nothing has changed; what you wrote is in %s\n", path);
		return false;
	}
	return true;
}

/* Rounds of editor and check, until it is right or given up. */
static int edit_rounds(struct file_edit *edit, const char *path)
{
	char *before = malloc(edit->n_bytes + 1);
	size_t n_before = edit->n_bytes;
	struct diag diag;
	int err, code = CLI_FAILED;

	if (!before)
		return fail((diag_set(&diag, -ENOMEM, "out of memory"), &diag), CLI_FAILED);
	memcpy(before, edit->bytes, n_before);
	for (;;) {
		err = run_editor(path, &diag);
		if (!err)
			err = read_file(edit, path, &diag);
		if (err < 0) {
			code = fail(&diag, CLI_FAILED);
			break;
		}
		if (edit->n_bytes == n_before && memcmp(edit->bytes, before, n_before) == 0) {
			printf("%s: unchanged\n", edit->name);
			code = CLI_OK;
			break;
		}
		if (edit_put(edit, &diag) == 0) {
			code = CLI_OK;
			break;
		}
		code = fail(&diag, CLI_USAGE);
		if (!ask_again(path))
			break;
	}
	if (code == CLI_OK)
		unlink(path);
	free(before);
	return code;
}

static int edit_by_hand(struct file_edit *edit)
{
	char path[] = "/tmp/chronus-XXXXXX.ini", original[600];
	int fd = mkstemps(path, 4);
	struct diag diag;
	int err = 0;

	if (fd < 0)
		return fail((diag_set(&diag, -errno, "%s: %s", path, strerror(errno)), &diag),
			CLI_FAILED);
	paths_join(original, sizeof(original), edit->paths.card, "%s", edit->name);
	if (access(original, F_OK) == 0)
		err = read_file(edit, original, &diag);
	else
		fprintf(stderr, "%s: a new file\n", edit->name);
	if (!err && write(fd, edit->bytes, edit->n_bytes) != (ssize_t)edit->n_bytes)
		err = diag_set(&diag, -EIO, "%s: cannot be written", path);
	close(fd);
	if (err < 0) {
		unlink(path);
		return fail(&diag, CLI_FAILED);
	}
	return edit_rounds(edit, path);
}

int cli_edit(int argc, char **argv)
{
	const char *from = NULL, *inbox = NULL;
	bool restarts = false;
	const struct option_row rows[] = {
		{"from", OPTION_STRING, &from, "FILE", "take it from FILE (- is stdin), no editor",
			0, 0, NULL},
		{"inbox", OPTION_STRING, &inbox, "FOLDER",
			"take what scp has put into FOLDER (for chronus-inbox.service)", 0, 0,
			NULL},
		{"restart", OPTION_FLAG, &restarts, NULL,
			"start the instrument anew when it is right", 0, 0, NULL},
	};
	int n = options_read(rows, ARRAY_LEN(rows), argc, argv), code;
	static struct file_edit edit;
	struct diag diag;

	if (n < 0)
		return options_exit_code(n);
	if (n > 1 || (inbox && (n || from)))
		return options_refuse(argv[0], "one file at a time");
	if (user_file_name(n ? argv[1] : "chronus.ini", edit.name, &diag) < 0)
		return options_refuse(argv[0], "%s", diag.text);
	paths_find(&edit.paths, paths_root());
	edit.bytes = malloc(USER_FILE_MAX_BYTES + 1);
	if (!edit.bytes)
		return fail((diag_set(&diag, -ENOMEM, "out of memory"), &diag), CLI_FAILED);
	if (inbox)
		code = edit_inbox(&edit, inbox, &diag) < 0 ? fail(&diag, CLI_FAILED) : CLI_OK;
	else if (!from)
		code = edit_by_hand(&edit);
	else if (read_file(&edit, from, &diag) < 0)
		code = fail(&diag, CLI_FAILED);
	else
		code = edit_put(&edit, &diag) < 0 ? fail(&diag, CLI_USAGE) : CLI_OK;
	free(edit.bytes);
	if (code == CLI_OK && restarts)
		code = edit_restart(&edit, &diag) < 0 ? fail(&diag, CLI_FAILED) : CLI_OK;
	return code;
}
