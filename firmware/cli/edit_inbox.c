/* edit_inbox.c - `chronus edit --inbox FOLDER`: what scp has put there, as if it came by `edit
 * --from`. What is right goes to the card and leaves the folder; what is wrong stays as NAME.wrong,
 * with the reason in NAME.wrong.txt. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/edit.h"

static bool is_ours(const char *name)
{
	return name[0] != '.' && !strstr(name, ".wrong");
}

/* A file that somebody still writes is not taken: its end is another call. */
static int open_whole(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && errno == EAGAIN) {
		close(fd);
		errno = EAGAIN;
		return -1;
	}
	if (fd >= 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	return fd;
}

static void set_aside(int folder, const char *name, const char *reason)
{
	char wrong[300], told[300];
	int fd;

	snprintf(wrong, sizeof(wrong), "%.255s.wrong", name);
	snprintf(told, sizeof(told), "%.255s.wrong.txt", name);
	if (renameat(folder, name, folder, wrong) < 0)
		unlinkat(folder, name, 0);
	fd = openat(folder, told, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0) {
		dprintf(fd, "%s\n", reason);
		close(fd);
	}
	log_line(LOG_LEVEL_WARNING, "%s: %s", name, reason);
}

static void forget_wrong(int folder, const char *name)
{
	static const char *const ends[] = {"", ".wrong", ".wrong.txt"};
	char path[300];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof(path), "%.255s%s", name, ends[i]);
		unlinkat(folder, path, 0);
	}
}

static void take(struct file_edit *edit, int folder, const char *name)
{
	int fd = open_whole(folder, name), err = 0;
	struct diag diag;

	if (fd < 0 && errno == EAGAIN)
		return;
	if (fd < 0)
		err = diag_set(&diag, -errno, "%s", strerror(errno));
	if (!err)
		err = user_file_name(name, edit->name, &diag);
	if (!err)
		err = edit_read(edit, fd, name, &diag);
	if (!err)
		err = edit_put(edit, &diag);
	if (fd >= 0)
		close(fd);
	if (err < 0)
		set_aside(folder, name, diag.text);
	else
		forget_wrong(folder, name);
}

int edit_inbox(struct file_edit *edit, const char *path, struct diag *diag)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir)) != NULL)
		if (is_ours(entry->d_name) && entry->d_type == DT_REG)
			take(edit, dirfd(dir), entry->d_name);
	closedir(dir);
	return 0;
}
