/* unlock.c - remounting the card. See unlock.h.
 * Tested by: unit/card/test_update */
#include "card/unlock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "card/safe_file.h"

enum { MAX_TRIES = 10 };

static int remount(const char *path, unsigned long flags, struct diag *diag)
{
	if (mount(NULL, path, NULL, MS_REMOUNT | flags, NULL) == 0)
		return 0;
	return diag_set(diag, -errno, "remount %s: %s", path, strerror(errno));
}

/* The flags that it has, which a remount would otherwise take away. */
static unsigned long flags_of(const struct statvfs *vfs)
{
	unsigned long flags = MS_RELATIME;

	flags |= vfs->f_flag & ST_NOSUID ? MS_NOSUID : 0;
	flags |= vfs->f_flag & ST_NODEV ? MS_NODEV : 0;
	flags |= vfs->f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
	flags |= vfs->f_flag & ST_NOATIME ? MS_NOATIME : 0;
	return flags;
}

int card_unlock(const struct paths *paths, struct unlocked *unlocked, struct diag *diag)
{
	struct statvfs vfs;
	char path[600];
	int err;

	unlocked->is_remounted = false;
	mkdir(paths->run, 0755); /* systemd has made it where there are units */
	if (!paths_join(path, sizeof(path), paths->run, "lock"))
		return diag_set(diag, -ENAMETOOLONG, "%s: too long", paths->run);
	unlocked->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (unlocked->fd < 0 || flock(unlocked->fd, LOCK_EX) < 0) {
		err = diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	} else if (statvfs(paths->card, &vfs) < 0) {
		err = diag_set(diag, -errno, "%s: %s", paths->card, strerror(errno));
	} else if (vfs.f_flag & ST_RDONLY) {
		err = remount(paths->card, flags_of(&vfs), diag);
		unlocked->is_remounted = !err;
	} else {
		err = 0;
	}
	if (err < 0 && unlocked->fd >= 0)
		close(unlocked->fd);
	return err;
}

/* Somebody may still read a file that was replaced: Linux then cannot make the card read-only. For all
 * others it is so all the while (the mount that was changed is our own name space's), and what was
 * written is on it; so that is waited for, but is no failure. */
static int close_card(const char *path, unsigned long flags, struct diag *diag)
{
	int err = -EBUSY;

	for (int tries = 0; tries < MAX_TRIES && err == -EBUSY; tries++) {
		if (tries)
			clock_sleep_until_ns(clock_now_ns() + 100 * NS_PER_MS);
		err = remount(path, flags | MS_RDONLY, diag);
	}
	if (err == -EBUSY)
		log_line(LOG_LEVEL_WARNING,
			"%s: a file that was replaced is still open; read-only after the next edit",
			path);
	return err == -EBUSY ? 0 : err;
}

int card_lock(const struct paths *paths, struct unlocked *unlocked, struct diag *diag)
{
	struct statvfs vfs;
	int err = safe_sync(paths->card, diag);

	if (unlocked->is_remounted && statvfs(paths->card, &vfs) == 0) {
		struct diag why;
		int result = close_card(paths->card, flags_of(&vfs), &why);

		if (result < 0 && !err) {
			err = result;
			*diag = why;
		}
	}
	close(unlocked->fd);
	return err;
}
