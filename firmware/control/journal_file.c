#include "control/journal_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"
#include "base/atomic_file.h"
#include "base/log.h"
#include "config/ini_lines.h"
#include "config/knob_turns.h"
#include "config/settings_one.h"
#include "config/settings_table.h"

enum { MAX_COPIES = 10000 };

void journal_file_fail(struct journal_file *to, int err, const char *what)
{
	if (to->err)
		return;
	to->err = err;
	if (!to->has_begun) /* journal_file_open tells it */
		return;
	log_line(LOG_LEVEL_ERROR,
		"%.300s: %s: %s; what happens from now on is not in it, and it cannot be played "
		"again",
		to->path, what, strerror(-err));
}

void journal_file_flush(struct journal_file *to)
{
	if (!to->err && (fflush(to->file) != 0 || ferror(to->file)))
		journal_file_fail(to, errno ? -errno : -EIO, "cannot be written");
}

/* ---- copies */
static bool file_has(const char *path, const struct patch_source *source)
{
	struct diag ignored;
	size_t n_bytes;
	char *text;
	bool is_it;

	if (ini_file_load(path, &text, &n_bytes, &ignored) < 0)
		return false;
	is_it = n_bytes == source->n_bytes && memcmp(text, source->text, n_bytes) == 0;
	free(text);
	return is_it;
}

/* N-NAME.ini in the journal's folder, or JOURNAL-N-NAME.ini beside it; plain letters only. */
static void name_copy(
	const struct journal_file *to, const struct patch *patch, int n, char *path, size_t n_bytes)
{
	const char *slash = strrchr(patch->path, '/'), *name = slash ? slash + 1 : patch->path;
	const char *end = strrchr(to->path, '/'), *dot = strrchr(to->path, '.');
	int n_prefix = (int)strlen(to->path);
	size_t at;

	if (dot && (!end || dot > end + 1))
		n_prefix = (int)(dot - to->path);
	if (to->keeps_copies)
		n_prefix = end ? (int)(end - to->path) + 1 : 0;
	at = (size_t)snprintf(path, n_bytes, "%.*s%s%d-%.60s", n_prefix, to->path,
		to->keeps_copies ? "" : "-", n, name);
	if (at >= n_bytes)
		return;
	for (char *c = strrchr(path, '/') ? strrchr(path, '/') + 1 : path; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			*c = '_';
	if (at < 4 || strcmp(path + at - 4, ".ini") != 0)
		snprintf(path + at, n_bytes - at, ".ini");
}

static int write_copy(const char *path, const struct patch_source *source)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), err;

	if (fd < 0)
		return -errno;
	err = atomic_file_write(fd, source->text, source->n_bytes);
	if (close(fd) < 0 && !err)
		err = -errno;
	if (err < 0)
		unlink(path);
	return err;
}

/* Under a name that is free, or has the same content; others' files are left alone. */
static int keep_copy(struct journal_file *to, const struct patch *patch, struct journal_name *name)
{
	char path[sizeof(to->path)];
	int err = -EEXIST;

	for (int n = 1; n < MAX_COPIES && err == -EEXIST; n++) {
		const char *slash;

		name_copy(to, patch, n, path, sizeof(path));
		err = file_has(path, patch->source) ? 0 : write_copy(path, patch->source);
		slash = strrchr(path, '/');
		if (!err)
			snprintf(name->path, sizeof(name->path), "%s", slash ? slash + 1 : path);
	}
	if (err < 0)
		journal_file_fail(to, err, "a copy of a patch cannot be written beside it");
	return err;
}

/* From any folder: a name that begins in this one would be another file there. */
static int absolute(const char *name, char *path, size_t n_bytes)
{
	char here[JOURNAL_PATH_BYTES];

	if (name[0] == '/')
		return snprintf(path, n_bytes, "%s", name) < (int)n_bytes ? 0 : -ENAMETOOLONG;
	if (!getcwd(here, sizeof(here)))
		return -errno;
	return snprintf(path, n_bytes, "%s/%s", here, name) < (int)n_bytes ? 0 : -ENAMETOOLONG;
}

int journal_file_name(struct journal_file *to, const struct patch *patch, struct journal_name *name)
{
	char written[FILE_NAME_BYTES];

	if (!patch->source || patch->source->n_bytes == 0)
		return 1;
	name->sum = patch->source->sum;
	name->of = 0;
	if (!to->keeps_copies && file_has(patch->path, patch->source) &&
		absolute(patch->path, name->path, sizeof(name->path)) == 0 &&
		file_name_write(name->path, &name->sum, written) == 0)
		return 0;
	name->of = patch->file;
	return keep_copy(to, patch, name);
}

/* ---- the beginning */
static void write_settings(struct journal_file *to, const struct settings *settings)
{
	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		char name[SETTING_NAME_BYTES], text[SETTING_TEXT_BYTES];

		if (!setting_is_of_sound(i))
			continue;
		setting_name(i, name);
		setting_text(settings, i, text);
		fprintf(to->file, "setting %s %s\n", name, text);
	}
}

/* Of the knobs: what is turned goes along into other patches. */
static void write_carries(struct journal_file *to, const struct settings *settings)
{
	for (int k = 0; k < settings->n_knobs; k++) {
		const struct settings_knob *knob = &settings->knobs[k];

		for (int t = 0; knob->carries && t < knob_turns_count(knob); t++)
			fprintf(to->file, "carries %s\n", knob->controls[t].target);
	}
}

static void write_first(struct journal_file *to, const struct patch *first)
{
	struct journal_name name;
	char text[FILE_NAME_BYTES] = "none";
	int err = journal_file_name(to, first, &name);

	if (!err)
		file_name_write(name.path, &name.sum, text);
	if (!err && name.of)
		file_name_write_of(name.of, text);
	if (err >= 0)
		fprintf(to->file, "patch %s\n", text);
}

int journal_file_open(struct journal_file *to, const char *path, const struct settings *settings,
	const struct patch *first, struct diag *diag)
{
	struct stat info;

	*to = (struct journal_file){0};
	to->keeps_copies = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	if (snprintf(to->path, sizeof(to->path), "%s%s", path,
		    to->keeps_copies ? "/played.txt" : "") >= (int)sizeof(to->path))
		return diag_set(diag, -ENAMETOOLONG, "%.60s...: the name is too long", path);
	to->file = fopen(to->path, "we");
	if (!to->file)
		return diag_set(diag, -errno, "cannot write %.300s: %s", to->path, strerror(errno));
	fprintf(to->file,
		"# what chronus played; to play it again: chronus render --script %s\n"
		"journal 2\n",
		to->keeps_copies ? "THIS_FOLDER" : "THIS_FILE");
	write_settings(to, settings);
	write_carries(to, settings);
	write_first(to, first);
	journal_file_flush(to);
	to->has_begun = true;
	if (!to->err)
		return 0;
	fclose(to->file);
	return diag_set(diag, to->err, "cannot write %.300s: %s", to->path, strerror(-to->err));
}

int journal_file_close(struct journal_file *to)
{
	journal_file_flush(to);
	if (fclose(to->file) != 0)
		journal_file_fail(to, -errno, "cannot be written");
	return to->err;
}
