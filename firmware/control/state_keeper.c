#include "control/state_keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/doorbell.h"
#include "base/folder_lock.h"
#include "base/housekeeping.h"
#include "base/atomic_file.h"

/* Whose everything below is:  IDLE (the desk's) -> ORDERED (the thread's) -> DONE (the desk's) */
enum { IDLE, ORDERED, DONE };

struct state_keeper {
	pthread_t thread;
	struct doorbell bell;      /* rung by the desk */
	_Atomic uint32_t phase;    /* writer: whose it is */
	_Atomic uint32_t must_end; /* writer: [init] */
	char folder[256], name[40];
	int lock;            /* of the folder; below 0: not ours yet */
	uint64_t generation; /* of the last one that was written */
	char *text;
	size_t n_bytes;
	struct state_done done;
};

static bool is_same(const struct state_keeper *keeper)
{
	char path[400], chunk[1024];
	size_t n = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", keeper->folder, keeper->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		if (n + (size_t)got > keeper->n_bytes ||
			memcmp(keeper->text + n, chunk, (size_t)got) != 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	return got == 0 && n == keeper->n_bytes;
}

/* A folder that cannot be locked at all (a file system without locks) is used without. */
int state_keeper_look(struct state_keeper *keeper, struct state_found *found)
{
	int holder = 0;

	if (keeper->lock < 0)
		keeper->lock = folder_lock(keeper->folder, &holder);
	if (keeper->lock == -EBUSY) {
		*found = (struct state_found){.holder = holder};
		return -EBUSY;
	}
	return state_file_read(keeper->folder, found);
}

static int obey(struct state_keeper *keeper)
{
	int err;

	switch (keeper->done.order) {
	case STATE_LOOK:
		return state_keeper_look(keeper, &keeper->done.found);
	case STATE_WRITE:
		err = state_file_write(keeper->folder, keeper->generation + 1, keeper->text,
			keeper->n_bytes);
		if (!err)
			keeper->generation++;
		return err;
	case STATE_COPY:
		return is_same(keeper) ? 0
				       : atomic_file_replace(keeper->folder, keeper->name,
						 keeper->text, keeper->n_bytes, true);
	}
	return -EINVAL;
}

static void *keep(void *arg)
{
	struct state_keeper *keeper = arg;
	unsigned seen = 0;

	for (;;) {
		if (atomic_load(&keeper->phase) == ORDERED) {
			keeper->done.err = obey(keeper);
			free(keeper->text);
			keeper->text = NULL;
			atomic_store(&keeper->phase, DONE);
		} else if (atomic_load(&keeper->must_end)) {
			return NULL;
		} else {
			seen = doorbell_wait(&keeper->bell, seen);
		}
	}
}

int state_keeper_open(struct state_keeper **out, const char *folder, int cpu, struct diag *diag)
{
	struct state_keeper *keeper = calloc(1, sizeof(*keeper));
	const struct housekeeping wish = {"state keeper", cpu, keep, keeper};
	int err = keeper ? 0 : -ENOMEM;

	if (!err && strlen(folder) >= sizeof(keeper->folder))
		err = -ENAMETOOLONG;
	if (!err) {
		keeper->lock = -ENOENT;
		snprintf(keeper->folder, sizeof(keeper->folder), "%s", folder);
		err = housekeeping_start(&keeper->thread, &wish);
	}
	if (err < 0) {
		free(keeper);
		return diag_set(diag, err, "%s: nobody to keep it: %s", folder, strerror(-err));
	}
	*out = keeper;
	return 0;
}

void state_keeper_close(struct state_keeper *keeper)
{
	if (!keeper)
		return;
	atomic_store(&keeper->must_end, 1);
	doorbell_ring(&keeper->bell);
	pthread_join(keeper->thread, NULL);
	free(keeper->done.found.text);
	if (keeper->lock >= 0)
		close(keeper->lock);
	free(keeper);
}

bool state_keeper_is_idle(const struct state_keeper *keeper)
{
	return atomic_load(&keeper->phase) == IDLE;
}

void state_keeper_follow(struct state_keeper *keeper, uint64_t generation)
{
	keeper->generation = generation;
}

void state_keeper_order(struct state_keeper *keeper, enum state_order order, const char *name,
	char *text, size_t n_bytes)
{
	keeper->done = (struct state_done){.order = order};
	snprintf(keeper->name, sizeof(keeper->name), "%s", name ? name : "");
	keeper->text = text;
	keeper->n_bytes = n_bytes;
	atomic_store(&keeper->phase, ORDERED);
	doorbell_ring(&keeper->bell);
}

bool state_keeper_take(struct state_keeper *keeper, struct state_done *done)
{
	if (atomic_load(&keeper->phase) != DONE)
		return false;
	*done = keeper->done;
	keeper->done.found.text = NULL;
	atomic_store(&keeper->phase, IDLE);
	return true;
}
