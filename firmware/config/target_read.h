/* target_read.h - MODULE.PARAM and MODULE.LIST, as commands, knobs and states name them.
 * Threads: [init] [desk]
 * Errors:  -EINVAL (not MODULE.PARAM), -ENOENT (the patch has it not), -ERANGE, with the reason in
 *          diag. */
#ifndef CONFIG_TARGET_READ_H
#define CONFIG_TARGET_READ_H

#include "patch/patch.h"

/* Indices into patch->modules and into that module's params. */
int target_find_param(
	const struct patch *patch, const char *target, int *module, int *param, struct diag *diag);
/* The index into the module's lists; a bare -ENOENT where it is no list of the patch. */
int target_find_list(const struct patch *patch, const char *target, int *module);
/* A parameter and its value from text; the reason names the target. */
int target_read_value(const struct patch *patch, const char *target, const char *text, int *module,
	int *param, float *value, struct diag *diag);

#endif
