/* patch_key.h - one line of a module's section: a value, a modulation or cables.
 * Threads: [desk] [init] */
#ifndef CONFIG_PATCH_KEY_H
#define CONFIG_PATCH_KEY_H

#include "patch/patch.h"

/* Applies `key = text` to a module of the patch, all of whose modules are known by now. 0 or a
 * negative errno with the bare reason in diag; the patch is of no use then. */
int patch_key_apply(
	struct patch *patch, int module_idx, const char *key, const char *text, struct diag *diag);

#endif
