/* ssh_keys.c - public keys, a line each. See ssh_keys.h.
 *
 * A line is TYPE BASE64 COMMENT. The base64 holds strings, each with its length in front (RFC 4253
 * and 5656, OpenSSH's PROTOCOL.u2f): the type once more, then what the type's row says. */
#include "card/ssh_keys.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "card/child.h"

enum { MIN_RSA_BITS = 1024, MAX_RSA_BITS = 16384, MAX_KEY_BYTES = 3072 };

struct key_type {
	const char *name;
	const char *curve;    /* ECDSA: the second string; NULL: there is none */
	size_t n_point_bytes; /* 0: RSA */
	bool has_application; /* of a hardware token: one more string */
};

static const struct key_type types[] = {
	{"ssh-ed25519", NULL, 32, false},
	{"ssh-rsa", NULL, 0, false},
	{"ecdsa-sha2-nistp256", "nistp256", 65, false},
	{"ecdsa-sha2-nistp384", "nistp384", 97, false},
	{"ecdsa-sha2-nistp521", "nistp521", 133, false},
	{"sk-ssh-ed25519@openssh.com", NULL, 32, true},
	{"sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", 65, true},
};

static const char no_key[] = "not a public key; allowed: lines as in id_ed25519.pub";
static const char cut_key[] =
	"the key is cut or damaged: copy the whole line of id_ed25519.pub once more";
static const char weak_key[] = "sshd refuses RSA keys below 1024 bits and above 16384";

/* ---- base64 */

/* Six bits, or -1: no such character. */
static int digit_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The bytes that text stands for, padding included; -1: it is not whole, or longer than n_room. */
static long base64_read(const char *text, size_t n_text, uint8_t *bytes, size_t n_room)
{
	size_t n_pad = 0, n = 0;

	while (n_pad < 2 && n_pad < n_text && text[n_text - 1 - n_pad] == '=')
		n_pad++;
	if (n_text == 0 || n_text % 4 != 0 || n_text / 4 * 3 > n_room)
		return -1;
	for (size_t i = 0; i < n_text; i += 4) {
		uint32_t word = 0;

		for (size_t k = i; k < i + 4; k++) {
			int digit = k < n_text - n_pad ? digit_of(text[k]) : 0;

			if (digit < 0)
				return -1;
			word = word << 6 | (uint32_t)digit;
		}
		bytes[n++] = (uint8_t)(word >> 16);
		bytes[n++] = (uint8_t)(word >> 8);
		bytes[n++] = (uint8_t)word;
	}
	return (long)(n - n_pad);
}

/* ---- the key inside */

struct cursor {
	const uint8_t *at, *end;
};

static bool take_string(struct cursor *cursor, const uint8_t **bytes, size_t *n_bytes)
{
	const uint8_t *at = cursor->at;
	size_t n;

	if (cursor->end - at < 4)
		return false;
	n = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	if (n > (size_t)(cursor->end - at - 4))
		return false;
	*bytes = at + 4;
	*n_bytes = n;
	cursor->at = at + 4 + n;
	return true;
}

static bool take_word(struct cursor *cursor, const char *word)
{
	const uint8_t *bytes;
	size_t n;

	return take_string(cursor, &bytes, &n) && n == strlen(word) && memcmp(bytes, word, n) == 0;
}

/* A positive number; its bits, or 0: it is none. */
static size_t take_bits(struct cursor *cursor)
{
	const uint8_t *bytes;
	size_t n, n_bits;

	if (!take_string(cursor, &bytes, &n) || n == 0 || bytes[0] & 0x80)
		return 0;
	while (n && !*bytes) {
		bytes++;
		n--;
	}
	n_bits = 8 * n;
	for (unsigned top = n ? *bytes : 0x80; !(top & 0x80); top <<= 1)
		n_bits--;
	return n_bits;
}

static const char *rsa_fault(struct cursor *cursor)
{
	size_t n_exponent = take_bits(cursor), n_modulus = take_bits(cursor);

	if (!n_exponent || !n_modulus || cursor->at != cursor->end)
		return cut_key;
	return n_modulus < MIN_RSA_BITS || n_modulus > MAX_RSA_BITS ? weak_key : NULL;
}

static const char *blob_fault(const struct key_type *type, const uint8_t *blob, size_t n_blob)
{
	struct cursor cursor = {blob, blob + n_blob};
	const uint8_t *bytes;
	size_t n;

	if (!take_word(&cursor, type->name))
		return cut_key;
	if (type->n_point_bytes == 0)
		return rsa_fault(&cursor);
	if (type->curve && !take_word(&cursor, type->curve))
		return cut_key;
	if (!take_string(&cursor, &bytes, &n) || n != type->n_point_bytes ||
		(type->curve && bytes[0] != 4)) /* not compressed */
		return cut_key;
	if (type->has_application && (!take_string(&cursor, &bytes, &n) || n == 0))
		return cut_key;
	return cursor.at == cursor.end ? NULL : cut_key;
}

static size_t word_length(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && at[n] != ' ' && at[n] != '\t' && at[n] != '\r')
		n++;
	return n;
}

const char *ssh_key_fault(const char *line, size_t n_bytes)
{
	uint8_t blob[MAX_KEY_BYTES];
	const char *end = line + n_bytes;
	size_t n_name = word_length(line, end), n_text;
	long n_blob;

	for (size_t t = 0; t < ARRAY_LEN(types); t++) {
		const char *name = types[t].name, *at = line + n_name;

		if (strlen(name) != n_name || memcmp(line, name, n_name) != 0)
			continue;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		n_text = word_length(at, end);
		n_blob = base64_read(at, n_text, blob, sizeof(blob));
		return n_blob < 0 ? cut_key : blob_fault(&types[t], blob, (size_t)n_blob);
	}
	return no_key;
}

/* ---- the file */

/* Does ssh-keygen read as many keys in it? Where it cannot be run, ours is the only check. */
static bool is_refused_by_ssh(const char *bytes, size_t n_bytes, int n_keys)
{
	const char *const argv[] = {"ssh-keygen", "-l", "-f", "-", NULL};
	static char said[8 * SSH_KEYS_MAX_BYTES];
	struct diag diag;
	int n_lines = 0;

	if (child_feed(argv, bytes, n_bytes, said, sizeof(said), &diag) < 0)
		return strstr(diag.text, "is not a public key file") != NULL;
	for (const char *at = said; *at; at++)
		n_lines += *at == '\n';
	return n_lines < n_keys;
}

struct lines {
	const char *at, *end;
	const char *begin; /* of the line that was read last, without blanks in front */
	int number;        /* its own */
};

/* The next line that is neither blank nor a comment. Its length; 0: there is none. */
static size_t next_line(struct lines *lines)
{
	while (lines->at < lines->end) {
		const char *begin = lines->at;
		const char *stop = memchr(begin, '\n', (size_t)(lines->end - begin));

		stop = stop ? stop : lines->end;
		lines->at = stop < lines->end ? stop + 1 : stop;
		lines->number++;
		while (begin < stop && (*begin == ' ' || *begin == '\t' || *begin == '\r'))
			begin++;
		lines->begin = begin;
		if (begin < stop && *begin != '#')
			return (size_t)(stop - begin);
	}
	return 0;
}

/* ssh-keygen took fewer keys than there are: names the first that it does not take. */
static int refuse_one(struct lines lines, const char *path, struct diag *diag)
{
	size_t n;

	while ((n = next_line(&lines)) != 0 && !is_refused_by_ssh(lines.begin, n, 1))
		;
	return diag_set(diag, -EINVAL, "%s:%d: ssh-keygen does not take it: %s", path, lines.number,
		cut_key);
}

int ssh_keys_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	const struct lines all = {.at = bytes, .end = bytes + n_bytes};
	struct lines lines = all;
	int n_keys = 0;
	size_t n;

	while ((n = next_line(&lines)) != 0) {
		const char *fault = ssh_key_fault(lines.begin, n);

		if (fault)
			return diag_set(diag, -EINVAL, "%s:%d: %s", path, lines.number, fault);
		n_keys++;
	}
	if (n_keys == 0)
		return diag_set(diag, -EINVAL, "%s: no key: nobody could log in any more", path);
	return is_refused_by_ssh(bytes, n_bytes, n_keys) ? refuse_one(all, path, diag) : 0;
}
