/* ini_text.h - words and numbers as a file has them: strict, the same in every locale.
 * Threads: [desk] [init] */
#ifndef CONFIG_INI_TEXT_H
#define CONFIG_INI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The first byte that is neither printable UTF-8 nor a tab; n_bytes if there is none. */
size_t text_first_bad_byte(const char *text, size_t n_bytes);

/* It is UTF-16, with or without a BOM: Notepad's "Unicode". */
bool text_is_utf16(const char *text, size_t n_bytes);

/* How long the number at the start of text is: digits, at most one point, an exponent; no sign.
 * 0: none. */
size_t text_number_length(const char *text);

/* The whole text is one finite decimal number, with a sign or without (no hex, no inf, no nan, no
 * blanks). 0, -EINVAL (not a number) or -ERANGE (too large for a double). */
int text_number(const char *text, double *out);

/* on yes true 1 high, off no false 0 low, in any case. 0 or -EINVAL. */
int text_bool(const char *text, bool *out);

/* [a-z][a-z0-9_]*, or [a-z0-9_-]+ where with_dash. */
bool text_is_id(const char *text, bool with_dash);

/* Names allowed in the place of an unknown one, and the nearest of them. */
struct text_names {
	const char *wanted;
	char nearest[52];
	int distance;
	char list[180];
};

/* Begin, add each allowed name, then print the hint: " (did you mean X?); allowed: A B C". */
void text_names_begin(struct text_names *names, const char *wanted);
void text_names_add(struct text_names *names, const char *name);

/* printf with TEXT_HINT as the format and TEXT_HINT_ARGS(names) as its arguments. */
#define TEXT_HINT "%s%s%s; allowed: %s"
#define TEXT_HINT_ARGS(n)                                                                    \
	(n)->nearest[0] ? " (did you mean " : "", (n)->nearest, (n)->nearest[0] ? "?)" : "", \
		(n)->list

#endif
