/* patch.c - the store of modules and cables. The table of modules has its full size from the start,
 * so that a pointer to a module stays good while others are added; the terms grow by doubling. */
#include "patch/patch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS_FIRST_ALLOC = 16 }; /* a power of two: room is made whenever n_terms reaches one */

static bool is_power_of_two(int n)
{
	return (n & (n - 1)) == 0;
}

static size_t terms_room(int n_terms)
{
	size_t room = TERMS_FIRST_ALLOC;

	while (room < (size_t)n_terms)
		room *= 2;
	return room;
}

struct patch *patch_new(void)
{
	struct patch *patch = calloc(1, sizeof(*patch));

	if (!patch)
		return NULL;
	patch->n_voices = 1;
	patch->tempo_bpm = 120.0f;
	patch->modules = calloc(PATCH_MAX_MODULES, sizeof(*patch->modules));
	patch->terms = calloc(TERMS_FIRST_ALLOC, sizeof(*patch->terms));
	if (!patch->modules || !patch->terms) {
		patch_free(patch);
		return NULL;
	}
	return patch;
}

struct patch *patch_copy(const struct patch *patch)
{
	struct patch *copy = calloc(1, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *patch;
	copy->modules = calloc(PATCH_MAX_MODULES, sizeof(*copy->modules));
	copy->terms = calloc(terms_room(patch->n_terms), sizeof(*copy->terms));
	if (!copy->modules || !copy->terms) {
		patch_free(copy);
		return NULL;
	}
	memcpy(copy->modules, patch->modules, (size_t)patch->n_modules * sizeof(*copy->modules));
	memcpy(copy->terms, patch->terms, (size_t)patch->n_terms * sizeof(*copy->terms));
	return copy;
}

void patch_free(struct patch *patch)
{
	if (!patch)
		return;
	free(patch->modules);
	free(patch->terms);
	free(patch);
}

int patch_add_module(struct patch *patch, const char *id, const struct module_desc *desc)
{
	struct patch_module *module;
	size_t n_bytes = strlen(id) + 1;

	if (n_bytes == 1 || n_bytes > sizeof(module->id))
		return -EINVAL;
	if (patch_find(patch, id) >= 0)
		return -EEXIST;
	if (patch->n_modules >= PATCH_MAX_MODULES)
		return -ENOSPC;
	module = &patch->modules[patch->n_modules];
	memset(module, 0, sizeof(*module));
	memcpy(module->id, id, n_bytes);
	module->desc = desc;
	for (int i = 0; i < desc->n_params; i++)
		module->values[i] = desc->params[i].def;
	return patch->n_modules++;
}

int patch_add_term(struct patch *patch, struct patch_sum *sum, struct patch_term term)
{
	if (sum->n_terms >= PATCH_MAX_TERMS)
		return -ENOSPC;
	if (sum->n_terms && sum->first + sum->n_terms != patch->n_terms)
		return -EINVAL;
	if (patch->n_terms >= TERMS_FIRST_ALLOC && is_power_of_two(patch->n_terms)) {
		size_t n_bytes = 2 * (size_t)patch->n_terms * sizeof(*patch->terms);
		struct patch_term *terms = realloc(patch->terms, n_bytes);

		if (!terms)
			return -ENOMEM;
		patch->terms = terms;
	}
	if (!sum->n_terms)
		sum->first = patch->n_terms;
	patch->terms[patch->n_terms++] = term;
	sum->n_terms++;
	return 0;
}

int patch_find(const struct patch *patch, const char *id)
{
	for (int i = 0; i < patch->n_modules; i++)
		if (strcmp(patch->modules[i].id, id) == 0)
			return i;
	return -ENOENT;
}
