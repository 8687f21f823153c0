#include "config/ini_lines.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"

enum { FIRST_HIGH_BYTE = 0x80 }; /* below: ASCII */

struct seen {
	char name[INI_MAX_SECTION_BYTES + 1];
	int line;
};

struct parse {
	const char *text; /* what is left of it */
	size_t n_bytes;
	struct ini_place at;
	const struct ini_sink *sink;
	void *user;
	struct diag *diag;
	int err;
	int n_sections, n_keys;
	struct seen sections[INI_MAX_SECTIONS];
	struct seen keys[INI_MAX_KEYS]; /* of the section being read */
};

int ini_refuse(struct diag *diag, const struct ini_place *at, int err, const char *format, ...)
{
	enum { FILE_SHOWN_BYTES = 80 }; /* of a long path the end tells more */
	char reason[sizeof(diag->text)];
	size_t n_file_bytes = strlen(at->file);
	const char *file = at->file;
	va_list args;

	if (n_file_bytes > FILE_SHOWN_BYTES)
		file += n_file_bytes - FILE_SHOWN_BYTES;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	if (at->key)
		return diag_set(diag, err, "%s:%d: [%s] %.48s: %s", file, at->line, at->section,
			at->key, reason);
	if (at->section)
		return diag_set(diag, err, "%s:%d: [%s]: %s", file, at->line, at->section, reason);
	return diag_set(diag, err, "%s:%d: %s", file, at->line, reason);
}

/* The line that name was noted at before; 0: it is new, and noted now; -1: there is no room. */
static int seen_note(struct seen *seen, int *n_seen, int max, const char *name, int line)
{
	for (int i = 0; i < *n_seen; i++)
		if (strcmp(seen[i].name, name) == 0)
			return seen[i].line;
	if (*n_seen == max)
		return -1;
	snprintf(seen[*n_seen].name, sizeof(seen[0].name), "%s", name);
	seen[(*n_seen)++].line = line;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A comment is a whole line that begins with ; or #, or what follows " ;" (as inih has it). */
static const char *comment_find(const char *line)
{
	for (const char *c = line; *c; c++)
		if (*c == ';' && c > line && is_blank(c[-1]))
			return c;
	return NULL;
}

static int section_begin(struct parse *parse, const char *line)
{
	const char *name = line + 1;
	size_t n_bytes = strcspn(name, "]");
	const char *after = name + n_bytes;
	char text[INI_MAX_SECTION_BYTES + 1];
	int before;

	if (*after != ']' || (comment_find(line) && comment_find(line) < after))
		return ini_refuse(parse->diag, &parse->at, -EINVAL, "the section has no closing ]");
	after++;
	if (after[strspn(after, " \t")] && after + strspn(after, " \t") != comment_find(line))
		return ini_refuse(parse->diag, &parse->at, -EINVAL, "text after the section's ]");
	if (n_bytes == 0 || is_blank(name[0]) || is_blank(name[n_bytes - 1]))
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"a section is written [name], with no blanks inside the brackets");
	if (n_bytes > INI_MAX_SECTION_BYTES)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"the section's name is %zu characters long; allowed: %d", n_bytes,
			INI_MAX_SECTION_BYTES);
	memcpy(text, name, n_bytes);
	text[n_bytes] = '\0';
	parse->at.section = text;
	before = seen_note(
		parse->sections, &parse->n_sections, INI_MAX_SECTIONS, text, parse->at.line);
	if (before > 0)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"the section was begun before, at line %d; each section stands once",
			before);
	if (before < 0)
		return ini_refuse(parse->diag, &parse->at, -EINVAL, "more than %d sections",
			INI_MAX_SECTIONS);
	parse->at.section = parse->sections[parse->n_sections - 1].name;
	parse->n_keys = 0;
	return parse->sink->section(parse->user, &parse->at, parse->diag);
}

static int key_check(struct parse *parse, const char *line)
{
	const char *end = line + strcspn(line, "=:");
	const char *comment = comment_find(line);

	if (!*end || (comment && comment < end))
		return ini_refuse(parse->diag, &parse->at, -EINVAL, "not a section and no '='; %s",
			"a line is [section], key = value, or a ; comment");
	if (*end == ':')
		return ini_refuse(
			parse->diag, &parse->at, -EINVAL, "':' before '='; write key = value");
	if (end == line)
		return ini_refuse(parse->diag, &parse->at, -EINVAL, "no key before the '='");
	if (!parse->at.section)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"a key before the first [section]; it must stand below one");
	return 0;
}

/* As text_first_bad_byte(); but a comment may be in Latin-1 or what else an editor wrote. */
static size_t find_bad_byte(const char *line, size_t n_bytes)
{
	size_t n_blanks = strspn(line, " \t"), bad = text_first_bad_byte(line, n_bytes);
	const char *comment = line[n_blanks] == ';' || line[n_blanks] == '#' ? line + n_blanks
									     : comment_find(line);

	while (bad < n_bytes && comment && line + bad > comment &&
		(unsigned char)line[bad] >= FIRST_HIGH_BYTE) {
		bad++;
		bad += text_first_bad_byte(line + bad, n_bytes - bad);
	}
	return bad;
}

static int line_check(struct parse *parse, const char *line, size_t n_bytes)
{
	size_t n_blanks, bad;

	if (n_bytes > INI_MAX_LINE_BYTES)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"the line is %zu characters long; allowed: %d", n_bytes,
			INI_MAX_LINE_BYTES);
	bad = find_bad_byte(line, n_bytes);
	if (bad < n_bytes)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"byte 0x%02x at column %zu is not text; allowed: UTF-8 without "
			"control characters%s",
			(unsigned)(unsigned char)line[bad], bad + 1,
			(unsigned char)line[bad] >= FIRST_HIGH_BYTE
				? "; save the file as UTF-8 (not ANSI, not Latin-1)"
				: "");
	n_blanks = strspn(line, " \t");
	if (!line[n_blanks] || line[n_blanks] == ';' || line[n_blanks] == '#')
		return 0;
	if (n_blanks)
		return ini_refuse(parse->diag, &parse->at, -EINVAL,
			"the line begins with a blank; remove it");
	return line[0] == '[' ? section_begin(parse, line) : key_check(parse, line);
}

/* inih's reader: one line a call, so that the handler's line is the one read last. */
static char *line_next(char *buffer, int n_buffer_bytes, void *user)
{
	struct parse *parse = user;
	char line[INI_MAX_LINE_BYTES + 1];
	size_t n_bytes = 0;

	if (parse->err || parse->n_bytes == 0 || n_buffer_bytes < (int)sizeof(line))
		return NULL;
	while (n_bytes < parse->n_bytes && parse->text[n_bytes] != '\n' &&
		parse->text[n_bytes] != '\r')
		n_bytes++;
	memcpy(line, parse->text, n_bytes < sizeof(line) ? n_bytes : 0);
	line[n_bytes < sizeof(line) ? n_bytes : 0] = '\0';
	parse->at.line++;
	parse->at.key = NULL;
	parse->err = line_check(parse, line, n_bytes);
	if (parse->err)
		return NULL;
	if (n_bytes + 1 < parse->n_bytes && memcmp(parse->text + n_bytes, "\r\n", 2) == 0)
		n_bytes++;
	if (n_bytes < parse->n_bytes) /* the line's end: LF, CR LF or CR */
		n_bytes++;
	parse->text += n_bytes;
	parse->n_bytes -= n_bytes;
	memcpy(buffer, line, sizeof(line));
	return buffer;
}

/* inih's handler: returns 1 for "go on"; an error stops the reader. */
static int key_found(void *user, const char *section, const char *key, const char *value)
{
	struct parse *parse = user;
	int before;

	(void)section; /* ours is whole */
	if (parse->err || !key)
		return 1;
	parse->at.key = key;
	if (strlen(key) > INI_MAX_SECTION_BYTES) {
		parse->err =
			ini_refuse(parse->diag, &parse->at, -EINVAL, "no key is as long as this");
		return 1;
	}
	before = seen_note(parse->keys, &parse->n_keys, INI_MAX_KEYS, key, parse->at.line);
	if (before < 0)
		parse->err = ini_refuse(parse->diag, &parse->at, -EINVAL,
			"more than %d keys in one section", INI_MAX_KEYS);
	else if (before)
		parse->err = ini_refuse(parse->diag, &parse->at, -EINVAL,
			"the key was given before, at line %d; each key stands once", before);
	else
		parse->err = parse->sink->key(parse->user, &parse->at, value, parse->diag);
	return 1;
}

int ini_refuse_utf16(const char *file, struct diag *diag)
{
	return diag_set(diag, -EINVAL,
		"%s: this is UTF-16 (Notepad's \"Unicode\"); allowed: UTF-8; save it again, with the "
		"encoding UTF-8",
		file);
}

int ini_lines_parse(const char *text, size_t n_bytes, const char *file, const struct ini_sink *sink,
	void *user, struct diag *diag)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct parse *parse;
	int err, line;

	if (n_bytes > INI_MAX_FILE_BYTES)
		return diag_set(diag, -EFBIG, "%s: larger than %d KB; this is not a file of ours",
			file, INI_MAX_FILE_BYTES / 1024);
	if (text_is_utf16(text, n_bytes))
		return ini_refuse_utf16(file, diag);
	parse = calloc(1, sizeof(*parse));
	if (!parse)
		return diag_set(diag, -ENOMEM, "%s: out of memory", file);
	parse->text = text;
	parse->n_bytes = n_bytes;
	parse->at.file = file;
	parse->sink = sink;
	parse->user = user;
	parse->diag = diag;
	if (n_bytes >= 3 && memcmp(text, bom, 3) == 0) {
		parse->text += 3;
		parse->n_bytes -= 3;
	}
	line = ini_parse_stream(line_next, parse, key_found, parse);
	parse->at.key = NULL;
	err = parse->err;
	if (!err && line) /* not reachable: our checks are stricter than inih's */
		err = ini_refuse(diag, &parse->at, -EINVAL, "not ini text");
	else if (!err && parse->n_bytes) /* a library built with a shorter line than ours */
		err = ini_refuse(diag, &parse->at, -EINVAL, "inih's line buffer is too short");
	free(parse);
	return err;
}
