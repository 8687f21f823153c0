/* file_watch.c - inotify over the folders of the files. See file_watch.h. */
#include "control/file_watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct watched {
	char path[600];
	const char *name; /* into path */
	int folder;       /* its number, or -1: not watched */
	bool was_saved;
};

struct file_watch {
	int fd;
	struct watched files[N_WATCH_ROLES];
};

int file_watch_open(struct file_watch **out, struct diag *diag)
{
	struct file_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return diag_set(diag, -ENOMEM, "watch: out of memory");
	for (int r = 0; r < N_WATCH_ROLES; r++)
		watch->files[r].folder = -1;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0) {
		int err = -errno;

		free(watch);
		return diag_set(diag, err, "inotify: %s", strerror(-err));
	}
	*out = watch;
	return 0;
}

void file_watch_close(struct file_watch *watch)
{
	if (!watch)
		return;
	close(watch->fd);
	free(watch);
}

int file_watch_fd(const struct file_watch *watch)
{
	return watch->fd;
}

/* Two files of one folder share its number. */
static bool is_used(const struct file_watch *watch, int folder)
{
	for (int r = 0; r < N_WATCH_ROLES; r++)
		if (watch->files[r].folder == folder)
			return true;
	return false;
}

void file_watch_set(struct file_watch *watch, enum watch_role role, const char *path)
{
	struct watched *file = &watch->files[role];
	int before = file->folder;
	char folder[sizeof(file->path)];
	char *slash;

	if (file->folder >= 0 && strcmp(file->path, path) == 0)
		return;
	if (strlen(path) >= sizeof(file->path))
		return;
	strcpy(file->path, path);
	strcpy(folder, path);
	slash = strrchr(folder, '/');
	file->name = slash ? file->path + (slash - folder) + 1 : file->path;
	if (slash)
		slash[slash == folder] = '\0'; /* the root's own slash stays */
	file->was_saved = false;
	file->folder = inotify_add_watch(
		watch->fd, slash ? folder : ".", IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
	if (before >= 0 && !is_used(watch, before))
		inotify_rm_watch(watch->fd, before);
}

static void take(struct file_watch *watch, const struct inotify_event *event)
{
	for (int r = 0; r < N_WATCH_ROLES; r++) {
		struct watched *file = &watch->files[r];

		if (event->wd != file->folder)
			continue;
		if (event->mask & IN_IGNORED) /* the folder is gone */
			file->folder = -1;
		else if (event->len && strcmp(event->name, file->name) == 0)
			file->was_saved = true;
	}
}

bool file_watch_was_saved(struct file_watch *watch, enum watch_role role)
{
	_Alignas(struct inotify_event) char buffer[2048];
	bool was_saved;
	ssize_t n;

	while ((n = read(watch->fd, buffer, sizeof(buffer))) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			take(watch, event);
			at += sizeof(*event) + event->len;
		}
	}
	was_saved = watch->files[role].was_saved;
	watch->files[role].was_saved = false;
	return was_saved;
}
