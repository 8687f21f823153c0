/* edit_send.c - a file read, checked and sent to the privileged side. See edit.h.
 * Tested by: e2e/test_card */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/runtime_dir.h"
#include "card/client.h"
#include "cli/ask.h"
#include "cli/edit.h"

static void say(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

int edit_read(struct file_edit *edit, int fd, const char *path, struct diag *diag)
{
	ssize_t n;

	edit->n_bytes = 0;
	while ((n = read(fd, edit->bytes + edit->n_bytes,
			USER_FILE_MAX_BYTES + 1 - edit->n_bytes)) > 0)
		edit->n_bytes += (size_t)n;
	if (n < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	if (edit->n_bytes > USER_FILE_MAX_BYTES)
		return diag_set(
			diag, -EFBIG, "%s: larger than %d KB", path, USER_FILE_MAX_BYTES / 1024);
	return 0;
}

/* Whether the running program has read it already, and plays it at the next commit. */
static bool is_staged(const char *name)
{
	const char *slash = strrchr(name, '/');
	char path[512], line[300];
	struct ask ask;
	bool is_found = false;
	size_t n_name;

	name = slash ? slash + 1 : name;
	n_name = strlen(name);
	if (runtime_path_find(path, sizeof(path), "control.sock") < 0 || ask_open(&ask, path) < 0)
		return false;
	line[0] = '\0';
	if (ask_send(&ask, "list") == 0)
		ask_line(&ask, line, sizeof(line), NULL);
	for (int n = ask_lines_behind(line); n > 0 && !is_found; n--) {
		if (ask_line(&ask, line, sizeof(line), NULL) < 0)
			break;
		is_found = strncmp(line, name, n_name) == 0 && line[n_name] == ':' &&
			   strstr(line + n_name, "staged");
	}
	ask_close(&ask);
	return is_found;
}

/* Sends it to the privileged side, which checks it once more. */
static int put(struct file_edit *edit, struct diag *diag)
{
	char line[USER_NAME_BYTES + 40], answer[500];
	struct client client;
	int err = client_open(&client, &edit->paths, diag);

	if (err < 0)
		return err;
	snprintf(line, sizeof(line), "edit %s %zu\n", edit->name, edit->n_bytes);
	err = client_send(&client, line, strlen(line), diag);
	if (!err)
		err = client_send(&client, edit->bytes, edit->n_bytes, diag);
	err = client_answer(&client, say, answer, sizeof(answer), diag);
	if (!err)
		printf("%s%s\n", answer,
			is_staged(edit->name) ? "; staged; commit to hear it" : "");
	return err;
}

int edit_put(struct file_edit *edit, struct diag *diag)
{
	static struct user_check check;
	int err =
		user_file_check(&edit->paths, edit->name, edit->bytes, edit->n_bytes, &check, diag);

	return err ? err : put(edit, diag);
}

int edit_restart(struct file_edit *edit, struct diag *diag)
{
	char answer[200];
	struct client client;
	int err = client_open(&client, &edit->paths, diag);

	if (err < 0)
		return err;
	client_send(&client, "restart\n", strlen("restart\n"), diag);
	err = client_answer(&client, say, answer, sizeof(answer), diag);
	if (!err)
		printf("%s\n", answer);
	return err;
}
