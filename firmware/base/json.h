/* json.h - JSON, written as it grows; it cannot come out invalid.
 *
 * key is NULL inside arrays and for the outermost value. Bytes that are not UTF-8 become '?'.
 * Threads: [init] [desk] */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_MAX_DEPTH = 16 };

struct json {
	FILE *file;
	int depth;
	bool has_member[JSON_MAX_DEPTH + 1];
	char closers[JSON_MAX_DEPTH + 1];
};

void json_begin(struct json *json, FILE *file);
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_end(struct json *json); /* of the innermost object or array; a newline after the last */
void json_string(struct json *json, const char *key, const char *text); /* NULL: null */
void json_int(struct json *json, const char *key, int64_t value);
void json_double(struct json *json, const char *key, double value); /* not finite: null */
void json_bool(struct json *json, const char *key, bool value);

#endif
