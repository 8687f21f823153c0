/* runtime_dir.c - where the running chronus keeps its files. See runtime_dir.h. */
#include "base/runtime_dir.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char system_dir[] = "/run/chronus";

enum place { PLACE_ENV, PLACE_SYSTEM, PLACE_SESSION, PLACE_TMP, N_PLACES };

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

/* 0, -ENOENT (this place is not meant here) or -ENAMETOOLONG. */
static int place_path(enum place place, char *buf, size_t n_bytes)
{
	const char *dir = NULL;
	int n = -1;

	switch (place) {
	case PLACE_ENV:
		dir = env("CHRONUS_RUNTIME_DIR");
		n = dir ? snprintf(buf, n_bytes, "%s", dir) : -1;
		break;
	case PLACE_SYSTEM:
		n = snprintf(buf, n_bytes, "%s", system_dir);
		break;
	case PLACE_SESSION:
		dir = env("XDG_RUNTIME_DIR");
		n = dir ? snprintf(buf, n_bytes, "%s/chronus", dir) : -1;
		break;
	case PLACE_TMP:
		n = snprintf(buf, n_bytes, "/tmp/chronus-%u", (unsigned)geteuid());
		break;
	case N_PLACES:
		break;
	}
	if (n < 0)
		return -ENOENT;
	return (size_t)n < n_bytes ? 0 : -ENAMETOOLONG;
}

static enum place place_now(void)
{
	if (env("CHRONUS_RUNTIME_DIR"))
		return PLACE_ENV;
	if (geteuid() == 0 || access(system_dir, W_OK) == 0)
		return PLACE_SYSTEM;
	return env("XDG_RUNTIME_DIR") ? PLACE_SESSION : PLACE_TMP;
}

static int append(char *buf, size_t n_bytes, const char *name)
{
	size_t n = strlen(buf);

	if (!name[0])
		return 0;
	if (n + 1 + strlen(name) + 1 > n_bytes)
		return -ENAMETOOLONG;
	snprintf(buf + n, n_bytes - n, "/%s", name);
	return 0;
}

int runtime_path(char *buf, size_t n_bytes, const char *name)
{
	int err = place_path(place_now(), buf, n_bytes);

	return err < 0 ? err : append(buf, n_bytes, name);
}

/* /tmp is everybody's: what lies there counts only if we made it. */
static bool is_ours(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
	       (info.st_mode & 077) == 0;
}

int runtime_path_find(char *buf, size_t n_bytes, const char *name)
{
	if (env("CHRONUS_RUNTIME_DIR"))
		return runtime_path(buf, n_bytes, name);
	for (int place = PLACE_SYSTEM; place < N_PLACES; place++) {
		if (place_path((enum place)place, buf, n_bytes) < 0)
			continue;
		if (place == PLACE_TMP && !is_ours(buf))
			continue;
		if (append(buf, n_bytes, name) == 0 && access(buf, F_OK) == 0)
			return 0;
	}
	return runtime_path(buf, n_bytes, name);
}

int runtime_dir_make(struct diag *diag)
{
	enum place place = place_now();
	char path[512];
	struct stat info;
	int err = place_path(place, path, sizeof(path));

	if (err < 0)
		return diag_set(diag, err, "runtime folder: its name is too long");
	if (mkdir(path, place == PLACE_SYSTEM ? 0755 : 0700) < 0 && errno != EEXIST)
		return diag_set(diag, -errno,
			"runtime folder %s: %s (CHRONUS_RUNTIME_DIR may name another)", path,
			strerror(errno));
	if (place == PLACE_TMP && !is_ours(path))
		return diag_set(diag, -EPERM,
			"runtime folder %s is not ours alone (a folder of this user, mode "
			"0700); remove it or set CHRONUS_RUNTIME_DIR",
			path);
	if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode))
		return diag_set(diag, -ENOTDIR, "runtime folder %s is not a folder", path);
	if (access(path, W_OK | X_OK) < 0)
		return diag_set(diag, -errno, "runtime folder %s: %s", path, strerror(errno));
	return 0;
}

bool runtime_is_alive(int pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}
