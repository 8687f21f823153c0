/* Tested by: unit/config/test_ini_lines */
#include "config/ini_text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

/* How many bytes the UTF-8 character at text has; 0: it is none, or a control character. */
static size_t utf8_length(const unsigned char *text, size_t n_bytes)
{
	static const uint32_t lowest[] = {0, 0, 0xa0, 0x800, 0x10000}; /* U+0080..9F are controls */
	size_t n = text[0] < 0x80       ? 1
		   : text[0] >> 5 == 6  ? 2
		   : text[0] >> 4 == 14 ? 3
		   : text[0] >> 3 == 30 ? 4
					: 0;
	uint32_t code;

	if (n == 0 || n > n_bytes)
		return 0;
	if (n == 1)
		return text[0] == '\t' || (text[0] >= ' ' && text[0] != 0x7f);
	code = text[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (text[i] >> 6 != 2)
			return 0;
		code = code << 6 | (text[i] & 0x3fu);
	}
	if (code < lowest[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
}

size_t text_first_bad_byte(const char *text, size_t n_bytes)
{
	size_t i = 0;

	while (i < n_bytes) {
		size_t n = utf8_length((const unsigned char *)text + i, n_bytes - i);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool text_is_utf16(const char *text, size_t n_bytes)
{
	enum { LOOK_BYTES = 64 };
	size_t n_zeros[2] = {0, 0}, n = n_bytes < LOOK_BYTES ? n_bytes / 2 * 2 : LOOK_BYTES;

	if (n_bytes >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return true;
	for (size_t i = 0; i < n; i++)
		n_zeros[i % 2] += text[i] == '\0';
	/* of latin letters one byte in two is 0 */
	return n >= 4 && (n_zeros[0] == 0 || n_zeros[1] == 0) && 4 * (n_zeros[0] + n_zeros[1]) > n;
}

static size_t digits_length(const char *text)
{
	return strspn(text, "0123456789");
}

size_t text_number_length(const char *text)
{
	size_t n = digits_length(text), n_digits = n, n_exponent;

	if (text[n] == '.') {
		n_digits += digits_length(text + n + 1);
		n += 1 + digits_length(text + n + 1);
	}
	if (n_digits == 0)
		return 0;
	if (text[n] == 'e' || text[n] == 'E') {
		n_exponent = text[n + 1] == '-' || text[n + 1] == '+' ? 2 : 1;
		if (digits_length(text + n + n_exponent))
			n += n_exponent + digits_length(text + n + n_exponent);
	}
	return n;
}

int text_number(const char *text, double *out)
{
	const char *digits = text + (text[0] == '-' || text[0] == '+');
	size_t n = text_number_length(digits);
	locale_t plain;
	double number;

	if (n == 0 || digits[n])
		return -EINVAL;
	plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a constant in glibc: cannot fail */
	number = strtod_l(text, NULL, plain);
	freelocale(plain);
	if (!isfinite(number))
		return -ERANGE;
	*out = number;
	return 0;
}

int text_bool(const char *text, bool *out)
{
	static const char *const words[] = {
		"off", "on", "no", "yes", "false", "true", "0", "1", "low", "high"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*out = i % 2;
			return 0;
		}
	}
	return -EINVAL;
}

bool text_is_id(const char *text, bool with_dash)
{
	static const char id_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t n = strspn(text, id_bytes);

	if (n == 0 || text[n])
		return false;
	return with_dash || (islower((unsigned char)text[0]) && !strchr(text, '-'));
}

/* Levenshtein, ignoring case; names longer than the row are as far as can be. */
static int edit_distance(const char *a, const char *b)
{
	int row[64];
	int n_a = (int)strlen(a), n_b = (int)strlen(b);

	if (n_b >= (int)ARRAY_LEN(row) || n_a >= (int)ARRAY_LEN(row))
		return (int)ARRAY_LEN(row);
	for (int j = 0; j <= n_b; j++)
		row[j] = j;
	for (int i = 1; i <= n_a; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= n_b; j++) {
			bool differs = tolower((unsigned char)a[i - 1]) !=
				       tolower((unsigned char)b[j - 1]);
			int change = diagonal + differs;

			diagonal = row[j];
			row[j] = int_min(change, 1 + int_min(row[j], row[j - 1]));
		}
	}
	return row[n_b];
}

void text_names_begin(struct text_names *names, const char *wanted)
{
	memset(names, 0, sizeof(*names));
	names->wanted = wanted;
	names->distance = 3; /* nearer than this is a likely slip */
}

void text_names_add(struct text_names *names, const char *name)
{
	int distance = edit_distance(names->wanted, name);
	size_t n_list = strlen(names->list);

	if (distance < names->distance && distance < (int)strlen(names->wanted)) {
		names->distance = distance;
		snprintf(names->nearest, sizeof(names->nearest), "%s", name);
	}
	if (n_list + strlen(name) + sizeof(" ...") < sizeof(names->list))
		snprintf(names->list + n_list, sizeof(names->list) - n_list, n_list ? " %s" : "%s",
			name);
	else if (n_list + sizeof(" ...") <= sizeof(names->list) && !strstr(names->list, " ..."))
		strcat(names->list, " ...");
}
