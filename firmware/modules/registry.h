/* registry.h - every module there is, in the order of the manual.
 * Threads: [any], constant. */
#ifndef MODULES_REGISTRY_H
#define MODULES_REGISTRY_H

#include "dsp/module.h"

extern const struct module_desc *const modules[];
extern const int n_modules;

/* The module of this `type`; NULL: there is none. */
const struct module_desc *module_find(const char *key);

#endif
