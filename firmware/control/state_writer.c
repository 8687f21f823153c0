#include "control/state_writer.h"

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

struct state_writer {
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

static bool is_same(const struct state_writer *writer)
{
	char path[400], chunk[1024];
	size_t n = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", writer->folder, writer->name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		if (n + (size_t)got > writer->n_bytes ||
			memcmp(writer->text + n, chunk, (size_t)got) != 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	return got == 0 && n == writer->n_bytes;
}

/* A folder that cannot be locked at all (a file system without locks) is used without. */
int state_writer_look(struct state_writer *writer, struct state_found *found)
{
	int holder = 0;

	if (writer->lock < 0)
		writer->lock = folder_lock(writer->folder, &holder);
	if (writer->lock == -EBUSY) {
		*found = (struct state_found){.holder = holder};
		return -EBUSY;
	}
	return state_file_read(writer->folder, found);
}

static int obey(struct state_writer *writer)
{
	int err;

	switch (writer->done.order) {
	case STATE_LOOK:
		return state_writer_look(writer, &writer->done.found);
	case STATE_WRITE:
		err = state_file_write(
			writer->folder, writer->generation + 1, writer->text, writer->n_bytes);
		if (!err)
			writer->generation++;
		return err;
	case STATE_COPY:
		return is_same(writer) ? 0
				       : atomic_file_replace(writer->folder, writer->name,
						 writer->text, writer->n_bytes, true);
	}
	return -EINVAL;
}

static void *keep(void *arg)
{
	struct state_writer *writer = arg;
	unsigned seen = 0;

	for (;;) {
		if (atomic_load(&writer->phase) == ORDERED) {
			writer->done.err = obey(writer);
			free(writer->text);
			writer->text = NULL;
			atomic_store(&writer->phase, DONE);
		} else if (atomic_load(&writer->must_end)) {
			return NULL;
		} else {
			seen = doorbell_wait(&writer->bell, seen);
		}
	}
}

int state_writer_open(struct state_writer **out, const char *folder, int cpu, struct diag *diag)
{
	struct state_writer *writer = calloc(1, sizeof(*writer));
	const struct housekeeping wish = {"state writer", cpu, keep, writer};
	int err = writer ? 0 : -ENOMEM;

	if (!err && strlen(folder) >= sizeof(writer->folder))
		err = -ENAMETOOLONG;
	if (!err) {
		writer->lock = -ENOENT;
		snprintf(writer->folder, sizeof(writer->folder), "%s", folder);
		err = housekeeping_start(&writer->thread, &wish);
	}
	if (err < 0) {
		free(writer);
		return diag_set(diag, err, "%s: nobody to keep it: %s", folder, strerror(-err));
	}
	*out = writer;
	return 0;
}

void state_writer_close(struct state_writer *writer)
{
	if (!writer)
		return;
	atomic_store(&writer->must_end, 1);
	doorbell_ring(&writer->bell);
	pthread_join(writer->thread, NULL);
	free(writer->done.found.text);
	if (writer->lock >= 0)
		close(writer->lock);
	free(writer);
}

bool state_writer_is_idle(const struct state_writer *writer)
{
	return atomic_load(&writer->phase) == IDLE;
}

void state_writer_follow(struct state_writer *writer, uint64_t generation)
{
	writer->generation = generation;
}

void state_writer_order(struct state_writer *writer, enum state_order order, const char *name,
	char *text, size_t n_bytes)
{
	writer->done = (struct state_done){.order = order};
	snprintf(writer->name, sizeof(writer->name), "%s", name ? name : "");
	writer->text = text;
	writer->n_bytes = n_bytes;
	atomic_store(&writer->phase, ORDERED);
	doorbell_ring(&writer->bell);
}

bool state_writer_take(struct state_writer *writer, struct state_done *done)
{
	if (atomic_load(&writer->phase) != DONE)
		return false;
	*done = writer->done;
	writer->done.found.text = NULL;
	atomic_store(&writer->phase, IDLE);
	return true;
}
