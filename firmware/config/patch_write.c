/* Tested by: unit/config/test_patch_write */
#include "config/patch_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_lines.h"
#include "config/param_text.h"
#include "config/patch_read.h"
#include "dsp/list_text.h"

enum { VALUE_BYTES = LIST_TEXT_BYTES };
_Static_assert((int)VALUE_BYTES >= (int)PARAM_TEXT_BYTES, "either has room");

/* A line of the text, without its end. */
struct line {
	const char *text;
	size_t n_bytes;
	size_t n_end; /* bytes of LF, CR LF or CR behind it; 0: the text ends without */
	/* a key's line: places in text; else key_end is 0 */
	size_t key_end, value, value_end, comment; /* comment: n_bytes where there is none */
};

/* Lines of a module's section. */
struct section {
	int last_key; /* number of the line, or of the section's own; 0: it has no section */
	uint32_t params, lists; /* a bit each that has a line */
};

struct writer {
	const struct patch *patch;
	FILE *to;
	const char *line_end;
	struct diag *diag;
	int err;
	struct section sections[PATCH_MAX_MODULES];
};

/* ---- lines */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void find_parts(struct line *line)
{
	size_t n = 0, end;

	line->key_end = 0;
	line->comment = line->n_bytes;
	for (size_t i = 1; i < line->n_bytes && line->comment == line->n_bytes; i++)
		if (line->text[i] == ';' && is_blank(line->text[i - 1]))
			line->comment = i;
	while (n < line->comment && line->text[n] != '=')
		n++;
	if (n == line->comment || strchr(";#[ \t", line->text[0]))
		return;
	for (end = n; end > 0 && is_blank(line->text[end - 1]); end--)
		;
	line->key_end = end;
	for (line->value = n + 1; line->value < line->comment && is_blank(line->text[line->value]);)
		line->value++;
	for (line->value_end = line->comment;
		line->value_end > line->value && is_blank(line->text[line->value_end - 1]);)
		line->value_end--;
}

/* The line at *at, which moves behind its end. false: there is none. */
static bool next_line(const char **at, const char *end, struct line *line)
{
	const char *c = *at;

	if (c == end)
		return false;
	while (c < end && *c != '\n' && *c != '\r')
		c++;
	*line = (struct line){.text = *at, .n_bytes = (size_t)(c - *at)};
	if (c < end)
		line->n_end = *c == '\r' && c + 1 < end && c[1] == '\n' ? 2 : 1;
	*at = c + line->n_end;
	find_parts(line);
	return true;
}

/* The module whose section begins here; -1: none does. */
static int section_of(const struct writer *writer, const struct line *line)
{
	const char *end = line->n_bytes ? memchr(line->text, ']', line->n_bytes) : NULL;
	char id[PATCH_ID_BYTES];

	if (!end || line->text[0] != '[' || end - line->text > PATCH_ID_BYTES)
		return -1;
	snprintf(id, sizeof(id), "%.*s", (int)(end - line->text) - 1, line->text + 1);
	return patch_find(writer->patch, id);
}

static bool is_key(const struct line *line, const char *key)
{
	return line->key_end == strlen(key) && memcmp(line->text, key, line->key_end) == 0;
}

/* ---- values */
static bool has_changed(const struct patch_module *module, int p)
{
	return memcmp(&module->values[p], &module->written[p], sizeof(float)) != 0;
}

static bool has_list_changed(const struct patch *patch, const struct patch_module *module, int l)
{
	return module->lists[l].n &&
	       patch_list_sum(patch, &module->lists[l]) != module->written_lists[l];
}

static void list_text(const struct writer *writer, const struct patch_module *module, int l,
	char text[VALUE_BYTES])
{
	const struct patch_list *list = &module->lists[l];

	list_write(&module->desc->lists[l], writer->patch->items + list->first, list->n, text);
}

/* ---- writing */
static void check_length(
	struct writer *writer, const struct patch_module *module, const char *key, size_t n_bytes)
{
	if (n_bytes > INI_MAX_LINE_BYTES && !writer->err)
		writer->err = diag_set(writer->diag, -E2BIG,
			"%s.%s: its line would have %zu characters; a file has lines of at most %d",
			module->id, key, n_bytes, INI_MAX_LINE_BYTES);
}

static void put_new_line(struct writer *writer, const struct patch_module *module, const char *key,
	const char *value)
{
	check_length(writer, module, key, strlen(key) + 3 + strlen(value));
	fprintf(writer->to, "%s = %s%s", key, value, writer->line_end);
}

/* The comment stays in its column where there is room. */
static void put_changed(struct writer *writer, const struct patch_module *module, const char *key,
	const struct line *line, const char *value)
{
	size_t n_value = strlen(value), at = line->value + n_value, n_blanks = 0;
	bool has_comment = line->comment < line->n_bytes;

	if (has_comment)
		n_blanks = line->comment > at ? line->comment - at : 1;
	check_length(writer, module, key, at + n_blanks + line->n_bytes - line->comment);
	fprintf(writer->to, "%.*s%s%*s%.*s", (int)line->value, line->text, value, (int)n_blanks, "",
		(int)(line->n_bytes - line->comment), line->text + line->comment);
}

/* true: the line is of a value that has changed, and is written. */
static bool put_key(struct writer *writer, int m, const struct line *line)
{
	const struct patch_module *module = &writer->patch->modules[m];
	char text[VALUE_BYTES];

	for (int p = 0; p < module->desc->n_params; p++) {
		const struct param_desc *param = &module->desc->params[p];

		if (!is_key(line, param->key) || !has_changed(module, p))
			continue;
		param_value_text(param, module->values[p], PARAM_AS_READ, text);
		put_changed(writer, module, param->key, line, text);
		return true;
	}
	for (int l = 0; l < module->desc->n_lists; l++) {
		if (!is_key(line, module->desc->lists[l].key) ||
			!has_list_changed(writer->patch, module, l))
			continue;
		list_text(writer, module, l, text);
		put_changed(writer, module, module->desc->lists[l].key, line, text);
		return true;
	}
	return false;
}

/* Values that have no line. */
static void put_missing(struct writer *writer, int m)
{
	const struct patch_module *module = &writer->patch->modules[m];
	const struct section *section = &writer->sections[m];
	char text[VALUE_BYTES];

	for (int p = 0; p < module->desc->n_params; p++) {
		if (section->params >> p & 1 || !has_changed(module, p))
			continue;
		param_value_text(&module->desc->params[p], module->values[p], PARAM_AS_READ, text);
		put_new_line(writer, module, module->desc->params[p].key, text);
	}
	for (int l = 0; l < module->desc->n_lists; l++) {
		if (section->lists >> l & 1 || !has_list_changed(writer->patch, module, l))
			continue;
		list_text(writer, module, l, text);
		put_new_line(writer, module, module->desc->lists[l].key, text);
	}
}

static bool misses_line(const struct writer *writer, int m)
{
	const struct patch_module *module = &writer->patch->modules[m];

	for (int p = 0; p < module->desc->n_params; p++)
		if (!(writer->sections[m].params >> p & 1) && has_changed(module, p))
			return true;
	for (int l = 0; l < module->desc->n_lists; l++)
		if (!(writer->sections[m].lists >> l & 1) &&
			has_list_changed(writer->patch, module, l))
			return true;
	return false;
}

/* ---- the text, twice */
static void note_key(struct section *section, const struct patch_module *module,
	const struct line *line, int number)
{
	section->last_key = number;
	for (int p = 0; p < module->desc->n_params; p++)
		section->params |= (uint32_t)is_key(line, module->desc->params[p].key) << p;
	for (int l = 0; l < module->desc->n_lists; l++)
		section->lists |= (uint32_t)is_key(line, module->desc->lists[l].key) << l;
}

static void note_lines(struct writer *writer, const char *text, const char *end)
{
	struct line line;
	int m = -1;

	for (int number = 1; next_line(&text, end, &line); number++) {
		if (number == 1 && line.n_end)
			writer->line_end = line.n_end == 2                   ? "\r\n"
					   : line.text[line.n_bytes] == '\r' ? "\r"
									     : "\n";
		if (line.n_bytes && line.text[0] == '[') {
			m = section_of(writer, &line);
			if (m >= 0)
				writer->sections[m].last_key = number;
		} else if (m >= 0 && line.key_end) {
			note_key(&writer->sections[m], &writer->patch->modules[m], &line, number);
		}
	}
}

static void put_lines(struct writer *writer, const char *text, const char *end)
{
	struct line line;
	int m = -1;

	for (int number = 1; next_line(&text, end, &line); number++) {
		if (line.n_bytes && line.text[0] == '[')
			m = section_of(writer, &line);
		if (m < 0 || !line.key_end || !put_key(writer, m, &line))
			fwrite(line.text, 1, line.n_bytes, writer->to);
		fwrite(line.text + line.n_bytes, 1, line.n_end, writer->to);
		if (m < 0 || writer->sections[m].last_key != number || !misses_line(writer, m))
			continue;
		if (!line.n_end)
			fputs(writer->line_end, writer->to);
		put_missing(writer, m);
	}
}

int patch_write(const struct patch *patch, char **text, size_t *n_bytes, struct diag *diag)
{
	struct writer *writer;
	const char *from, *end;
	char *out = NULL;
	int err;

	if (!patch->source || !patch->source->n_bytes)
		return diag_set(
			diag, -ENOENT, "patch \"%s\" was not read from a file", patch->name);
	from = patch->source->text;
	end = from + patch->source->n_bytes;
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return diag_set(diag, -ENOMEM, "out of memory");
	writer->patch = patch;
	writer->diag = diag;
	writer->line_end = "\n";
	writer->to = open_memstream(&out, n_bytes);
	if (writer->to && end - from >= 3 && memcmp(from, "\xef\xbb\xbf", 3) == 0) {
		fwrite(from, 1, 3, writer->to); /* a BOM, before the first section as well */
		from += 3;
	}
	if (writer->to) {
		note_lines(writer, from, end);
		if (!writer->sections[PATCH_CLOCK].last_key && misses_line(writer, PATCH_CLOCK)) {
			fprintf(writer->to, "[patch]%s", writer->line_end);
			put_missing(writer, PATCH_CLOCK);
			fputs(writer->line_end, writer->to);
		}
		put_lines(writer, from, end);
	}
	err = writer->err;
	if (!writer->to || fclose(writer->to) != 0)
		err = diag_set(diag, -ENOMEM, "out of memory");
	free(writer);
	if (err < 0)
		free(out);
	else
		*text = out;
	return err;
}
