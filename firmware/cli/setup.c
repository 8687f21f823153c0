/* setup.c - `chronus setup`: shows the boot settings that Chronus wants of Raspberry Pi OS, applies
 * them, takes them back. Each file is replaced as a whole; the one before stays beside it. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/setup_text.h"
#include "config/ini_lines.h"

enum { N_FILES = 2 };

struct boot_file {
	const char *name, *separator; /* between what changes: words, or lines */
	char *now, *before, *next;    /* before: the backup, or NULL */
};

struct setup {
	const char *root;
	struct setup_config config;
	bool wants_apply, wants_undo;
	char folder[300];
	struct boot_file files[N_FILES];
};

static int load(const struct setup *setup, const char *name, const char *ending, char **text,
	struct diag *diag)
{
	char path[400];
	size_t n_bytes;
	int err;

	snprintf(path, sizeof(path), "%s/%s%s", setup->folder, name, ending);
	err = ini_file_load(path, text, &n_bytes, diag);
	if (err < 0)
		return err;
	*text = realloc(*text, n_bytes + 1); /* ini_file_load leaves room */
	if (!*text)
		return diag_set(diag, -ENOMEM, "out of memory");
	(*text)[n_bytes] = '\0';
	if (strlen(*text) != n_bytes)
		return diag_set(diag, -EINVAL, "%s is not text", path);
	return 0;
}

/* Finds Raspberry Pi OS's boot partition, as it is now and in older releases. */
static int find_folder(struct setup *setup, struct diag *diag)
{
	static const char *const folders[] = {"/boot/firmware", "/boot"};
	char path[400];

	for (int i = 0; i < 2; i++) {
		snprintf(setup->folder, sizeof(setup->folder), "%.250s%s", setup->root, folders[i]);
		snprintf(path, sizeof(path), "%s/config.txt", setup->folder);
		if (access(path, F_OK) == 0)
			return 0;
	}
	return diag_set(diag, -ENOENT,
		"no config.txt in %s/boot/firmware: this is not Raspberry Pi OS", setup->root);
}

static int apply_to(
	const struct setup *setup, int i, const char *text, char **out, struct diag *diag)
{
	return i == 0 ? setup_cmdline_apply(text, out, diag)
		      : setup_config_apply(text, &setup->config, out, diag);
}

/* The file before, if nothing but us has changed it since; else what is ours is taken out. */
static int undo_to(const struct setup *setup, int i, struct diag *diag)
{
	struct boot_file *file = (struct boot_file *)&setup->files[i];
	char *applied = NULL;
	struct diag ignored;

	if (file->before && apply_to(setup, i, file->before, &applied, &ignored) == 0 &&
		strcmp(applied, file->now) == 0)
		file->next = strdup(file->before);
	free(applied);
	if (file->next)
		return 0;
	if (i == 1)
		return setup_config_undo(file->now, &file->next, diag);
	if (!file->before)
		return diag_set(diag, -ENOENT,
			"cmdline.txt: no backup says what was there before `chronus setup --apply`");
	return setup_cmdline_undo(file->now, file->before, &file->next, diag);
}

static bool has_item(const char *text, const char *item, size_t n, const char *separator)
{
	for (const char *at = text; *at;) {
		size_t n_at = strcspn(at, separator);

		if (n_at == n && strncmp(at, item, n) == 0)
			return true;
		at += n_at + (at[n_at] != '\0');
	}
	return false;
}

/* Prints lines that one text has and the other has not. How many. */
static int print_missing(const struct boot_file *file, const char *in, const char *from, char sign)
{
	int n_items = 0;

	for (const char *at = in; *at;) {
		size_t n = strcspn(at, file->separator);

		if (n && !has_item(from, at, n, file->separator)) {
			printf("  %s: %c %.*s\n", file->name, sign, (int)n, at);
			n_items++;
		}
		at += n + (at[n] != '\0');
	}
	return n_items;
}

static int plan_changes(struct setup *setup, struct diag *diag)
{
	char path[400];
	int err = find_folder(setup, diag);

	snprintf(path, sizeof(path), "%s/" SETUP_RT_KERNEL, setup->folder);
	setup->config.has_rt_kernel = access(path, F_OK) == 0;
	for (int i = 0; i < N_FILES && !err; i++) {
		struct boot_file *file = &setup->files[i];
		struct diag ignored;

		err = load(setup, file->name, "", &file->now, diag);
		if (!err && load(setup, file->name, ".before-chronus", &file->before, &ignored) < 0)
			file->before = NULL;
		if (!err)
			err = setup->wants_undo ? undo_to(setup, i, diag)
						: apply_to(setup, i, file->now, &file->next, diag);
	}
	return err;
}

static int replace(const struct setup *setup, const char *name, const char *text, struct diag *diag)
{
	int err = atomic_file_replace(setup->folder, name, text, strlen(text), true);

	return err < 0 ? diag_set(diag, err, "%s/%s: %s", setup->folder, name, strerror(-err)) : 0;
}

/* The backup first, and never over an older one: that is from before the first time. */
static int carry_out(const struct setup *setup, struct diag *diag)
{
	int err = 0;

	for (int i = 0; i < N_FILES && !err; i++) {
		const struct boot_file *file = &setup->files[i];
		char backup[100], path[420];

		snprintf(backup, sizeof(backup), "%s.before-chronus", file->name);
		snprintf(path, sizeof(path), "%s/%s", setup->folder, backup);
		if (setup->wants_apply && !file->before && strcmp(file->now, file->next) != 0)
			err = replace(setup, backup, file->now, diag);
		if (!err && strcmp(file->now, file->next) != 0)
			err = replace(setup, file->name, file->next, diag);
		if (!err && setup->wants_undo && file->before && unlink(path) < 0)
			err = diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	}
	return err;
}

static int run_setup(struct setup *setup)
{
	struct diag diag;
	int err = plan_changes(setup, &diag), n_changes = 0;

	for (int i = 0; i < N_FILES && !err; i++) {
		const struct boot_file *file = &setup->files[i];

		n_changes += print_missing(file, file->now, file->next, '-');
		n_changes += print_missing(file, file->next, file->now, '+');
	}
	if (!err && (setup->wants_apply || setup->wants_undo))
		err = carry_out(setup, &diag);
	if (err < 0) {
		fprintf(stderr, "chronus setup: %s; nothing %swas changed\n", diag.text,
			setup->wants_apply || setup->wants_undo ? "more " : "");
		return err == -EINVAL || err == -EEXIST || err == -ENOENT ? CLI_USAGE : CLI_FAILED;
	}
	if (!setup->config.has_rt_kernel && !setup->wants_undo)
		printf("The kernel here is not a real-time one: blocks of 64 frames may come late. "
		       "To "
		       "have one:\n"
		       "  sudo apt install linux-image-rpi-v8-rt && sudo chronus setup --apply\n");
	if (n_changes == 0)
		printf("%s is as %s\n", setup->folder,
			setup->wants_undo ? "it was before" : "it should be");
	else if (setup->wants_apply || setup->wants_undo)
		printf("done in %s; reboot to have it so\n", setup->folder);
	else
		printf("nothing was changed: `chronus setup --apply` does it in %s (--undo takes it "
		       "back)\n",
			setup->folder);
	return CLI_OK;
}

int cli_setup(int argc, char **argv)
{
	struct setup setup = {.root = "",
		.config = {.dac = "hifiberry-dac"},
		.files = {{.name = "cmdline.txt", .separator = " \t\r\n"},
			{.name = "config.txt", .separator = "\r\n"}}};
	const struct option_row rows[] = {
		{"apply", OPTION_FLAG, &setup.wants_apply, NULL, "do it", 0, 0, NULL},
		{"undo", OPTION_FLAG, &setup.wants_undo, NULL, "take it back", 0, 0, NULL},
		{"dac", OPTION_STRING, &setup.config.dac, "NAME",
			"the overlay of the DAC on the header; none for USB (default "
			"hifiberry-dac, "
			"a PCM5102A)",
			0, 0, NULL},
		{"root", OPTION_STRING, &setup.root, "DIR", "of the system (default /)", 0, 0,
			NULL},
	};
	int n_args = options_read(rows, ARRAY_LEN(rows), argc, argv), code;
	const char *dac;

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 0)
		return options_refuse(argv[0], "takes no argument, but '%.40s' was given", argv[1]);
	if (setup.wants_apply && setup.wants_undo)
		return options_refuse(argv[0], "--apply or --undo, not both");
	dac = setup.config.dac;
	if (strspn(dac, "abcdefghijklmnopqrstuvwxyz0123456789-,=_") != strlen(dac))
		return options_refuse(argv[0], "--dac %.40s: not the name of an overlay", dac);
	if (strcmp(dac, "none") == 0)
		setup.config.dac = NULL;
	code = run_setup(&setup);
	for (int i = 0; i < N_FILES; i++) {
		free(setup.files[i].now);
		free(setup.files[i].before);
		free(setup.files[i].next);
	}
	return code;
}
