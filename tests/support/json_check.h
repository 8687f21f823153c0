/* json_check.h - is a text JSON (RFC 8259), and nothing but? */
#ifndef SUPPORT_JSON_CHECK_H
#define SUPPORT_JSON_CHECK_H

#include <stddef.h>

/* NULL: it is. Else where it stops being so. */
const char *json_fault(const char *text);

/* Whether the text has "key": value, written so. Both as they stand in the JSON. */
int json_has(const char *text, const char *key, const char *value);

#endif
