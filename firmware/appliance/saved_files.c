/* saved_files.c - a patch or the settings are saved while they play. See saved_files.h.
 * Tested by: e2e/test_emptied */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "appliance/run.h"
#include "config/ini_lines.h"
#include "control/file_name.h"

void run_saved_open(struct run *run)
{
	struct diag diag;

	if (file_watch_open(&run->saved.watch, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "saved files will not be staged: %s", diag.text);
}

static void check_saved_settings(const struct run *run)
{
	static struct settings settings;
	struct diag diag;
	char *text;
	size_t n_bytes;
	int err = ini_file_load(run->options->config_path, &text, &n_bytes, &diag);

	if (!err) {
		err = settings_read_text(
			text, n_bytes, run->options->config_path, &settings, &diag);
		if (!err)
			err = ini_text_filled(text, n_bytes, run->options->config_path, &diag);
		free(text);
	}
	if (err < 0)
		log_line(LOG_LEVEL_WARNING, "%s (saved; nothing has changed)", diag.text);
	else
		log_line(LOG_LEVEL_INFO, "%s: saved; it holds from the next start on",
			run->options->config_path);
}

int run_saved_poll(struct run *run, struct pollfd *fds, int *n)
{
	if (!run->saved.watch)
		return 0;
	file_watch_set(run->saved.watch, WATCH_PATCH, desk_staged_path(run->desk));
	if (run->options->config_path)
		file_watch_set(run->saved.watch, WATCH_SETTINGS, run->options->config_path);
	fds[*n] = (struct pollfd){.fd = file_watch_fd(run->saved.watch), .events = POLLIN};
	return (*n)++;
}

void run_saved_serve(struct run *run)
{
	const char *path = desk_staged_path(run->desk);
	char name[FILE_NAME_BYTES] = "", line[FILE_NAME_BYTES + 8], reply[DESK_REPLY_BYTES];

	if (!run->saved.watch)
		return;
	if (file_watch_was_saved(run->saved.watch, WATCH_SETTINGS))
		check_saved_settings(run);
	if (!file_watch_was_saved(run->saved.watch, WATCH_PATCH))
		return;
	if (desk_has_saved(run->desk, path)) /* that was us: what plays is what is in it */
		return;
	file_name_write(path, NULL, name); /* one that fits, or the patch had not been read */
	snprintf(line, sizeof(line), "load %s", name);
	if (desk_command(run->desk, line, reply, sizeof(reply)) < 0)
		log_line(LOG_LEVEL_WARNING, "saved, but not staged: %s", reply);
	else
		log_line(LOG_LEVEL_INFO, "%s: saved; %s", path, reply);
	snprintf(run->saved.told, sizeof(run->saved.told), "%s", reply);
}

bool run_saved_take_told(struct run *run, char told[DESK_REPLY_BYTES])
{
	memcpy(told, run->saved.told, sizeof(run->saved.told));
	run->saved.told[0] = '\0';
	return told[0] != '\0';
}

void run_saved_close(struct run *run)
{
	file_watch_close(run->saved.watch);
	run->saved.watch = NULL;
}
