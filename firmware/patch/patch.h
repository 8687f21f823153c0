/* patch.h - a patch as written: modules, values and cables. Data only; how it sounds is program.h.
 *
 * Threads: [desk] [init]. Made by config/patch_read.c or by patch_copy(), changed by the desk,
 *          never seen by a real-time thread. */
#ifndef PATCH_PATCH_H
#define PATCH_PATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "dsp/module.h"
#include "modules/patch_clock.h"

enum {
	PATCH_MAX_MODULES = 320, /* the clock among them */
	PATCH_CLOCK = 0,         /* modules[0] is the section [patch]: modules/patch_clock.h */
	PATCH_MAX_VOICES = 16,
	PATCH_MAX_TERMS = 64, /* in one sum */
	PATCH_ID_BYTES = 32,
	PATCH_NAME_BYTES = 64,
};

/* One term of a sum: gain * (an output), or a constant (module < 0: the value is gain). */
struct patch_term {
	int16_t module; /* index into patch->modules, or PATCH_CONSTANT */
	int16_t out;    /* index into that module's outs */
	float gain;
};
#define PATCH_CONSTANT (-1)

/* Cables into a port or a parameter: a run of patch->terms. n_terms 0: nothing. */
struct patch_sum {
	int32_t first;
	int32_t n_terms;
};

/* A list as written: a run of patch->items. n 0: the descriptor's default. */
struct patch_list {
	int32_t first;
	int32_t n;
};

struct patch_module {
	char id[PATCH_ID_BYTES]; /* the section's name, unique: "osc1", "out" */
	int symbol;              /* of id: patch/symbol.h */
	const struct module_desc *desc;
	/* a bit a parameter: turned or sent since it was read */
	uint32_t touched;
	uint32_t touched_lists;           /* a bit a list: staged since it was read */
	int line;                         /* of the section in its file, for messages */
	float values[MODULE_MAX_PARAMS];  /* as written, or the default; a choice: the index */
	float written[MODULE_MAX_PARAMS]; /* the same, whatever was turned since */
	uint64_t written_lists[MODULE_MAX_LISTS]; /* base/fnv.h, of the items; of none: FNV_START */
	struct patch_sum ins[MODULE_MAX_INS];
	struct patch_sum mods[MODULE_MAX_PARAMS]; /* added to the value, in the parameter's unit */
	struct patch_list lists[MODULE_MAX_LISTS];
};

/* A module of any patch: the one of that name and type. */
struct module_ref {
	int symbol;
	const struct module_desc *desc;
};

/* The text that a patch was read from, shared by its copies. */
struct patch_source {
	int n_owners;
	uint64_t sum; /* base/fnv.h */
	size_t n_bytes;
	char text[];
};

struct patch {
	char name[PATCH_NAME_BYTES];
	char path[256]; /* where it was read from, for messages; may be empty */
	int n_voices;   /* 1..PATCH_MAX_VOICES, default 1 */
	int n_modules;  /* "patch" is the first; "out" is always among them, exactly once */
	int max_modules;
	int n_terms;
	int n_items;
	struct patch_module *modules;
	struct patch_term *terms;
	float *items;
	struct patch_source *source; /* NULL: it was not read from a text */
	/* base/fnv.h, of the real path: the same for the same file, however its path is said; 0: none */
	uint64_t file;
};

/* A patch with defaults and no module but the clock. NULL only when memory is out. Free with
 * patch_free. modules[] has its full size from the start: a pointer to a module outlives
 * patch_add_module. */
struct patch *patch_new(void);
/* As small as its content is: nothing can be added to a copy but terms and lists. */
struct patch *patch_copy(const struct patch *patch);
void patch_free(struct patch *patch); /* NULL is allowed */
/* 0 or -ENOMEM. */
int patch_keep_source(struct patch *patch, const char *text, size_t n_bytes);

/* From now on it was read from the same text. */
void patch_share_source(struct patch *patch, const struct patch *with);

/* It was read: its values and lists are as written. */
void patch_note_written(struct patch *patch);
/* base/fnv.h, of the list's items. */
uint64_t patch_list_sum(const struct patch *patch, const struct patch_list *list);
/* Back to the file's value, as if it had not been turned. */
static inline void patch_unturn(struct patch_module *module, int param)
{
	module->values[param] = module->written[param];
	module->touched &= ~(1u << param);
}

/* Adds a module with its defaults. Returns its index, -EEXIST (id taken), -ENOSPC (no room),
 * -EINVAL (an id that is empty or too long) or -ENOMEM. */
int patch_add_module(struct patch *patch, const char *id, const struct module_desc *desc);
/* Appends a term to *sum, which must be the sum that was appended to last (else -EINVAL) or be
 * empty. 0, -ENOSPC (PATCH_MAX_TERMS) or -ENOMEM. */
int patch_add_term(struct patch *patch, struct patch_sum *sum, struct patch_term term);

/* Writes a list: 1..LIST_MAX_ITEMS items. 0 or -ENOMEM. */
int patch_set_list(
	struct patch *patch, struct patch_module *module, int list, const float *items, int n);

int patch_find(const struct patch *patch, const char *id); /* index or -ENOENT */
/* The same by name and type, without a string. patch: NULL is allowed. */
int patch_find_ref(const struct patch *patch, struct module_ref ref);
static inline struct module_ref module_ref_of(const struct patch_module *module)
{
	return (struct module_ref){module->symbol, module->desc};
}

/* Order of rendering: out_order[n_modules] gets module indices so that every source comes before
 * what it feeds; where that leaves a choice, the one written first goes first. Modules whose desc
 * has emit/absorb may stand in a cycle: those that do are flagged in out_in_cycle[n_modules], and
 * what comes to them from inside the cycle does not count for the order. What comes from outside
 * does: a modulated delay time is known when the delay emits.
 * Returns 0, -ELOOP with the modules of the cycle named in diag, or -ENOMEM. */
int patch_order(const struct patch *patch, int *out_order, bool *out_in_cycle, struct diag *diag);

#endif
