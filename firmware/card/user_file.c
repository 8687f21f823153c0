/* user_file.c - names, checks and the replacing of a user's file. See user_file.h. */
#include "card/user_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "card/safe_file.h"
#include "card/unlock.h"
#include "config/check_text.h"

enum { MAX_OTHER_BYTES = 16 * 1024 };

static const char *const plain_names[] = {
	"chronus.ini", "wifi.conf", "hostname", "authorized_keys"};

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
	for (size_t i = 0; i < ARRAY_LEN(plain_names); i++) {
		if (strcmp(at, plain_names[i]) == 0) {
			snprintf(name, USER_NAME_BYTES, "%s", at);
			return 0;
		}
	}
	if (strncmp(at, "patches/", strlen("patches/")) == 0)
		at += strlen("patches/");
	snprintf(patch, sizeof(patch), "%.45s%s", at, strchr(at, '.') ? "" : ".ini");
	if (!is_patch_name(patch))
		return diag_set(diag, -EINVAL,
			"'%.60s' is not a file to edit; allowed: chronus.ini, patches/NAME.ini "
			"(letters, digits, - and _), wifi.conf, hostname, authorized_keys",
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

static size_t blank_length(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && (at[n] == ' ' || at[n] == '\t'))
		n++;
	return n;
}

static int check_hostname(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	size_t n_bom = bom_length(bytes, n_bytes), n = 0;

	bytes += n_bom;
	n_bytes -= n_bom;
	while (n < n_bytes && (isalnum((unsigned char)bytes[n]) || (bytes[n] == '-' && n)))
		n++;
	for (size_t i = n; i < n_bytes; i++)
		if (!strchr("\r\n", bytes[i]))
			n = 0;
	if (n < 1 || n > 63 || bytes[n - 1] == '-')
		return diag_set(diag, -EINVAL,
			"%s:1: not a host name; allowed: 1 to 63 letters, digits and -", path);
	return 0;
}

/* wpa_supplicant's own language; only what the card looks for. Comments alone switch wifi off. */
static int check_wifi(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	static const char block[] = "network={";
	const char *end = bytes + n_bytes;
	bool is_empty = true;

	for (const char *at = bytes + bom_length(bytes, n_bytes); at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		at += blank_length(at, end);
		if ((size_t)(end - at) >= strlen(block) && memcmp(at, block, strlen(block)) == 0)
			return 0;
		is_empty = is_empty && (at == end || *at == '#' || *at == '\r' || *at == '\n');
		at = stop ? stop + 1 : end;
	}
	return is_empty
		       ? 0
		       : diag_set(diag, -EINVAL,
				 "%s: no `network={` in it: wifi would stay off; wifi.conf.example "
				 "on the card has one",
				 path);
}

/* At least one line must be a key: who replaces them all by nothing is locked out. */
static int check_keys(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	static const char *const types[] = {"ssh-ed25519 AAAA", "ssh-rsa AAAA", "ecdsa-sha2-",
		"sk-ssh-ed25519@openssh.com AAAA", "sk-ecdsa-sha2-"};
	const char *end = bytes + n_bytes;
	int n_keys = 0;

	for (const char *at = bytes + bom_length(bytes, n_bytes); at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);
		bool is_key = false;

		for (size_t t = 0; t < ARRAY_LEN(types); t++)
			if (n > strlen(types[t]) && memcmp(at, types[t], strlen(types[t])) == 0)
				is_key = true;
		if (!is_key && n && *at != '#' && *at != '\r')
			return diag_set(diag, -EINVAL,
				"%s:%d: not a public key; allowed: lines as in id_ed25519.pub",
				path, line_of(bytes, at));
		n_keys += is_key;
		at += n + 1;
	}
	return n_keys ? 0
		      : diag_set(diag, -EINVAL, "%s: no key: nobody could log in any more", path);
}

/* Not the machine's: its name, its network, who may log in. */
static bool is_instrument(const char *name)
{
	return strcmp(name, "chronus.ini") == 0 ||
	       strncmp(name, "patches/", strlen("patches/")) == 0;
}

int user_file_check(const struct places *places, const char *name, const char *bytes,
	size_t n_bytes, struct user_check *check, struct diag *diag)
{
	char path[600];
	int err;

	memset(check, 0, sizeof(*check));
	if (!place_path(path, sizeof(path), places->card, "%s", name))
		return diag_set(diag, -ENAMETOOLONG, "%.100s: the name is too long", name);
	if (!places->has_slots && !is_instrument(name))
		return diag_set(diag, -ENOTSUP,
			"%s: this system has files of its own for that; edited here: chronus.ini, "
			"patches/NAME.ini",
			name);
	if (n_bytes > USER_FILE_MAX_BYTES)
		return diag_set(
			diag, -EFBIG, "%s: larger than %d KB", path, USER_FILE_MAX_BYTES / 1024);
	if (n_bytes == 0)
		return diag_set(diag, -EINVAL, "%s: nothing was sent (a comment is enough)", path);
	if (strcmp(name, "chronus.ini") == 0)
		return check_ini(CHECK_SETTINGS, bytes, n_bytes, path, check, diag);
	if (strncmp(name, "patches/", strlen("patches/")) == 0)
		return check_ini(CHECK_PATCH, bytes, n_bytes, path, check, diag);
	snprintf(check->summary, sizeof(check->summary), "%zu bytes, used from the next %s on",
		n_bytes, strcmp(name, "authorized_keys") == 0 ? "login" : "start");
	err = check_plain(bytes, n_bytes, path, diag);
	if (!err && strcmp(name, "hostname") == 0)
		err = check_hostname(bytes, n_bytes, path, diag);
	if (!err && strcmp(name, "wifi.conf") == 0)
		err = check_wifi(bytes, n_bytes, path, diag);
	if (!err && strcmp(name, "authorized_keys") == 0)
		err = check_keys(bytes, n_bytes, path, diag);
	return err;
}

int user_file_put(const struct places *places, const char *name, const char *bytes, size_t n_bytes,
	struct user_check *check, struct diag *diag)
{
	mode_t mode = strcmp(name, "wifi.conf") == 0 ? 0640 : 0644;
	int err = user_file_check(places, name, bytes, n_bytes, check, diag), result;
	const char *slash = strrchr(name, '/');
	struct unlocked unlocked;
	char folder[600];
	struct diag why;

	if (err < 0)
		return err;
	snprintf(folder, sizeof(folder), "%s%s%.*s", places->card, slash ? "/" : "",
		slash ? (int)(slash - name) : 0, name);
	err = card_unlock(places, &unlocked, diag);
	if (err < 0)
		return err;
	mkdir(folder, 0755); /* a card from which somebody took patches/ */
	err = safe_replace(folder, slash ? slash + 1 : name, bytes, n_bytes, mode, diag);
	result = card_lock(places, &unlocked, &why);
	if (!err && result < 0) {
		err = result;
		*diag = why;
	}
	return err;
}
