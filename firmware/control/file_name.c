#include "control/file_name.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "config/ini_lines.h"
#include "config/ini_text.h"

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0'
	       : c >= 'a' && c <= 'f'    ? c - 'a' + 10
	       : c >= 'A' && c <= 'F'    ? c - 'A' + 10
					 : -1;
}

/* The byte that *at begins with; *at moves behind it. -1: none that may stand there. */
static int next_byte(const char **at)
{
	int c = (unsigned char)*(*at)++, high, low;

	if (c != '\\')
		return c;
	c = (unsigned char)*(*at)++;
	if (c == '"' || c == '\\')
		return c;
	if (c != 'x')
		return -1;
	high = hex_digit((*at)[0]);
	low = high < 0 ? -1 : hex_digit((*at)[1]);
	*at += 2;
	return low < 0 || !(high | low) ? -1 : high << 4 | low;
}

/* ` WORD HEX`; *at moves behind it. */
static int read_hex(const char **at, const char *word, uint64_t *out)
{
	size_t n = strspn(*at, " \t"), n_word = strlen(word), n_digits = 0;
	const char *text = *at + n + n_word;

	if (n == 0 || strncmp(*at + n, word, n_word) != 0)
		return -EINVAL;
	for (*out = 0; hex_digit(text[n_digits]) >= 0; n_digits++)
		*out = *out << 4 | (unsigned)hex_digit(text[n_digits]);
	*at = text + n_digits;
	return n_digits == 16 ? 0 : -EINVAL;
}

static int read_sum(const char *text, struct file_name *name)
{
	if (!text[strspn(text, " \t")])
		return 0;
	if (read_hex(&text, "sum ", &name->sum) < 0 ||
		(*text && read_hex(&text, "of ", &name->of) < 0))
		return -EINVAL;
	name->has_sum = true;
	return *text ? -EINVAL : 0;
}

int file_name_read(char *text, struct file_name *name, struct diag *diag)
{
	const char *at = text + 1;
	char *to = text;
	int c;

	*name = (struct file_name){.path = text};
	if (text[0] != '"')
		return 0;
	name->is_quoted = true;
	while (*at && *at != '"') {
		c = next_byte(&at);
		if (c < 0)
			return diag_set(diag, -EINVAL,
				"after a \\ in quotes stands \" or \\ or xHH (two hex digits, not "
				"00)");
		*to++ = (char)c;
	}
	if (!*at || to == text)
		return diag_set(diag, -EINVAL, "a name in quotes is empty, or has no end");
	if (read_sum(at + 1, name) < 0)
		return diag_set(diag, -EINVAL,
			"after a name in quotes only `sum` with 16 hex digits may follow");
	*to = '\0';
	return 0;
}

int file_name_write(const char *path, const uint64_t *sum, char text[FILE_NAME_BYTES])
{
	size_t n = 0, n_path = strlen(path), good = text_first_bad_byte(path, n_path);

	text[n++] = '"';
	for (size_t i = 0; i < n_path; i++) {
		if (i > good)
			good = i + text_first_bad_byte(path + i, n_path - i);
		if (n + sizeof("\\x00\" sum 0123456789abcdef of 0123456789abcdef") >
			FILE_NAME_BYTES)
			return -ENAMETOOLONG;
		if (i == good || path[i] == '\t' || strchr("\"\\#", path[i]))
			n += (size_t)snprintf(text + n, 5, "\\x%02x", (unsigned char)path[i]);
		else
			text[n++] = path[i];
	}
	text[n++] = '"';
	text[n] = '\0';
	if (sum)
		snprintf(text + n, FILE_NAME_BYTES - n, " sum %016" PRIx64, *sum);
	return 0;
}

void file_name_write_of(uint64_t of, char text[FILE_NAME_BYTES])
{
	size_t n = strlen(text);

	snprintf(text + n, FILE_NAME_BYTES - n, " of %016" PRIx64, of);
}

int file_name_check(const struct file_name *name, struct diag *diag)
{
	uint64_t sum;
	size_t n_bytes;
	char *text;
	int err;

	if (!name->has_sum)
		return 0;
	err = ini_file_load(name->path, &text, &n_bytes, diag);
	if (err < 0)
		return err;
	sum = fnv_add(FNV_START, text, n_bytes);
	free(text);
	if (sum == name->sum)
		return 0;
	return diag_set(diag, -ESTALE,
		"%.300s: its content is another one than when it was played; put the old content "
		"back (run --log-events FOLDER keeps copies)",
		name->path);
}
