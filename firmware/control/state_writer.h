/* state_writer.h - the thread that waits for the disk, so that the desk does not.
 *
 * One order at a time: the desk gives one while it is idle, and hears later what came of it.
 * The folder is locked when it is first seen, until the writer is closed (base/folder_lock.h).
 * Threads: state_writer_open, _look, _close [init]; the rest [desk].
 * Errors:  0 or a negative errno, of the disk. */
#ifndef CONTROL_STATE_WRITER_H
#define CONTROL_STATE_WRITER_H

#include <stdbool.h>

#include "base/diag.h"
#include "control/state_file.h"

struct state_writer;

enum state_order {
	STATE_LOOK,  /* is the folder there, and what is in it? */
	STATE_WRITE, /* the text, as the next generation */
	STATE_COPY,  /* the text into a file of a name, unless the same is there already */
};

struct state_done {
	enum state_order order;
	int err;
	struct state_found found; /* of STATE_LOOK; its text is the caller's */
};

int state_writer_open(struct state_writer **writer, const char *folder, int cpu, struct diag *diag);
/* STATE_LOOK at once, before any order; waits for the disk. -EBUSY: another process keeps its state in
 * the folder, found->holder is its pid. */
int state_writer_look(struct state_writer *writer, struct state_found *found);
/* Waits for the order under way. */
void state_writer_close(struct state_writer *writer);
bool state_writer_is_idle(const struct state_writer *writer);
/* The next write gets the generation after this one. */
void state_writer_follow(struct state_writer *writer, uint64_t generation);
/* Only while it is idle. text: malloc'd, the writer's from then on. name: of STATE_COPY. */
void state_writer_order(struct state_writer *writer, enum state_order order, const char *name,
	char *text, size_t n_bytes);
/* true, once an order: it is done. */
bool state_writer_take(struct state_writer *writer, struct state_done *done);

#endif
