/* any_module.h - any module with anything on it: parameters, inputs, lists and notes from a seed,
 * for tests that walk the registry.
 *
 * Memory:  open allocates, close frees. fill writes anew in place: the module's state goes on. */
#ifndef SUPPORT_ANY_MODULE_H
#define SUPPORT_ANY_MODULE_H

#include <stdbool.h>

#include "tests/support/module_bench.h"

struct any_module {
	struct bench bench;
	int n; /* frames that one fill is good for */
	v4f *params[MODULE_MAX_PARAMS], *ins[MODULE_MAX_INS];
};

void any_module_open(
	struct any_module *any, const struct module_desc *desc, float rate_hz, int n_frames);
void any_module_close(struct any_module *any);

/* Parameters inside their range, often at its ends: still, or wandering as a smoothed parameter
 * does (choices jump). Inputs of +-1, pitches, gates; lists of any length; any tempo. What renders
 * next reads them from their beginning. */
void any_module_fill(struct any_module *any, unsigned seed, bool is_moving);

/* After a fill: as a patch has it, where most parameters stand still at their defaults, not every
 * input is plugged, and what is plugged is one voice, the same in all lanes. */
void any_module_thin(struct any_module *any, unsigned seed);

/* Notes, for a module that is played: more than there are voices. */
void any_module_play(const struct any_module *any, unsigned seed);

#endif
