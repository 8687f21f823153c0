#include "control/state_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"
#include "dsp/list_text.h"

/* Steps back are dropped, oldest first, where the text would grow beyond this. */
enum { UNDO_BYTES = 64 * 1024 };

/* ---- writing */
static void put_param(FILE *to, const char *what, const char *id, const struct param_desc *param,
	float value)
{
	if (param->curve == CURVE_CHOICE)
		fprintf(to, "%s %s.%s %s\n", what, id, param->key, param->choices[(int)value]);
	else
		fprintf(to, "%s %s.%s %.9g\n", what, id, param->key, (double)value);
}

static void put_list(FILE *to, const char *what, const char *id, const struct list_desc *list,
	const float *items, int n)
{
	char text[LIST_TEXT_BYTES];

	fprintf(to, "%s %s.%s %s\n", what, id, list->key, list_write(list, items, n, text));
}

static void put_patch(FILE *to, const char *what, const struct patch *patch)
{
	fprintf(to, "%s %s\nmark %016" PRIx64 "\n", what, patch->path, patch_mark(patch));
	for (int m = 0; m < patch->n_modules; m++) {
		const struct patch_module *module = &patch->modules[m];

		for (int p = 0; p < module->desc->n_params; p++)
			if (module->touched >> p & 1)
				put_param(to, "value", module->id, &module->desc->params[p],
					module->values[p]);
		for (int l = 0; l < module->desc->n_lists; l++)
			if (module->touched_lists >> l & 1)
				put_list(to, "list", module->id, &module->desc->lists[l],
					patch->items + module->lists[l].first, module->lists[l].n);
	}
}

static void put_edit(FILE *to, const struct edit *edit)
{
	if (edit->n_items)
		put_list(to, "stage", edit->id, &edit->desc->lists[edit->param], edit->items,
			edit->n_items);
	else
		put_param(to, "stage", edit->id, &edit->desc->params[edit->param], edit->value);
}

static void put_undo(FILE *to, const struct desk *desk)
{
	char *text = NULL;
	size_t n_bytes = 0;
	int first = desk->n_undo;

	for (size_t sum = 0; first > 0; first--) { /* how many fit, from the newest back */
		FILE *trial = open_memstream(&text, &n_bytes);

		if (!trial)
			return;
		put_patch(trial, "undo", desk->undo[first - 1]);
		fclose(trial);
		free(text);
		sum += n_bytes;
		if (sum > UNDO_BYTES)
			break;
	}
	for (int i = first; i < desk->n_undo; i++)
		if (desk->undo[i]->path[0])
			put_patch(to, "undo", desk->undo[i]);
}

char *state_write(const struct desk *desk, const char *start, size_t *n_bytes)
{
	char *text = NULL;
	FILE *to;

	if (!desk->live->path[0] || !(to = open_memstream(&text, n_bytes)))
		return NULL;
	fprintf(to, "start %s\n", start);
	put_undo(to, desk);
	put_patch(to, "live", desk->live);
	if (desk->loaded)
		put_patch(to, "loaded", desk->loaded);
	for (int i = 0; i < desk->n_edits; i++)
		put_edit(to, &desk->edits[i]);
	if (fclose(to) != 0 || *n_bytes > STATE_MAX_BYTES) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- reading */
struct reader {
	struct state *state;
	const struct state_opener *opener;
	struct patch *patch; /* the one whose lines come now; NULL: it is not there */
	uint64_t mark;       /* of its file, as it was; 0: not told */
	size_t n_stages;
};

static void misfit(struct reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);
static void misfit(struct reader *reader, const char *format, ...)
{
	char text[sizeof(reader->state->misfit.text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (reader->state->n_misfits++ == 0)
		diag_set(&reader->state->misfit, -EINVAL, "%s", text);
}

/* A mark does not count what was turned, so it is compared when that is known. */
static void finish_patch(struct reader *reader)
{
	if (reader->patch && reader->mark && reader->mark != patch_mark(reader->patch))
		reader->state->n_edited++;
	reader->patch = NULL;
	reader->mark = 0;
}

static void read_patch(struct reader *reader, const char *what, const char *path)
{
	struct state *state = reader->state;
	struct diag diag;
	int err;

	finish_patch(reader);
	err = reader->opener->open(reader->opener->ctx, path, strcmp(what, "live") == 0,
		&reader->patch, &diag);
	if (err < 0) {
		reader->patch = NULL;
		misfit(reader, "%.300s", diag.text);
	} else if (strcmp(what, "live") == 0) {
		patch_free(state->live);
		state->live = reader->patch;
	} else if (strcmp(what, "loaded") == 0) {
		patch_free(state->loaded);
		state->loaded = reader->patch;
	} else if (state->n_undo < STATE_MAX_UNDO) {
		state->undo[state->n_undo++] = reader->patch;
	} else {
		patch_free(reader->patch);
		reader->patch = NULL;
	}
}

static void read_value(struct reader *reader, const char *target, const char *text)
{
	struct patch_module *module;
	struct diag diag;
	int m, p;
	float value;

	if (desk_find_target(reader->patch, target, &m, &p, &diag) < 0) {
		misfit(reader, "%s", diag.text);
		return;
	}
	module = &reader->patch->modules[m];
	if (param_value_read(&module->desc->params[p], text, &value, &diag) < 0) {
		misfit(reader, "%s: %.300s", target, diag.text);
		return;
	}
	module->values[p] = value;
	module->touched |= 1u << p;
}

static void read_list(struct reader *reader, const char *target, const char *text)
{
	const char *dot = strchr(target, '.');
	char id[PATCH_ID_BYTES] = "";
	float items[LIST_MAX_ITEMS];
	struct patch_module *module;
	struct diag diag;
	int m, l, n;

	if (dot)
		snprintf(id, sizeof(id), "%.*s", (int)(dot - target), target);
	m = patch_find(reader->patch, id);
	l = m < 0 ? m : module_list_find(reader->patch->modules[m].desc, dot + 1);
	if (l < 0) {
		misfit(reader, "%s: patch \"%s\" has no such list", target, reader->patch->name);
		return;
	}
	module = &reader->patch->modules[m];
	n = list_read(&module->desc->lists[l], text, items, &diag);
	if (n < 0 || patch_set_list(reader->patch, module, l, items, n) < 0) {
		misfit(reader, "%s: %.300s", target, n < 0 ? diag.text : "out of memory");
		return;
	}
	module->touched_lists |= 1u << l;
}

static void keep_stage(struct reader *reader, const char *line)
{
	size_t n = strlen(line);
	char *grown = realloc(reader->state->stages, reader->n_stages + n + 2);

	if (!grown)
		return;
	snprintf(grown + reader->n_stages, n + 2, "%s\n", line);
	reader->state->stages = grown;
	reader->n_stages += n + 1;
}

static void read_line(struct reader *reader, char *line)
{
	char *rest = line, *what = strsep(&rest, " ");
	char *text = rest;

	if (!rest)
		return;
	if (strcmp(what, "start") == 0)
		snprintf(reader->state->start, sizeof(reader->state->start), "%s", rest);
	else if (strcmp(what, "live") == 0 || strcmp(what, "loaded") == 0 ||
		 strcmp(what, "undo") == 0)
		read_patch(reader, what, rest);
	else if (strcmp(what, "mark") == 0)
		reader->mark = strtoull(rest, NULL, 16);
	else if (strcmp(what, "stage") == 0)
		keep_stage(reader, rest);
	else if (!reader->patch)
		return; /* of a patch that is not there: said already */
	else if (strcmp(what, "value") == 0 && (rest = strsep(&text, " ")) && text)
		read_value(reader, rest, text);
	else if (strcmp(what, "list") == 0 && (rest = strsep(&text, " ")) && text)
		read_list(reader, rest, text);
}

void state_read(const char *text, const struct state_opener *opener, struct state *state)
{
	struct reader reader = {.state = state, .opener = opener};
	char *copy = strdup(text), *rest = copy, *line;

	memset(state, 0, sizeof(*state));
	while (copy && (line = strsep(&rest, "\n")))
		read_line(&reader, line);
	finish_patch(&reader);
	free(copy);
}

void state_free(struct state *state)
{
	patch_free(state->live);
	patch_free(state->loaded);
	for (int i = 0; i < state->n_undo; i++)
		patch_free(state->undo[i]);
	free(state->stages);
	memset(state, 0, sizeof(*state));
}

/* ---- the desk's side */
uint64_t desk_n_changes(const struct desk *desk)
{
	return desk->n_changes;
}

static bool is_untouched(const struct desk *desk)
{
	return desk->n_edits == 0 && !desk->loaded;
}

void desk_resume(struct desk *desk, struct state *state)
{
	struct diag diag;
	char *rest = state->stages, *line;

	if (desk->n_undo == 0) {
		memcpy(desk->undo, state->undo, sizeof(desk->undo));
		desk->n_undo = state->n_undo;
		state->n_undo = 0;
	}
	if (!is_untouched(desk))
		return;
	desk->loaded = state->loaded;
	state->loaded = NULL;
	while (rest && (line = strsep(&rest, "\n"))) {
		char *target = strsep(&line, " ");

		if (line && desk_stage(desk, target, line, &diag) < 0 && state->n_misfits++ == 0)
			state->misfit = diag;
	}
}

int desk_replace(struct desk *desk, struct patch *patch)
{
	if (!is_untouched(desk) || desk->n_undo || desk_is_committing(desk)) {
		patch_free(patch);
		return -EBUSY;
	}
	desk->loaded = patch;
	desk->is_replacing = true;
	desk->wants_commit = true;
	commit_poll(desk);
	return 0;
}

_Static_assert((int)STATE_MAX_UNDO == (int)DESK_MAX_UNDO, "all steps back are kept");
