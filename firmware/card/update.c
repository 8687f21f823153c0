/* update.c - the journey of an update. See update.h. */
#include "card/update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/card_log.h"
#include "card/child.h"
#include "card/envelope.h"
#include "card/seat.h"
#include "card/trial.h"

enum { MAX_LOCK_TRIES = 100, LOCK_RETRY_MS = 20 };

static int make_work(struct update *update, struct diag *diag)
{
	int err;

	if (!paths_has(update->paths->data, "."))
		return diag_set(diag, -ENOENT, "%s: not there: an update needs its room",
			update->paths->data);
	snprintf(update->work, sizeof(update->work), "%s/update", update->paths->data);
	if (mkdir(update->work, 0755) < 0 && errno != EEXIST)
		return diag_set(diag, -errno, "%s: %s", update->work, strerror(errno));
	snprintf(update->work, sizeof(update->work), "%s/update/work", update->paths->data);
	snprintf(update->file, sizeof(update->file), "%s/received", update->work);
	err = child_remove_tree(update->work, diag);
	if (!err && mkdir(update->work, 0700) < 0)
		err = diag_set(diag, -errno, "%s: %s", update->work, strerror(errno));
	return err;
}

static int travel(struct update *update, int fd, struct diag *diag)
{
	static struct envelope envelope;
	char what[200];
	int err;

	switch (trial_find(update->paths, what, sizeof(what))) {
	case TRIAL_SLOT:
	case TRIAL_PROGRAM:
		return diag_set(diag, -EBUSY, "%s is being tried: wait until it is kept", what);
	case TRIAL_NONE:
	case TRIAL_ENDED:
		break;
	}
	err = make_work(update, diag);
	seat_set(update->seat, SEAT_UPDATE);
	if (!err)
		err = update_receive(update, fd, &envelope, diag);
	seat_set(update->seat, SEAT_WORK);
	if (!err)
		err = update_verify(update, &envelope, diag);
	if (!err && envelope.kind == UPDATE_IMAGE)
		err = update_image(update, diag);
	else if (!err)
		err = update_package(update, diag);
	return err;
}

int update_is_ours(const struct paths *paths, struct diag *diag)
{
	if (paths->has_slots)
		return 0;
	return diag_set(diag, -ENOTSUP,
		"this system is not a Chronus card: `sudo apt install ./FILE.deb` updates it here");
}

/* One at a time; an upload that stands still makes room. The lock, or a negative errno. */
static int lock_updates(struct update *update, struct diag *diag)
{
	char path[PATHS_BYTES + 32];
	int lock;

	mkdir(update->paths->run, 0755);
	snprintf(path, sizeof(path), "%s/update.lock", update->paths->run);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	for (int i = 0; flock(lock, LOCK_EX | LOCK_NB) < 0; i++) {
		if (i == MAX_LOCK_TRIES || !seat_send_away(update->seat, SEAT_UPDATE)) {
			close(lock);
			return diag_set(diag, -EBUSY, "another update is under way");
		}
		clock_sleep_until_ns(clock_now_ns() + LOCK_RETRY_MS * NS_PER_MS);
	}
	return lock;
}

int update_do(struct update *update, int fd, struct diag *diag)
{
	struct diag ignored;
	int lock, err = update_is_ours(update->paths, diag);

	if (err < 0)
		return err;
	lock = lock_updates(update, diag);
	if (lock < 0)
		return lock;
	err = travel(update, fd, diag);
	if (err < 0)
		card_log(update->paths, "update refused: %s", diag->text);
	else
		card_log(update->paths, "update to version %s written and proven%s; it is tried %s",
			update->version, update->is_unsigned ? ", unsigned" : "",
			update->is_package ? "now" : "at the next boot");
	if (update->work[0])
		child_remove_tree(update->work, &ignored);
	close(lock);
	return err;
}
