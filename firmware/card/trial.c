/* trial.c - trying once, and keeping. See trial.h. */
#include "card/trial.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/app.h"
#include "card/boot_slot.h"
#include "card/card_log.h"
#include "card/config_txt.h"
#include "card/safe_file.h"
#include "card/unlock.h"
#include "card/update.h"

enum { NOTE_BYTES = 200 };
static const char with_device[] = "sound card\n"; /* the note's second line, where there was one */

void (*trial_look)(struct sound_look *look);

enum trial_kind trial_find(const struct paths *paths, char *what, size_t n_bytes)
{
	char note[NOTE_BYTES] = "";
	bool is_noted = small_read(paths->data, "update/try", note, sizeof(note)) >= 0;

	note[strcspn(note, "\n")] = '\0';
	snprintf(what, n_bytes, "%s", note[0] ? note : "what was not noted");
	if (paths_has(paths->boot, "trial"))
		return TRIAL_SLOT;
	if (paths_has(paths->run, "trial"))
		return TRIAL_PROGRAM;
	return is_noted ? TRIAL_ENDED : TRIAL_NONE;
}

int trial_note(const struct paths *paths, struct diag *diag, const char *format, ...)
{
	struct sound_look look = {0};
	char note[NOTE_BYTES], folder[PATHS_BYTES + 16];
	size_t n;
	va_list args;

	va_start(args, format);
	vsnprintf(note, sizeof(note) - sizeof(with_device) - 1, format, args);
	va_end(args);
	if (trial_look)
		trial_look(&look);
	n = strlen(note);
	snprintf(note + n, sizeof(note) - n, "\n%s", look.has_device ? with_device : "");
	snprintf(folder, sizeof(folder), "%s/update", paths->data);
	return safe_replace(folder, "try", note, strlen(note), 0644, diag);
}

bool trial_needs_device(const struct paths *paths)
{
	char note[NOTE_BYTES];

	return small_read(paths->data, "update/try", note, sizeof(note)) > 0 &&
	       strstr(note, with_device) != NULL;
}

static int write_slot(const char *card, char letter, enum boot_mark mark, struct diag *diag)
{
	char sector[BOOT_SLOT_BYTES];

	boot_slot_text(sector, letter, mark);
	return safe_sector(card, "slot.txt", sector, sizeof(sector), diag);
}

int trial_name_slot(const char *card, char letter, struct diag *diag)
{
	char text[BOOT_SLOT_BYTES + 1], named;
	ssize_t n = small_read(card, "slot.txt", text, sizeof(text));
	enum boot_mark mark;

	if (n > 0 && boot_slot_read(text, (size_t)n, &named, &mark) == 0 && named == letter &&
		mark != BOOT_TRY)
		return 0;
	return write_slot(card, letter, BOOT_KEPT, diag);
}

int trial_try_slot(const struct paths *paths, char letter, struct diag *diag)
{
	return write_slot(paths->card, letter, BOOT_TRY, diag);
}

int trial_try_program(const struct paths *paths, const char *version, struct diag *diag)
{
	return safe_replace(paths->run, "trial", version, strlen(version), 0644, diag);
}

/* The new system is kept all the same where this cannot be done. */
static void renew_config(const struct paths *paths, char letter)
{
	struct diag why;
	int result = config_txt_update(paths->card, letter, &why);

	if (result < 0)
		card_log(paths, "config.txt stays as it is: %s", why.text);
	else if (result > 0)
		card_log(paths, "config.txt: the new version's part, from the next start on; your "
				"lines stay");
}

static int keep_slot(const struct paths *paths, struct diag *diag)
{
	struct unlocked unlocked;
	char letter[8], path[PATHS_BYTES + 16];
	struct diag why;
	int err, result;

	if (small_read(paths->boot, "slot", letter, sizeof(letter)) < 1)
		return diag_set(diag, -EINVAL, "%s/slot: not there", paths->boot);
	err = card_unlock(paths, &unlocked, diag);
	if (err < 0)
		return err;
	err = write_slot(paths->card, letter[0], BOOT_KEPT, diag);
	if (!err)
		renew_config(paths, letter[0]);
	result = card_lock(paths, &unlocked, &why);
	if (!err && result < 0) {
		err = result;
		*diag = why;
	}
	snprintf(path, sizeof(path), "%s/trial", paths->boot);
	if (!err)
		unlink(path);
	return err;
}

static int keep_program(const struct paths *paths, struct diag *diag)
{
	char version[UPDATE_VERSION_BYTES];

	if (small_read(paths->run, "trial", version, sizeof(version)) < 1)
		return diag_set(diag, -EINVAL, "%s/trial: not there", paths->run);
	return app_keep(paths, version, diag);
}

int trial_keep(const struct paths *paths, enum trial_kind kind, struct diag *diag)
{
	int err = kind == TRIAL_SLOT ? keep_slot(paths, diag) : keep_program(paths, diag);

	if (!err)
		trial_forget(paths);
	return err;
}

void trial_forget(const struct paths *paths)
{
	char path[PATHS_BYTES + 32];

	snprintf(path, sizeof(path), "%s/trial", paths->run);
	unlink(path);
	snprintf(path, sizeof(path), "%s/update/try", paths->data);
	unlink(path);
}
