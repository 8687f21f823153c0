/* wifi_conf.c - wpa_supplicant's own language, as far as the card needs it. See wifi_conf.h.
 *
 * Lines are read as wpa_supplicant's config_file.c reads them: blanks at both ends do not count, a
 * comment begins at a # that is not within quotes, and a quote ends at the last one of the line. */
#include "card/wifi_conf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	LINE_BYTES = 512, /* a longer line is cut there, by wpa_supplicant too */
	MIN_PASSPHRASE_BYTES = 8,
	MAX_PASSPHRASE_BYTES = 63,
	PSK_HEX_BYTES = 64,
	MAX_SSID_BYTES = 32,
};

enum block { BLOCK_NONE, BLOCK_NETWORK, BLOCK_CREDENTIALS, BLOCK_BLOB };

struct wifi_conf {
	const char *path;
	int line, block_line; /* block_line: where the open block begins */
	enum block block;
	int n_networks;
	bool has_text; /* more than comments */
	struct diag *diag;
};

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static int refuse(const struct wifi_conf *conf, const char *reason)
{
	return diag_set(conf->diag, -EINVAL, "%s:%d: %s", conf->path, conf->line, reason);
}

/* Takes blanks and a comment off the line; returns its beginning. */
static char *strip(char *line)
{
	char *begin = line + strspn(line, " \t\r"), *quote = strchr(begin, '"'), *end;

	if (quote)
		quote = strrchr(quote + 1, '"');
	end = strchr(quote ? quote : begin, '#');
	if (!end)
		end = begin + strlen(begin);
	while (end > begin && strchr(" \t\r", end[-1]))
		end--;
	*end = '\0';
	return begin;
}

/* ---- values */

/* The text between the quotes of a value that begins with one. -1: it is not closed at the end. */
static long quoted_length(const char *value)
{
	const char *end = strrchr(value + 1, '"');

	return end && end[1] == '\0' ? end - value - 1 : -1;
}

static bool is_hex(const char *value)
{
	size_t n = strspn(value, "0123456789abcdefABCDEF");

	return n > 0 && n % 2 == 0 && value[n] == '\0';
}

static int check_psk(const struct wifi_conf *conf, const char *value)
{
	long n = value[0] == '"' ? quoted_length(value) : 0;

	if (begins_with(value, "ext:"))
		return 0;
	if (value[0] != '"')
		return strlen(value) == PSK_HEX_BYTES && is_hex(value)
			       ? 0
			       : refuse(conf, "psk: a password stands in quotes, \"...\"; without "
					      "them it is 64 hexadecimal digits");
	if (n < MIN_PASSPHRASE_BYTES || n > MAX_PASSPHRASE_BYTES)
		return refuse(conf, "psk: a password has 8 to 63 characters");
	return 0;
}

static int check_ssid(const struct wifi_conf *conf, const char *value)
{
	long n = value[0] == '"' ? quoted_length(value) : (long)strlen(value) / 2;

	if (begins_with(value, "P\""))
		return 0;
	if (value[0] != '"' && !is_hex(value))
		return refuse(conf, "ssid: a network's name stands in quotes, \"...\"");
	if (n < 1 || n > MAX_SSID_BYTES)
		return refuse(conf, "ssid: a network's name has 1 to 32 characters");
	return 0;
}

static int check_setting(const struct wifi_conf *conf, char *line)
{
	char *equals = strchr(line, '=');
	const char *value = equals ? equals + 1 : NULL;
	const char *quote = value && begins_with(value, "P\"") ? value + 1 : value;

	if (!equals || equals == line || !*value)
		return refuse(conf, "this is neither KEY=VALUE nor `network={` nor `}`");
	if (begins_with(line, "network="))
		return refuse(conf, "`network={` stands alone in its line, and so does `}`");
	if (*quote == '"' && quoted_length(quote) < 0)
		return refuse(conf, "the quote \" is not closed at the end of the line");
	*equals = '\0';
	if (conf->block == BLOCK_NETWORK && strcmp(line, "psk") == 0)
		return check_psk(conf, value);
	if (conf->block == BLOCK_NETWORK && strcmp(line, "ssid") == 0)
		return check_ssid(conf, value);
	return 0;
}

/* ---- blocks */

static enum block block_of(const char *line)
{
	if (strcmp(line, "network={") == 0)
		return BLOCK_NETWORK;
	if (strcmp(line, "cred={") == 0)
		return BLOCK_CREDENTIALS;
	return begins_with(line, "blob-base64-") && line[strlen(line) - 1] == '{' ? BLOCK_BLOB
										  : BLOCK_NONE;
}

static int check_line(struct wifi_conf *conf, char *line)
{
	enum block block = block_of(line);

	if (!*line)
		return 0;
	conf->has_text = true;
	if (strcmp(line, "}") == 0) {
		if (conf->block == BLOCK_NONE)
			return refuse(
				conf, "`}` closes nothing: there is no `network={` before it");
		conf->n_networks += conf->block == BLOCK_NETWORK;
		conf->block = BLOCK_NONE;
		return 0;
	}
	if (block != BLOCK_NONE && conf->block != BLOCK_NONE)
		return diag_set(conf->diag, -EINVAL,
			"%s:%d: the block that begins in line %d is not closed: `}` is missing",
			conf->path, conf->line, conf->block_line);
	if (block != BLOCK_NONE) {
		conf->block = block;
		conf->block_line = conf->line;
		return 0;
	}
	return conf->block == BLOCK_BLOB ? 0 : check_setting(conf, line);
}

int wifi_conf_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	struct wifi_conf conf = {.path = path, .diag = diag};
	const char *end = bytes + n_bytes;
	char line[LINE_BYTES];
	int err = 0;

	for (const char *at = bytes; !err && at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		snprintf(line, sizeof(line), "%.*s",
			stop - at < LINE_BYTES ? (int)(stop - at) : LINE_BYTES - 1, at);
		conf.line++;
		err = check_line(&conf, strip(line));
		at = stop + 1;
	}
	if (err < 0)
		return err;
	if (conf.block != BLOCK_NONE)
		return diag_set(diag, -EINVAL,
			"%s:%d: the block that begins here is not closed: `}` is missing", path,
			conf.block_line);
	return conf.n_networks || !conf.has_text
		       ? 0
		       : diag_set(diag, -EINVAL,
				 "%s: no `network={` in it: wifi would stay off; wifi.conf.example "
				 "on the card has one",
				 path);
}
