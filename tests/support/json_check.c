/* json_check.c - a strict JSON validator by recursive descent. See json_check.h. */
#include "tests/support/json_check.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

/* Each takes what it reads off *at; false: *at is where the fault is. */
static bool value_read(const char **at, int depth);

static void blanks_skip(const char **at)
{
	*at += strspn(*at, " \t\r\n");
}

static bool digits_read(const char **at)
{
	size_t n = strspn(*at, "0123456789");

	*at += n;
	return n > 0;
}

static bool number_read(const char **at)
{
	*at += **at == '-';
	if (**at == '0')
		(*at)++;
	else if (!digits_read(at))
		return false;
	if (**at == '.') {
		(*at)++;
		if (!digits_read(at))
			return false;
	}
	if (**at == 'e' || **at == 'E') {
		(*at)++;
		*at += **at == '-' || **at == '+';
		return digits_read(at);
	}
	return true;
}

static bool escape_read(const char **at)
{
	if (**at == 'u') {
		for (int i = 0; i < 4; i++) {
			(*at)++;
			if (!isxdigit((unsigned char)**at))
				return false;
		}
	} else if (!**at || !strchr("\"\\/bfnrt", **at)) {
		return false;
	}
	(*at)++;
	return true;
}

static bool utf8_read(const char **at)
{
	const unsigned char *byte = (const unsigned char *)*at;
	int n = byte[0] < 0x80       ? 1
		: byte[0] >> 5 == 6  ? 2
		: byte[0] >> 4 == 14 ? 3
		: byte[0] >> 3 == 30 ? 4
				     : 0;

	for (int i = 1; i < n; i++) {
		if (byte[i] >> 6 != 2)
			return false;
	}
	*at += n;
	return n > 0;
}

static bool string_read(const char **at)
{
	if (**at != '"')
		return false;
	(*at)++;
	while (**at != '"') {
		if ((unsigned char)**at < ' ')
			return false;
		if (**at == '\\') {
			(*at)++;
			if (!escape_read(at))
				return false;
		} else if (!utf8_read(at)) {
			return false;
		}
	}
	(*at)++;
	return true;
}

static bool members_read(const char **at, char closer, int depth)
{
	(*at)++;
	blanks_skip(at);
	if (**at == closer) {
		(*at)++;
		return true;
	}
	for (;;) {
		if (closer == '}') {
			blanks_skip(at);
			if (!string_read(at))
				return false;
			blanks_skip(at);
			if (**at != ':')
				return false;
			(*at)++;
		}
		if (!value_read(at, depth + 1))
			return false;
		if (**at == closer)
			break;
		if (**at != ',')
			return false;
		(*at)++;
	}
	(*at)++;
	return true;
}

static bool word_read(const char **at)
{
	static const char *const words[] = {"true", "false", "null"};

	for (int i = 0; i < 3; i++) {
		if (strncmp(*at, words[i], strlen(words[i])) == 0) {
			*at += strlen(words[i]);
			return true;
		}
	}
	return false;
}

/* A value and the blanks around it. */
static bool value_read(const char **at, int depth)
{
	bool is_right;

	blanks_skip(at);
	if (depth > MAX_DEPTH)
		return false;
	if (**at == '{')
		is_right = members_read(at, '}', depth);
	else if (**at == '[')
		is_right = members_read(at, ']', depth);
	else if (**at == '"')
		is_right = string_read(at);
	else if (**at == '-' || isdigit((unsigned char)**at))
		is_right = number_read(at);
	else
		is_right = word_read(at);
	if (is_right)
		blanks_skip(at);
	return is_right;
}

const char *json_fault(const char *text)
{
	const char *at = text;

	return value_read(&at, 0) && *at == '\0' ? NULL : at;
}

int json_has(const char *text, const char *key, const char *value)
{
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "\"%s\": %s", key, value);
	return strstr(text, wanted) != NULL;
}
