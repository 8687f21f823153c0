/* ini_lines.h - ini text to sections and keys, each with its line; what inih misreads is refused.
 *
 * The language is in README.md beside this file. The text is checked line by line before inih (r55
 * is still around) sees it, and parsing stops at the first error. Sections and keys are known to be
 * unique when a sink hears of them.
 * Threads: [desk] [init] */
#ifndef CONFIG_INI_LINES_H
#define CONFIG_INI_LINES_H

#include <stddef.h>

#include "base/diag.h"

enum {
	INI_MAX_FILE_BYTES = 256 * 1024,
	INI_MAX_LINE_BYTES = 190,   /* inih r55 reads the tail of a line over 199 as another line */
	INI_MAX_SECTION_BYTES = 48, /* it cuts a section's name at 49 */
	INI_MAX_SECTIONS = 400,
	INI_MAX_KEYS = 64, /* in one section */
};

/* The place of something; key may be NULL, section may be NULL (then key is). */
struct ini_place {
	const char *file;
	int line;
	const char *section;
	const char *key;
};

/* Both return 0, or a negative errno with the whole message in diag (ini_refuse). Texts live for
 * the call. */
struct ini_sink {
	int (*section)(void *user, const struct ini_place *at, struct diag *diag);
	int (*key)(void *user, const struct ini_place *at, const char *value, struct diag *diag);
};

/* "FILE:LINE: [section] key: reason"; returns err. */
int ini_refuse(struct diag *diag, const struct ini_place *at, int err, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Of a text that text_is_utf16(): says so; returns -EINVAL. */
int ini_refuse_utf16(const char *file, struct diag *diag);

/* Reads a file into *out_text (free it). 0, -EFBIG, -EINVAL (not a file), -ENOMEM, or open's and
 * read's errno. */
int ini_file_load(const char *path, char **out_text, size_t *out_n_bytes, struct diag *diag);

/* 0, or -ENODATA and the reason: there is no section, only blanks, comments or zeros. By its language such
 * a text is right, but as somebody's file it was emptied or cut short. */
int ini_text_filled(const char *text, size_t n_bytes, const char *file, struct diag *diag);

/* 0, -EINVAL for a fault in the text, -ENOMEM, or what the sink returned. */
int ini_lines_parse(const char *text, size_t n_bytes, const char *file, const struct ini_sink *sink,
	void *user, struct diag *diag);

#endif
