/* Tested by: unit/config/test_patch_read */
#include "config/sum_read.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/ini_text.h"
#include "dsp/list_text.h"

enum { MAX_DEPTH = 8 }; /* of parentheses */

/* A sum while it is read: sources with gains, and constants. */
struct form {
	int n;
	struct {
		int16_t module, out; /* as of struct patch_term */
		double gain;
	} terms[PATCH_MAX_TERMS];
};

struct sum_reader {
	const struct patch *patch; /* NULL: a constant is read, there are no sources */
	bool takes_notes;
	const char *at;
	int depth;
	struct diag *diag;
};

static const char *blanks_skip(const char *at)
{
	return at + strspn(at, " \t");
}

static size_t id_length(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static int module_unknown(const struct patch *patch, const char *id, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, id);
	for (int i = 0; i < patch->n_modules; i++)
		if (patch->modules[i].desc->n_outs > 0)
			text_names_add(&names, patch->modules[i].id);
	return diag_set(diag, -ENOENT, "no module '%.40s'" TEXT_HINT, id, TEXT_HINT_ARGS(&names));
}

static int out_unknown(const struct patch_module *module, const char *key, struct diag *diag)
{
	struct text_names names;

	text_names_begin(&names, key);
	for (int i = 0; i < module->desc->n_outs; i++)
		text_names_add(&names, module->desc->outs[i].key);
	return diag_set(diag, -ENOENT, "%s (%s) has no output '%.40s'" TEXT_HINT, module->id,
		module->desc->key, key, TEXT_HINT_ARGS(&names));
}

/* ID or ID.OUT. */
static int source_read(struct sum_reader *reader, struct form *to)
{
	const struct patch *patch = reader->patch;
	struct diag *diag = reader->diag;
	char id[64] = "", out[64] = "";
	size_t n_id = id_length(reader->at), n_out = 0;
	bool has_out = reader->at[n_id] == '.';
	const struct patch_module *module;
	int module_idx, out_idx = 0;

	snprintf(id, sizeof(id), "%.*s", (int)n_id, reader->at);
	if (has_out) {
		n_out = id_length(reader->at + n_id + 1);
		snprintf(out, sizeof(out), "%.*s", (int)n_out, reader->at + n_id + 1);
	}
	if (has_out && !n_out)
		return diag_set(diag, -EINVAL, "no output's name after '%.40s.'", id);
	module_idx = patch_find(patch, id);
	if (module_idx < 0 || patch->modules[module_idx].desc->n_outs == 0)
		return module_unknown(patch, id, diag);
	module = &patch->modules[module_idx];
	if (has_out)
		out_idx = module_out_find(module->desc, out);
	if (out_idx < 0 || out_idx >= module->desc->n_outs)
		return out_unknown(module, out, diag);
	to->n = 1;
	to->terms[0].module = (int16_t)module_idx;
	to->terms[0].out = (int16_t)out_idx;
	to->terms[0].gain = 1.0;
	reader->at += n_id + (has_out ? 1 + n_out : 0);
	return 0;
}

/* ---- forms */
static void form_of_number(struct form *form, double number)
{
	form->n = 1;
	form->terms[0].module = PATCH_CONSTANT;
	form->terms[0].out = 0;
	form->terms[0].gain = number;
}

static void form_scale(struct form *form, double by)
{
	for (int t = 0; t < form->n; t++)
		form->terms[t].gain *= by;
}

/* false: there is a source in it. */
static bool form_constant(const struct form *form, double *out)
{
	double sum = 0.0;

	for (int t = 0; t < form->n; t++) {
		if (form->terms[t].module != PATCH_CONSTANT)
			return false;
		sum = t ? sum + form->terms[t].gain : form->terms[t].gain;
	}
	*out = sum;
	return true;
}

/* to * by, where at most one has sources; from is by's text. */
static int form_multiply(
	struct form *to, const struct form *by, const char *from, struct diag *diag)
{
	double gain;

	if (form_constant(by, &gain)) {
		form_scale(to, gain);
		return 0;
	}
	if (!form_constant(to, &gain))
		return diag_set(diag, -EINVAL,
			"a source times a source, at '%.40s'; allowed: source * number; a vca "
			"multiplies two sources (type = vca, in = one, by = the other)",
			from);
	*to = *by;
	form_scale(to, gain);
	return 0;
}

static int form_divide(struct form *to, const struct form *by, const char *from, struct diag *diag)
{
	double divisor;

	if (!form_constant(by, &divisor))
		return diag_set(diag, -EINVAL,
			"a division by a source, at '%.40s'; allowed: by a number", from);
	if (divisor == 0.0)
		return diag_set(diag, -ERANGE, "a division by 0, at '%.40s'", from);
	for (int t = 0; t < to->n; t++)
		to->terms[t].gain /= divisor;
	return 0;
}

/* ---- the grammar of README.md */
static int form_read(struct sum_reader *reader, struct form *to);

static int number_read(struct sum_reader *reader, size_t n_bytes, struct form *to)
{
	char text[200];
	double number;

	snprintf(text, sizeof(text), "%.*s", (int)n_bytes, reader->at);
	if (n_bytes >= sizeof(text) || text_number(text, &number) < 0)
		return diag_set(reader->diag, -ERANGE, "%.40s is too large", text);
	form_of_number(to, number);
	reader->at += n_bytes;
	return 0;
}

/* A module's name goes before a note's. */
static bool note_is_here(struct sum_reader *reader, struct form *to)
{
	char id[PATCH_ID_BYTES];
	const char *end;
	double note;

	if (!reader->takes_notes)
		return false;
	snprintf(id, sizeof(id), "%.*s", (int)id_length(reader->at), reader->at);
	if (reader->patch && patch_find(reader->patch, id) >= 0)
		return false;
	end = note_name_read(reader->at, &note);
	if (!end || id_length(end) || *end == '#' || *end == '.')
		return false;
	form_of_number(to, note);
	reader->at = end;
	return true;
}

static int parentheses_read(struct sum_reader *reader, struct form *to)
{
	int err;

	if (++reader->depth > MAX_DEPTH)
		return diag_set(
			reader->diag, -EINVAL, "more than %d parentheses in each other", MAX_DEPTH);
	reader->at++;
	err = form_read(reader, to);
	if (err < 0)
		return err;
	if (*reader->at != ')')
		return diag_set(reader->diag, -EINVAL,
			*reader->at ? "one of + - * / ) should stand before '%.40s'"
				    : "the sum breaks off; a ) is missing%s",
			reader->at);
	reader->at++;
	reader->depth--;
	return 0;
}

static int factor_read(struct sum_reader *reader, struct form *to)
{
	bool is_negative;
	size_t n;
	int err;

	reader->at = blanks_skip(reader->at);
	is_negative = *reader->at == '-';
	if (*reader->at == '-' || *reader->at == '+')
		reader->at = blanks_skip(reader->at + 1);
	n = text_number_length(reader->at);
	if (n)
		err = number_read(reader, n, to);
	else if (*reader->at == '(')
		err = parentheses_read(reader, to);
	else if (note_is_here(reader, to))
		err = 0;
	else if (reader->patch && islower((unsigned char)*reader->at))
		err = source_read(reader, to);
	else if (!*reader->at)
		err = diag_set(reader->diag, -EINVAL,
			"the sum breaks off; a source or a number is missing");
	else
		err = diag_set(reader->diag, -EINVAL, "a %s should stand at '%.40s'",
			reader->patch ? "source or a number" : "number", reader->at);
	if (!err && is_negative)
		form_scale(to, -1.0);
	return err;
}

static int term_read(struct sum_reader *reader, struct form *to)
{
	struct form by;
	int err = factor_read(reader, to);

	for (;;) {
		const char *from;
		char sign;

		if (err < 0)
			return err;
		reader->at = blanks_skip(reader->at);
		sign = *reader->at;
		if (sign != '*' && sign != '/')
			return 0;
		from = blanks_skip(++reader->at);
		err = factor_read(reader, &by);
		if (!err)
			err = sign == '*' ? form_multiply(to, &by, from, reader->diag)
					  : form_divide(to, &by, from, reader->diag);
	}
}

static int form_read(struct sum_reader *reader, struct form *to)
{
	double sign = 1.0;

	to->n = 0;
	for (;;) {
		struct form term;
		int err = term_read(reader, &term);

		if (err < 0)
			return err;
		if (to->n + term.n > PATCH_MAX_TERMS)
			return diag_set(reader->diag, -ENOSPC,
				"too many terms in one sum; allowed: %d", PATCH_MAX_TERMS);
		form_scale(&term, sign);
		memcpy(to->terms + to->n, term.terms, (size_t)term.n * sizeof(term.terms[0]));
		to->n += term.n;
		if (*reader->at != '+' && *reader->at != '-')
			return 0;
		sign = *reader->at++ == '-' ? -1.0 : 1.0;
	}
}

/* The whole text. */
static int text_read(struct sum_reader *reader, struct form *to)
{
	int err = form_read(reader, to);

	if (!err && *reader->at)
		err = diag_set(reader->diag, -EINVAL, "one of + - * / should stand before '%.40s'",
			reader->at);
	for (int t = 0; !err && t < to->n; t++)
		if (!(fabs(to->terms[t].gain) <= (double)FLT_MAX))
			err = diag_set(reader->diag, -ERANGE, "a number in the sum is too large");
	return err;
}

int sum_read(struct patch *patch, struct patch_sum *sum, const char *text, bool takes_notes,
	struct diag *diag)
{
	struct sum_reader reader = {
		.patch = patch, .takes_notes = takes_notes, .at = blanks_skip(text), .diag = diag};
	struct form form;
	int err;

	if (!*reader.at)
		return diag_set(
			diag, -EINVAL, "empty; leave the line out where nothing is plugged in");
	err = text_read(&reader, &form);
	for (int t = 0; !err && t < form.n; t++) {
		struct patch_term term = {
			form.terms[t].module, form.terms[t].out, (float)form.terms[t].gain};

		if (patch_add_term(patch, sum, term) < 0)
			err = diag_set(diag, -ENOMEM, "out of memory");
	}
	return err;
}

int constant_read(const char *text, bool takes_notes, double *out, struct diag *diag)
{
	struct sum_reader reader = {.takes_notes = takes_notes, .at = text, .diag = diag};
	struct form form;
	int err = text_read(&reader, &form);

	if (!err)
		form_constant(&form, out);
	return err;
}
