/* Tested by: unit/config/test_patch_read */
#include "config/sum_read.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/ini_text.h"

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

/* ID or ID.OUT at *at; fills in the term's module and out. */
static int source_read(
	const struct patch *patch, const char **at, struct patch_term *term, struct diag *diag)
{
	char id[64] = "", out[64] = "";
	size_t n_id = id_length(*at), n_out = 0;
	bool has_out = (*at)[n_id] == '.';
	const struct patch_module *module;
	int module_idx, out_idx = 0;

	snprintf(id, sizeof(id), "%.*s", (int)n_id, *at);
	if (has_out) {
		n_out = id_length(*at + n_id + 1);
		snprintf(out, sizeof(out), "%.*s", (int)n_out, *at + n_id + 1);
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
	term->module = (int16_t)module_idx;
	term->out = (int16_t)out_idx;
	*at += n_id + (has_out ? 1 + n_out : 0);
	return 0;
}

/* factor = ["-"|"+"] (number | source); multiplies *gain, sets the source of *term. */
static int factor_read(const struct patch *patch, const char **at, struct patch_term *term,
	double *gain, struct diag *diag)
{
	char number_text[200];
	double number;
	size_t n;

	*at = blanks_skip(*at);
	if (**at == '-')
		*gain = -*gain;
	if (**at == '-' || **at == '+')
		*at = blanks_skip(*at + 1);
	n = text_number_length(*at);
	if (n && n < sizeof(number_text)) {
		memcpy(number_text, *at, n);
		number_text[n] = '\0';
		if (text_number(number_text, &number) < 0)
			return diag_set(diag, -ERANGE, "%.40s is too large", number_text);
		*gain *= number;
		*at += n;
		return 0;
	}
	if (islower((unsigned char)**at)) {
		if (term->module != PATCH_CONSTANT)
			return diag_set(diag, -EINVAL,
				"a source times a source, at '%.40s'; allowed: "
				"source * number (a .mod or a module's port does the rest)",
				*at);
		return source_read(patch, at, term, diag);
	}
	if (!**at)
		return diag_set(
			diag, -EINVAL, "the sum breaks off; a source or a number is missing");
	return diag_set(diag, -EINVAL, "a source or a number should stand at '%.40s'", *at);
}

/* term = factor {"*" factor}, with one source at most. */
static int term_read(const struct patch *patch, const char **at, double gain,
	struct patch_term *term, struct diag *diag)
{
	int err;

	*term = (struct patch_term){.module = PATCH_CONSTANT};
	for (;;) {
		err = factor_read(patch, at, term, &gain, diag);
		if (err)
			return err;
		*at = blanks_skip(*at);
		if (**at != '*')
			break;
		++*at;
	}
	if (!(fabs(gain) <= (double)FLT_MAX))
		return diag_set(diag, -ERANGE, "a number in the sum is too large");
	term->gain = (float)gain;
	return 0;
}

int sum_read(struct patch *patch, struct patch_sum *sum, const char *text, struct diag *diag)
{
	const char *at = blanks_skip(text);
	double sign = 1.0;

	if (!*at)
		return diag_set(
			diag, -EINVAL, "empty; leave the line out where nothing is plugged in");
	for (;;) {
		struct patch_term term;
		int err = term_read(patch, &at, sign, &term, diag);

		if (err)
			return err;
		err = patch_add_term(patch, sum, term);
		if (err == -ENOSPC)
			return diag_set(diag, err, "too many terms in one sum; allowed: %d",
				PATCH_MAX_TERMS);
		if (err)
			return diag_set(diag, err, "out of memory");
		if (!*at)
			return 0;
		if (*at != '+' && *at != '-')
			return diag_set(
				diag, -EINVAL, "one of + - * should stand before '%.40s'", at);
		sign = *at++ == '-' ? -1.0 : 1.0;
	}
}
