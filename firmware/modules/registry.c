/* registry.c - the list of all modules. See registry.h. */
#include "modules/modules.h"
#include "modules/registry.h"

#define ROW(key) &key##_module,

const struct module_desc *const modules[] = {MODULES(ROW)};
const int n_modules = ARRAY_LEN(modules);
