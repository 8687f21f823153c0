/* package.c - a Debian package of the program, beside the system it runs on. See update.h.
 *
 * Its files go to /data/app/VERSION, with the version of the system that it is for: another
 * system, the one of the other slot, plays its own program. Nothing of it is ever run with rights: the instrument's
 * unit starts /usr/bin/chronus of the read-only system, which hands over (`chronus launch`).
 * Tested by: unit/card/test_update */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/app.h"
#include "card/child.h"
#include "card/safe_file.h"
#include "card/trial.h"
#include "card/update.h"

#if defined(__aarch64__)
#define OUR_ARCHITECTURE "arm64"
#elif defined(__x86_64__)
#define OUR_ARCHITECTURE "amd64"
#else
#define OUR_ARCHITECTURE "unknown"
#endif

static int field(
	struct update *update, const char *name, char *value, size_t n_bytes, struct diag *diag)
{
	const char *const argv[] = {"dpkg-deb", "-f", update->file, name, NULL};

	return child_run(argv, value, n_bytes, diag);
}

static int check_package(struct update *update, struct diag *diag)
{
	char package[64], machine[32], *version = update->version;
	int err = field(update, "Package", package, sizeof(package), diag);

	if (!err)
		err = field(update, "Architecture", machine, sizeof(machine), diag);
	if (!err)
		err = field(update, "Version", version, sizeof(update->version), diag);
	if (err < 0)
		return err;
	if (strcmp(package, "chronus") != 0)
		return diag_set(diag, -EINVAL, "the package is %.40s, not chronus", package);
	if (strcmp(machine, OUR_ARCHITECTURE) != 0)
		return diag_set(diag, -ENOEXEC, "the package is for %.20s, this is %s", machine,
			OUR_ARCHITECTURE);
	if (!version[0] || !strchr("0123456789", version[0]) ||
		strspn(version,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~-") <
			strlen(version))
		return diag_set(diag, -EINVAL, "the package's version is odd: %.60s", version);
	return 0;
}

static int unpack(struct update *update, const char *app, struct diag *diag)
{
	char new[PATHS_BYTES + 32], folder[PATHS_BYTES + 80];
	const char *const argv[] = {"dpkg-deb", "-x", update->file, new, NULL};
	int err;

	snprintf(new, sizeof(new), "%s/new", app);
	snprintf(folder, sizeof(folder), "%s/%s", app, update->version);
	err = child_remove_tree(new, diag);
	if (!err)
		err = child_run(argv, NULL, 0, diag);
	if (!err && !paths_has(new, "usr/bin/chronus"))
		err = diag_set(diag, -EINVAL, "the package has no usr/bin/chronus");
	if (!err)
		err = safe_replace(
			new, "system", CHRONUS_VERSION, strlen(CHRONUS_VERSION), 0644, diag);
	if (!err)
		err = child_remove_tree(folder, diag);
	if (!err && rename(new, folder) < 0)
		err = diag_set(diag, -errno, "%s: %s", folder, strerror(errno));
	return err ? err : safe_sync(app, diag);
}

int update_package(struct update *update, struct diag *diag)
{
	const struct paths *paths = update->paths;
	char app[PATHS_BYTES + 8];
	int err;

	update->is_package = true;
	snprintf(app, sizeof(app), "%s/app", paths->data);
	mkdir(app, 0755);
	err = check_package(update, diag);
	if (!err && app_is_current(paths, update->version))
		err = diag_set(diag, -EALREADY, "version %s is what runs", update->version);
	if (!err)
		err = update_check_age(update, diag);
	if (!err) {
		app_tidy(paths); /* room for it */
		err = unpack(update, app, diag);
	}
	if (!err)
		err = trial_note(paths, diag, "program, version %s", update->version);
	if (!err)
		err = trial_try_program(paths, update->version, diag);
	return err;
}
