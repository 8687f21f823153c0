/* save.c - a patch to its file: here, or where only the card's privileged side may write, by that.
 * Tested by: e2e/test_save.sh */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "appliance/run.h"
#include "base/housekeeping.h"
#include "base/log.h"
#include "card/client.h"
#include "card/user_file.h"

static struct run_save {
	pthread_t thread;
	bool is_under_way;
	atomic_bool is_done; /* writer: the thread, and [desk] before it */
	struct desk_save order;
	int err;
	struct diag diag;
} save; /* the one under way */

void run_save_open(struct run *run)
{
	desk_allow_saves(run->desk);
}

static void say_nothing(const char *line)
{
	(void)line;
}

/* NAME.ini of the card's patches/: the service checks it, and keeps what was there. */
static int ask_card(const struct desk_save *order, const char *name, struct diag *diag)
{
	char line[USER_NAME_BYTES + 40], answer[300];
	struct client client;
	struct paths paths;
	int err;

	paths_find(&paths, paths_root());
	err = client_open(&client, &paths, diag);
	if (err < 0)
		return err;
	snprintf(line, sizeof(line), "save %.70s %zu\n", name, order->n_bytes);
	err = client_send(&client, line, strlen(line), diag);
	if (!err)
		err = client_send(&client, order->text, order->n_bytes, diag);
	return client_answer(&client, say_nothing, answer, sizeof(answer), diag);
}

/* The two names are of one folder. */
static bool is_of_card(const char *folder)
{
	char patches[PATHS_BYTES + 20], *real, *other;
	struct paths paths;
	bool is;

	paths_find(&paths, paths_root());
	snprintf(patches, sizeof(patches), "%s/patches", paths.card);
	real = realpath(folder, NULL);
	other = realpath(patches, NULL);
	is = real && other && strcmp(real, other) == 0;
	free(real);
	free(other);
	return is;
}

static int write_order(const struct desk_save *order, struct diag *diag)
{
	const char *slash = strrchr(order->path, '/');
	const char *name = slash ? slash + 1 : order->path;
	char folder[sizeof(order->path)];
	int err;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - order->path) : 1,
		slash ? order->path : ".");
	err = user_file_keep_and_put(folder, name, order->text, order->n_bytes, 0644, diag);
	if ((err == -EROFS || err == -EACCES || err == -EPERM) && is_of_card(folder))
		err = ask_card(order, name, diag);
	return err;
}

static void *write_it(void *arg)
{
	(void)arg;
	save.err = write_order(&save.order, &save.diag);
	atomic_store(&save.is_done, true);
	return NULL;
}

static void tell(struct run *run)
{
	const char *told = desk_saved(run->desk, save.err, save.diag.text);

	free(save.order.text);
	save.order.text = NULL;
	if (run->surfaces.control)
		control_socket_answer(run->surfaces.control, CONTROL_SAVE_LATER, told);
	if (!run_screen_say(run, told))
		log_line(save.err < 0 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "save: %s", told);
}

void run_save_tick(struct run *run)
{
	const struct housekeeping wish = {
		"patch writer", run->settings.rt.desk_cpu, write_it, NULL};
	int err;

	if (save.is_under_way && atomic_load(&save.is_done)) {
		pthread_join(save.thread, NULL);
		save.is_under_way = false;
		tell(run);
	}
	if (save.is_under_way || !desk_take_save(run->desk, &save.order))
		return;
	atomic_store(&save.is_done, false);
	err = housekeeping_start(&save.thread, &wish); /* from here on save.err is the thread's */
	save.is_under_way = !err;
	if (err < 0) {
		save.err = diag_set(&save.diag, err, "%s: nobody to write it: %s", save.order.path,
			strerror(-err));
		tell(run);
	}
}

void run_save_close(struct run *run)
{
	while (run->desk && (save.is_under_way || desk_is_saving(run->desk))) {
		if (save.is_under_way) {
			pthread_join(save.thread, NULL);
			save.is_under_way = false;
			tell(run);
		}
		run_save_tick(run);
	}
}
