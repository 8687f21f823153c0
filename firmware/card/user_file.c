/* user_file.c - names, checks and the replacing of a user's file. See user_file.h. */
#include "card/user_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "card/host_name.h"
#include "card/safe_file.h"
#include "card/ssh_keys.h"
#include "card/unlock.h"
#include "card/wifi_conf.h"
#include "config/check_text.h"
#include "config/ini_lines.h"
#include "config/setlist.h"

enum { MAX_OTHER_BYTES = SSH_KEYS_MAX_BYTES };

/* The machine's own files: texts, each with a language of its own. */
static const struct {
	const char *name;
	int (*check)(const char *bytes, size_t n_bytes, const char *path, struct diag *diag);
} plain_files[] = {
	{"wifi.conf", wifi_conf_check},
	{"hostname", host_name_check},
	{"authorized_keys", ssh_keys_check},
};

/* Its row of plain_files; -1: it has none. */
static const char setlist_name[] = "patches/" SETLIST_FILE;

static int plain_idx(const char *name)
{
	for (int i = 0; i < (int)ARRAY_LEN(plain_files); i++)
		if (strcmp(name, plain_files[i].name) == 0)
			return i;
	return -1;
}

static bool is_patch_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return n > 0 && n <= 40 && strcmp(name + n, ".ini") == 0;
}

int user_file_name(const char *said, char *name, struct diag *diag)
{
	static const char *const folders[] = {"/boot/firmware/", "/etc/chronus/", "./"};
	const char *at = said;
	char patch[64];

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (strncmp(at, folders[i], strlen(folders[i])) == 0)
			at += strlen(folders[i]);
	if (strcmp(at, "chronus.ini") == 0 || plain_idx(at) >= 0) {
		snprintf(name, USER_NAME_BYTES, "%s", at);
		return 0;
	}
	if (strncmp(at, "patches/", strlen("patches/")) == 0)
		at += strlen("patches/");
	if (strcmp(at, SETLIST_FILE) == 0) {
		snprintf(name, USER_NAME_BYTES, "%s", setlist_name);
		return 0;
	}
	snprintf(patch, sizeof(patch), "%.45s%s", at, strchr(at, '.') ? "" : ".ini");
	if (!is_patch_name(patch))
		return diag_set(diag, -EINVAL,
			"'%.60s' is not a file to edit; allowed: chronus.ini, patches/NAME.ini "
			"(letters, digits, - and _), patches/setlist.txt, wifi.conf, hostname, authorized_keys",
			said);
	snprintf(name, USER_NAME_BYTES, "patches/%s", patch);
	return 0;
}

/* ---- what is right */

static int check_ini(enum check_kind kind, const char *bytes, size_t n_bytes, const char *path,
	struct user_check *to, struct diag *diag)
{
	static struct check check;
	int err = check_text_as(kind, bytes, n_bytes, path, &check, diag);

	if (err < 0)
		return err;
	memcpy(to->summary, check.summary, sizeof(to->summary));
	memcpy(to->warnings, check.warnings, sizeof(to->warnings));
	return 0;
}

static int check_setlist(const char *bytes, size_t n_bytes, const char *path, struct user_check *to,
	struct diag *diag)
{
	static struct setlist setlist;
	int err = setlist_read_text(bytes, n_bytes, path, &setlist, diag);

	snprintf(to->summary, sizeof(to->summary), "%d patches", setlist.n);
	return err;
}

/* The line that at is in. */
static int line_of(const char *bytes, const char *at)
{
	int line = 1;

	for (; bytes < at; bytes++)
		line += *bytes == '\n';
	return line;
}

static int check_plain(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	if (n_bytes > MAX_OTHER_BYTES)
		return diag_set(
			diag, -EFBIG, "%s: larger than %d KB", path, MAX_OTHER_BYTES / 1024);
	for (size_t i = 0; i < n_bytes; i++)
		if (iscntrl((unsigned char)bytes[i]) && !strchr("\t\r\n", bytes[i] ? bytes[i] : 1))
			return diag_set(diag, -EINVAL,
				"%s:%d: a control character; this is no text", path,
				line_of(bytes, bytes + i));
	return 0;
}

/* The byte order mark that some editors begin with; the card's scripts take it off. */
static size_t bom_length(const char *bytes, size_t n_bytes)
{
	return n_bytes >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Not the machine's: its name, its network, who may log in. */
static bool is_instrument(const char *name)
{
	return strcmp(name, "chronus.ini") == 0 ||
	       strncmp(name, "patches/", strlen("patches/")) == 0;
}

int user_file_check(const struct paths *paths, const char *name, const char *bytes, size_t n_bytes,
	struct user_check *check, struct diag *diag)
{
	size_t n_bom;
	char path[600];
	int err;

	memset(check, 0, sizeof(*check));
	if (!paths_join(path, sizeof(path), paths->card, "%s", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	if (!paths->has_slots && !is_instrument(name))
		return diag_set(diag, -ENOTSUP,
			"%s: this system has files of its own for that; edited here: chronus.ini, "
			"patches/NAME.ini",
			name);
	if (n_bytes > USER_FILE_MAX_BYTES)
		return diag_set(
			diag, -EFBIG, "%s: larger than %d KB", path, USER_FILE_MAX_BYTES / 1024);
	if (n_bytes == 0)
		return diag_set(diag, -EINVAL, "%s: nothing was sent", path);
	if (strcmp(name, "chronus.ini") == 0)
		return check_ini(CHECK_SETTINGS, bytes, n_bytes, path, check, diag);
	if (strcmp(name, setlist_name) == 0)
		return check_setlist(bytes, n_bytes, path, check, diag);
	if (strncmp(name, "patches/", strlen("patches/")) == 0)
		return check_ini(CHECK_PATCH, bytes, n_bytes, path, check, diag);
	snprintf(check->summary, sizeof(check->summary), "%zu bytes, used from the next %s on",
		n_bytes, strcmp(name, "authorized_keys") == 0 ? "login" : "start");
	err = check_plain(bytes, n_bytes, path, diag);
	n_bom = bom_length(bytes, n_bytes);
	return err ? err
		   : plain_files[plain_idx(name)].check(bytes + n_bom, n_bytes - n_bom, path, diag);
}

int user_file_keep_and_put(const char *folder, const char *name, const char *bytes, size_t n_bytes,
	mode_t mode, struct diag *diag)
{
	char path[600], kept[300], *old;
	struct diag ignored;
	size_t n_old;
	int err;

	if (strlen(name) > 250 || !paths_join(path, sizeof(path), folder, "%s", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	snprintf(kept, sizeof(kept), "%.250s~", name);
	err = ini_file_load(path, &old, &n_old, &ignored);
	if (!err) {
		if (n_old != n_bytes || memcmp(old, bytes, n_bytes) != 0)
			err = safe_replace(folder, kept, old, n_old, mode, diag);
		free(old);
		if (err < 0)
			return err;
	}
	return safe_replace(folder, name, bytes, n_bytes, mode, diag);
}

int user_file_put(const struct paths *paths, const char *name, const char *bytes, size_t n_bytes,
	bool keeps_old, struct user_check *check, struct diag *diag)
{
	mode_t mode = strcmp(name, "wifi.conf") == 0 ? 0640 : 0644;
	int err = user_file_check(paths, name, bytes, n_bytes, check, diag), result;
	const char *slash = strrchr(name, '/');
	struct unlocked unlocked;
	char folder[600];
	struct diag why;

	if (err < 0)
		return err;
	snprintf(folder, sizeof(folder), "%s%s%.*s", paths->card, slash ? "/" : "",
		slash ? (int)(slash - name) : 0, name);
	err = card_unlock(paths, &unlocked, diag);
	if (err < 0)
		return err;
	mkdir(folder, 0755); /* a card from which somebody took patches/ */
	name = slash ? slash + 1 : name;
	err = keeps_old ? user_file_keep_and_put(folder, name, bytes, n_bytes, mode, diag)
			: safe_replace(folder, name, bytes, n_bytes, mode, diag);
	result = card_lock(paths, &unlocked, &why);
	if (!err && result < 0) {
		err = result;
		*diag = why;
	}
	return err;
}
