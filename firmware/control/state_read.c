/* state_read.c - the text of a state to patches: what fits is taken, the rest is kept as it is. */
#include "control/state_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"
#include "control/turned.h"
#include "dsp/list_text.h"

enum {
	MAX_SECTIONS = 512,
	SECTION_LEFT = REST_STAGED,
	SECTION_SNAPSHOTS,
	LINE_BYTES = LIST_TEXT_BYTES + 300
};

/* A line `undo PATH`, `live PATH`, `loaded PATH` or `left SUM PATH`, and those up to the next such one. */
struct section {
	struct state *state;
	enum rest_of of; /* or SECTION_LEFT, SECTION_SNAPSHOTS */
	const char *text, *end;
	char path[SETTINGS_PATH_BYTES];
	struct patch *patch; /* while its lines are read */
};

struct reader {
	struct state *state;
	const struct state_opener *opener;
	int n_sections;
	struct section sections[MAX_SECTIONS];
};

static void misfit(struct section *section, const char *format, ...) PRINTF_LIKE(2, 3);
static void misfit(struct section *section, const char *format, ...)
{
	char text[sizeof(section->state->misfit.text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (section->state->n_misfits++ == 0)
		diag_set(&section->state->misfit, -EINVAL, "%s", text);
}

/* The line at *at without its end; *at moves to the next one. Cut at the size, as none is so long. */
static void next_line(const char **at, char line[LINE_BYTES])
{
	size_t n = strcspn(*at, "\n");

	snprintf(line, LINE_BYTES, "%.*s", (int)n, *at);
	*at += n + ((*at)[n] == '\n');
}

/* A step back has none, but for one that was live when its file was missing. */
static void stage_line(const struct section *section, const char *text)
{
	struct state *state = section->state;
	size_t n = strlen(text), n_before = state->stages ? strlen(state->stages) : 0;
	char *grown = section->of == REST_UNDO ? NULL : realloc(state->stages, n_before + n + 2);

	if (!grown)
		return;
	snprintf(grown + n_before, n + 2, "%s\n", text);
	state->stages = grown;
}

/* at: of a step back. The mark does not count what was turned, so it is compared when that is known. */
static void take_lines(struct section *section, enum rest_of of, int at)
{
	const char *from = section->text, *begin;
	struct turned_reader reader = {.patch = section->patch};
	char line[LINE_BYTES];
	uint64_t mark = 0;
	struct diag diag;

	next_line(&from, line);
	for (begin = from; begin < section->end; begin = from) {
		next_line(&from, line);
		if (strncmp(line, "stage ", 6) == 0)
			stage_line(section, line + 6);
		else if (strncmp(line, "mark ", 5) == 0)
			mark = strtoull(line + 5, NULL, 16);
		else if (turned_read(&reader, line, &diag) < 0) {
			misfit(section, "%s", diag.text);
			rest_add(&section->state->rest, of, false, at, begin,
				(size_t)(from - begin));
		}
	}
	if (mark && mark != patch_mark(section->patch))
		section->state->n_edited++;
}

static int open_section(const struct reader *reader, struct section *section)
{
	struct diag diag;
	int err = reader->opener->open(reader->opener->ctx, section->path, section->of == REST_LIVE,
		&section->patch, &diag);

	if (err < 0) {
		misfit(section, "%.300s", diag.text);
		if (section->of == REST_LIVE && !section->state->missing.text[0])
			section->state->missing = diag;
	}
	return err;
}

/* From its path on. */
static void keep_section(struct section *section, enum rest_of of)
{
	const char *path = strchr(section->text, ' ') + 1;

	rest_add(&section->state->rest, of, true, section->state->n_undo, path,
		(size_t)(section->end - path));
}

static void add_step(struct section *section)
{
	struct state *state = section->state;

	if (state->n_undo < STATE_MAX_UNDO) {
		take_lines(section, REST_UNDO, state->n_undo);
		state->undo[state->n_undo++] = section->patch;
	} else {
		patch_free(section->patch);
	}
}

/* Heard in the place of one that is there again: a step back, if anything was done to it. */
static void add_substitute(const struct reader *reader, struct section *section)
{
	int n = section->state->n_undo, n_rest = section->state->rest.n;

	if (open_section(reader, section) < 0) {
		keep_section(section, REST_UNDO);
		return;
	}
	add_step(section);
	if (section->state->n_undo > n && section->state->rest.n == n_rest &&
		!turned_is_any(section->patch)) {
		section->state->n_undo--;
		patch_free(section->patch);
	}
}

/* Of several live patches the last one that can be opened is the one; the last one of all is wanted. */
static void read_live(const struct reader *reader, struct section *sections, int n)
{
	int found = n - 1;

	while (found >= 0 && open_section(reader, &sections[found]) < 0)
		found--;
	for (int i = 0; i < found; i++)
		add_substitute(reader, &sections[i]);
	for (int i = int_max(found, 0) + (found >= 0); i < n; i++)
		keep_section(&sections[i], i == n - 1 ? REST_LIVE : REST_UNDO);
	if (found < 0)
		return;
	take_lines(&sections[found], REST_LIVE, 0);
	patch_free(sections[found].state->live);
	sections[found].state->live = sections[found].patch;
}

static void read_step(const struct reader *reader, struct section *section)
{
	if (open_section(reader, section) < 0)
		keep_section(section, REST_UNDO);
	else
		add_step(section);
}

static void read_loaded(const struct reader *reader, struct section *section)
{
	if (section->state->loaded)
		return;
	if (open_section(reader, section) < 0) {
		keep_section(section, REST_LOADED);
		return;
	}
	take_lines(section, REST_LOADED, 0);
	section->state->loaded = section->patch;
}

static void read_left(struct left_patches *to, const struct section *section, const char *head)
{
	left_read(to, section->text + strlen(head),
		(size_t)(section->end - section->text) - strlen(head));
}

static void read_sections(const struct reader *reader, struct section *sections, int n_sections)
{
	for (int i = 0, n = 1; i < n_sections; i += n) {
		n = 1;
		while (sections[i].of == REST_LIVE && i + n < n_sections &&
			sections[i + n].of == REST_LIVE)
			n++;
		if ((int)sections[i].of == SECTION_LEFT)
			read_left(&sections[i].state->left, &sections[i], "left ");
		else if ((int)sections[i].of == SECTION_SNAPSHOTS)
			read_left(&sections[i].state->snapshots, &sections[i], "snapshots ");
		else if (sections[i].of == REST_LIVE)
			read_live(reader, &sections[i], n);
		else if (sections[i].of == REST_UNDO)
			read_step(reader, &sections[i]);
		else
			read_loaded(reader, &sections[i]);
	}
}

/* The sections' beginnings and ends; the other lines before the first one are not needed. */
static void find_sections(struct reader *reader, const char *text)
{
	static const char *const heads[] = {[REST_UNDO] = "undo ",
		[REST_LIVE] = "live ",
		[REST_LOADED] = "loaded ",
		[SECTION_LEFT] = "left ",
		[SECTION_SNAPSHOTS] = "snapshots "};
	struct section *section = NULL;
	char line[LINE_BYTES];

	for (const char *at = text, *begin = at; *at; begin = at) {
		next_line(&at, line);
		if (strncmp(line, "start ", 6) == 0)
			snprintf(reader->state->start, sizeof(reader->state->start), "%.*s",
				SETTINGS_PATH_BYTES - 1, line + 6);
		for (size_t of = 0; of < ARRAY_LEN(heads) && reader->n_sections < MAX_SECTIONS;
			of++) {
			size_t n = strlen(heads[of]);

			if (strncmp(line, heads[of], n) != 0)
				continue;
			section = &reader->sections[reader->n_sections++];
			*section = (struct section){
				.state = reader->state, .of = (enum rest_of)of, .text = begin};
			snprintf(section->path, sizeof(section->path), "%.*s",
				SETTINGS_PATH_BYTES - 1, line + n);
		}
		if (section)
			section->end = at;
	}
}

void state_read(const char *text, const struct state_opener *opener, struct state *state)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	memset(state, 0, sizeof(*state));
	if (!reader)
		return;
	reader->state = state;
	reader->opener = opener;
	find_sections(reader, text);
	read_sections(reader, reader->sections, reader->n_sections);
	free(reader);
}
