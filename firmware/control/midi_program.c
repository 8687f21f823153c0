/* midi_program.c - a program change loads a patch and commits it: a name of the folder's setlist.txt,
 * or a patch by the order of names. A bank is a folder.
 *
 * Of a burst the last one counts: it is looked up at the next poll, and takes the place of a commit
 * that an earlier one has asked for and nobody has heard.
 * Tested by: unit/control/test_midi_program */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "config/setlist.h"
#include "control/midi_state.h"
#include "control/patch_folder.h"
#include "dsp/midi.h"

enum { FOLDER_BYTES = SETTINGS_PATH_BYTES + 16, FILE_BYTES = 800 };

void midi_program_choose_bank(struct desk *desk, int channel, int number, int byte)
{
	if (number == MIDI_CC_BANK)
		desk->midi.programs.bank_high[channel] = (uint8_t)byte;
	else if (number == MIDI_CC_BANK + MIDI_CC_LOW)
		desk->midi.programs.bank_low[channel] = (uint8_t)byte;
}

void midi_program_change(struct desk *desk, int channel, int number)
{
	struct midi_programs *programs = &desk->midi.programs;
	int high = programs->bank_high[channel];

	programs->is_wanted = true;
	programs->number = number;
	/* keyboards say bank 1 by either byte */
	programs->bank = high ? high : programs->bank_low[channel];
}

/* ---- which file */

/* patches/ beside chronus.ini; where there is none the folder of the patch that is heard. */
static void find_patches(const struct desk *desk, char folder[FOLDER_BYTES])
{
	const char *settings = desk->settings->path, *slash = strrchr(settings, '/');
	struct stat info;

	snprintf(folder, FOLDER_BYTES, "%.*spatches", slash ? (int)(slash - settings) + 1 : 0,
		settings);
	if (settings[0] && stat(folder, &info) == 0 && S_ISDIR(info.st_mode))
		return;
	slash = strrchr(desk->live->path, '/');
	snprintf(folder, FOLDER_BYTES, "%.*s", slash ? (int)(slash - desk->live->path) : 1,
		slash ? desk->live->path : ".");
}

/* Of the entries that are wanted the one at an index, joined with its folder. 0, or a negative errno. */
static int find_entry(
	const char *folder, int filter(const struct dirent *entry), int at, char path[FILE_BYTES])
{
	struct dirent **entries;
	int n = scandir(folder, &entries, filter, alphasort), err = at < n ? 0 : -ENOENT;

	if (n < 0)
		return -errno;
	if (!err)
		snprintf(path, FILE_BYTES, "%s/%s", folder, entries[at]->d_name);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	return err;
}

static int is_bank(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

/* Of the folder's setlist; without one in the order of names. */
static int find_patch(const char *folder, int at, char path[FILE_BYTES], struct diag *diag)
{
	static struct setlist setlist;
	int err = setlist_read(folder, &setlist, diag);

	if (err < 0)
		return err;
	if (setlist.n == 0)
		err = find_entry(folder, patch_folder_is_patch, at, path);
	else if (at < setlist.n)
		snprintf(path, FILE_BYTES, "%.500s/%s", folder, setlist.names[at]);
	else
		err = -ENOENT;
	if (err == -ENOENT)
		return diag_set(diag, err, "%.300s%s has fewer patches", folder,
			setlist.n ? "/" SETLIST_FILE : "");
	return err ? diag_set(diag, err, "%.300s: %s", folder, strerror(-err)) : 0;
}

static int find_file(const struct desk *desk, char path[FILE_BYTES], struct diag *diag)
{
	const struct midi_programs *programs = &desk->midi.programs;
	char patches[FOLDER_BYTES], folder[FILE_BYTES];

	find_patches(desk, patches);
	snprintf(folder, sizeof(folder), "%s", patches);
	if (programs->bank > 0 && find_entry(patches, is_bank, programs->bank - 1, folder) < 0)
		return diag_set(diag, -ENOENT, "bank %d: %.200s has fewer folders", programs->bank,
			patches);
	return find_patch(folder, programs->number, path, diag);
}

/* ---- loads and commits it */

static int obey(struct desk *desk, struct diag *diag)
{
	char path[FILE_BYTES];
	int err = find_file(desk, path, diag);

	return err < 0 ? err : desk_hear(desk, path, diag);
}

void midi_program_poll(struct desk *desk)
{
	struct midi_programs *programs = &desk->midi.programs;
	struct diag diag;

	if (!programs->is_wanted)
		return;
	programs->is_wanted = false;
	if (obey(desk, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "MIDI program %d (the first is 1): %s",
			programs->number + 1, diag.text);
}
