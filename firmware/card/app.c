/* app.c - which programs /data/app has. See app.h. */
#include "card/app.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "card/child.h"
#include "card/safe_file.h"
#include "card/update.h"

static const char digits[] = "0123456789";

/* The link's target; "": there is none. -errno: it cannot be said. */
static int link_read(const char *app, const char *name, char target[UPDATE_VERSION_BYTES + 1])
{
	char path[PATHS_BYTES + 32];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", app, name);
	n = readlink(path, target, UPDATE_VERSION_BYTES);
	target[n < 0 ? 0 : n] = '\0';
	return n < 0 && errno != ENOENT ? -errno : 0;
}

/* The old target or the new one, at any instant. */
static int link_set(const char *app, const char *name, const char *target, struct diag *diag)
{
	char path[PATHS_BYTES + 32], new[PATHS_BYTES + 40];

	snprintf(path, sizeof(path), "%s/%s", app, name);
	snprintf(new, sizeof(new), "%s/%s.new", app, name);
	unlink(new);
	if (symlink(target, new) < 0 || rename(new, path) < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	return safe_sync(app, diag);
}

static void app_folder(const struct paths *paths, char app[PATHS_BYTES + 8])
{
	snprintf(app, PATHS_BYTES + 8, "%s/app", paths->data);
}

bool app_is_current(const struct paths *paths, const char *version)
{
	char app[PATHS_BYTES + 8], target[UPDATE_VERSION_BYTES + 1];

	app_folder(paths, app);
	return link_read(app, "current", target) == 0 && strcmp(target, version) == 0;
}

void app_current(const struct paths *paths, char *version, size_t n_bytes)
{
	char app[PATHS_BYTES + 8], target[UPDATE_VERSION_BYTES + 1], system[64];

	app_folder(paths, app);
	version[0] = '\0';
	if (small_read(app, "current/system", system, sizeof(system)) > 0 &&
		strcmp(system, CHRONUS_VERSION) == 0 && link_read(app, "current", target) == 0)
		snprintf(version, n_bytes, "%s", target);
}

/* Versions begin with a digit (package.c sees to that); `new` is one that never came to be. */
static bool is_ours(const char *name)
{
	return strcmp(name, "new") == 0 || (name[0] && strchr(digits, name[0]));
}

void app_tidy(const struct paths *paths)
{
	char app[PATHS_BYTES + 8], current[UPDATE_VERSION_BYTES + 1];
	char before[UPDATE_VERSION_BYTES + 1], path[2 * PATHS_BYTES + 16];
	struct dirent *entry;
	struct diag diag;
	DIR *dir;

	app_folder(paths, app);
	if (link_read(app, "current", current) < 0 || link_read(app, "before", before) < 0)
		return;
	dir = opendir(app);
	while (dir && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (!is_ours(name) || strcmp(name, current) == 0 || strcmp(name, before) == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", app, name);
		if (child_remove_tree(path, &diag) < 0)
			log_line(
				LOG_LEVEL_WARNING, "%s: it cannot be removed: %s", path, diag.text);
	}
	if (dir)
		closedir(dir);
}

int app_keep(const struct paths *paths, const char *version, struct diag *diag)
{
	char app[PATHS_BYTES + 8], was[UPDATE_VERSION_BYTES + 1];
	int err = 0;

	app_folder(paths, app);
	if (link_read(app, "current", was) == 0 && was[0] && strcmp(was, version) != 0)
		err = link_set(app, "before", was, diag);
	if (!err)
		err = link_set(app, "current", version, diag);
	if (!err)
		app_tidy(paths);
	return err;
}
