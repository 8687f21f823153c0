/* registry_find.c - apart from the list, so that a test can link with modules of its own. See
 * registry.h.
 * Tested by: unit/modules/test_registry */
#include <string.h>

#include "modules/registry.h"

const struct module_desc *module_find(const char *key)
{
	for (int i = 0; i < n_modules; i++) {
		if (strcmp(modules[i]->key, key) == 0)
			return modules[i];
	}
	return NULL;
}
