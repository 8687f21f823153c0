/* json.c - JSON, written as it grows. See json.h. */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void json_begin(struct json *json, FILE *file)
{
	memset(json, 0, sizeof(*json));
	json->file = file;
}

/* Bytes of the UTF-8 character at text; 0: it is none (overlong forms are let through). */
static int utf8_length(const unsigned char *text)
{
	int n = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : 0;

	if (text[0] >> 3 == 30)
		n = 4;
	for (int i = 1; i < n; i++) {
		if (text[i] >> 6 != 2)
			return 0;
	}
	return n;
}

static void put_text(FILE *file, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	fputc('"', file);
	while (*at) {
		int n = utf8_length(at);

		if (n == 0)
			fputc('?', file);
		else if (*at == '"' || *at == '\\')
			fprintf(file, "\\%c", *at);
		else if (*at < ' ' || *at == 0x7f)
			fprintf(file, "\\u%04x", *at);
		else
			fwrite(at, 1, (size_t)n, file);
		at += n ? n : 1;
	}
	fputc('"', file);
}

static void member(struct json *json, const char *key)
{
	if (json->has_member[json->depth])
		fputc(',', json->file);
	if (json->depth)
		fprintf(json->file, "\n%*s", 2 * json->depth, "");
	json->has_member[json->depth] = true;
	if (key) {
		put_text(json->file, key);
		fputs(": ", json->file);
	}
}

static void open_with(struct json *json, const char *key, char opener, char closer)
{
	assert(json->depth < JSON_MAX_DEPTH);
	member(json, key);
	fputc(opener, json->file);
	json->closers[++json->depth] = closer;
	json->has_member[json->depth] = false;
}

void json_object(struct json *json, const char *key)
{
	open_with(json, key, '{', '}');
}

void json_array(struct json *json, const char *key)
{
	open_with(json, key, '[', ']');
}

void json_end(struct json *json)
{
	bool has_member = json->has_member[json->depth];
	char closer = json->closers[json->depth];

	json->depth--;
	if (has_member)
		fprintf(json->file, "\n%*s", 2 * json->depth, "");
	fputc(closer, json->file);
	if (json->depth == 0)
		fputc('\n', json->file);
}

void json_string(struct json *json, const char *key, const char *text)
{
	member(json, key);
	if (text)
		put_text(json->file, text);
	else
		fputs("null", json->file);
}

void json_int(struct json *json, const char *key, int64_t value)
{
	member(json, key);
	fprintf(json->file, "%lld", (long long)value);
}

void json_double(struct json *json, const char *key, double value)
{
	member(json, key);
	if (isfinite(value))
		fprintf(json->file, "%.9g", value);
	else
		fputs("null", json->file);
}

void json_bool(struct json *json, const char *key, bool value)
{
	member(json, key);
	fputs(value ? "true" : "false", json->file);
}
