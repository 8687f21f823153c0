/* patch.c - the store of modules, cables and lists. The table of modules has its full size from
 * the start, so that a pointer to a module stays good while others are added; the terms grow by
 * doubling, the items by what is written. */
#include "patch/patch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "patch/symbol.h"

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
	patch->max_modules = PATCH_MAX_MODULES;
	patch->modules = calloc(PATCH_MAX_MODULES, sizeof(*patch->modules));
	patch->terms = calloc(TERMS_FIRST_ALLOC, sizeof(*patch->terms));
	if (!patch->modules || !patch->terms) {
		patch_free(patch);
		return NULL;
	}
	patch_add_module(patch, patch_clock_module.key, &patch_clock_module);
	return patch;
}

static int n_items_used(const struct patch *patch)
{
	int n = 0;

	for (int m = 0; m < patch->n_modules; m++)
		for (int l = 0; l < MODULE_MAX_LISTS; l++)
			n += patch->modules[m].lists[l].n;
	return n;
}

/* Only the runs that are in use, one behind the other. */
static void copy_items(struct patch *to, const struct patch *from)
{
	to->n_items = 0;
	for (int m = 0; m < to->n_modules; m++)
		for (int l = 0; l < MODULE_MAX_LISTS; l++) {
			struct patch_list *list = &to->modules[m].lists[l];

			if (!list->n)
				continue;
			memcpy(to->items + to->n_items, from->items + list->first,
				(size_t)list->n * sizeof(*to->items));
			list->first = to->n_items;
			to->n_items += list->n;
		}
}

struct patch *patch_copy(const struct patch *patch)
{
	struct patch *copy = calloc(1, sizeof(*copy));
	int n_items = n_items_used(patch);

	if (!copy)
		return NULL;
	*copy = *patch;
	if (copy->source)
		copy->source->n_owners++;
	copy->max_modules = patch->n_modules;
	copy->modules = calloc((size_t)patch->n_modules, sizeof(*copy->modules));
	copy->terms = calloc(terms_room(patch->n_terms), sizeof(*copy->terms));
	copy->items = n_items ? calloc((size_t)n_items, sizeof(*copy->items)) : NULL;
	if (!copy->modules || !copy->terms || (n_items && !copy->items)) {
		patch_free(copy);
		return NULL;
	}
	memcpy(copy->modules, patch->modules, (size_t)patch->n_modules * sizeof(*copy->modules));
	memcpy(copy->terms, patch->terms, (size_t)patch->n_terms * sizeof(*copy->terms));
	copy_items(copy, patch);
	return copy;
}

static void drop_source(struct patch *patch)
{
	if (patch->source && --patch->source->n_owners == 0)
		free(patch->source);
	patch->source = NULL;
}

void patch_free(struct patch *patch)
{
	if (!patch)
		return;
	free(patch->modules);
	free(patch->terms);
	free(patch->items);
	drop_source(patch);
	free(patch);
}

void patch_share_source(struct patch *patch, const struct patch *with)
{
	if (with->source)
		with->source->n_owners++;
	drop_source(patch);
	patch->source = with->source;
}

int patch_keep_source(struct patch *patch, const char *text, size_t n_bytes)
{
	struct patch_source *source = malloc(sizeof(*source) + n_bytes);

	if (!source)
		return -ENOMEM;
	*source = (struct patch_source){1, fnv_add(FNV_START, text, n_bytes), n_bytes};
	memcpy(source->text, text, n_bytes);
	patch->source = source;
	return 0;
}

uint64_t patch_list_sum(const struct patch *patch, const struct patch_list *list)
{
	return list->n ? fnv_add(FNV_START, patch->items + list->first,
				 (size_t)list->n * sizeof(*patch->items))
		       : FNV_START;
}

void patch_note_written(struct patch *patch)
{
	for (int m = 0; m < patch->n_modules; m++) {
		struct patch_module *module = &patch->modules[m];

		memcpy(module->written, module->values, sizeof(module->written));
		for (int l = 0; l < MODULE_MAX_LISTS; l++)
			module->written_lists[l] = patch_list_sum(patch, &module->lists[l]);
	}
}

int patch_add_module(struct patch *patch, const char *id, const struct module_desc *desc)
{
	struct patch_module *module;
	size_t n_bytes = strlen(id) + 1;
	int symbol;

	if (n_bytes == 1 || n_bytes > sizeof(module->id))
		return -EINVAL;
	if (patch_find(patch, id) >= 0)
		return -EEXIST;
	if (patch->n_modules >= patch->max_modules)
		return -ENOSPC;
	symbol = symbol_add(id);
	if (symbol == SYMBOL_NONE)
		return -ENOMEM;
	module = &patch->modules[patch->n_modules];
	memset(module, 0, sizeof(*module));
	memcpy(module->id, id, n_bytes);
	module->symbol = symbol;
	module->desc = desc;
	for (int i = 0; i < desc->n_params; i++)
		module->values[i] = module->written[i] = desc->params[i].def;
	for (int l = 0; l < MODULE_MAX_LISTS; l++)
		module->written_lists[l] = FNV_START;
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

int patch_set_list(
	struct patch *patch, struct patch_module *module, int list, const float *items, int n)
{
	struct patch_list *run = &module->lists[list];

	if (n > run->n) {
		size_t n_bytes = (size_t)(patch->n_items + n) * sizeof(*patch->items);
		float *room = realloc(patch->items, n_bytes);

		if (!room)
			return -ENOMEM;
		patch->items = room;
		run->first = patch->n_items;
		patch->n_items += n;
	}
	memcpy(patch->items + run->first, items, (size_t)n * sizeof(*items));
	run->n = n;
	return 0;
}

int patch_find(const struct patch *patch, const char *id)
{
	int symbol = symbol_find(id);

	for (int i = 0; i < patch->n_modules && symbol != SYMBOL_NONE; i++)
		if (patch->modules[i].symbol == symbol)
			return i;
	return -ENOENT;
}

int patch_find_ref(const struct patch *patch, struct module_ref ref)
{
	for (int i = 0; patch && i < patch->n_modules; i++)
		if (patch->modules[i].symbol == ref.symbol)
			return patch->modules[i].desc == ref.desc ? i : -ENOENT;
	return -ENOENT;
}
