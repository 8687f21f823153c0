/* installed.c - an update is as late as what is installed, or the owner says that it may be older:
 * a signature holds for ever, and an old image has the faults that a newer one mends. See update.h.
 *
 * Installed is the system of the slot that runs, or a later program beside it. */
#include <errno.h>
#include <stdio.h>

#include "card/app.h"
#include "card/safe_file.h"
#include "card/slot_folder.h"
#include "card/update.h"
#include "card/version.h"

/* "": it cannot be said. */
static void system_version(const struct paths *paths, char *version, size_t n_bytes)
{
	char folder[PATHS_BYTES + 8], letter[8];

	version[0] = '\0';
	if (small_read(paths->boot, "slot", letter, sizeof(letter)) < 1)
		return;
	snprintf(folder, sizeof(folder), "%s/%c", paths->card, letter[0]);
	if (slot_folder_release(folder, "version", version, n_bytes) < 0)
		version[0] = '\0';
}

int update_check_age(const struct update *update, struct diag *diag)
{
	char system[UPDATE_VERSION_BYTES], program[UPDATE_VERSION_BYTES];
	const char *installed;

	if (update->may_be_older)
		return 0;
	system_version(update->paths, system, sizeof(system));
	app_current(update->paths, program, sizeof(program));
	installed = version_compare(program, system) > 0 ? program : system;
	if (!installed[0])
		return diag_set(diag, -EPERM,
			"the card does not say which version is installed (a line version= in its "
			"file release), so %s may be older: `chronus update --older` takes it",
			update->version);
	if (version_compare(update->version, installed) >= 0)
		return 0;
	return diag_set(diag, -EPERM,
		"version %s is older than %s, which is installed: `chronus update --older` takes "
		"it",
		update->version, installed);
}
