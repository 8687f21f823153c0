/* check_mods.h - modulation that drives a parameter out of its range all the time.
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_MODS_H
#define CONFIG_CHECK_MODS_H

#include "config/check_warn.h"

void check_mods(const struct patch *patch, const struct patch_module *module, struct check *check);

#endif
