/* registry.c - the list of all modules. What is asked of their tables is in registry_find.c. */
#include "dsp/modules.h"

const struct module_desc *const modules[] = {
	&osc_module,
	&adsr_module,
	&svf_module,
	&mix_module,
	&delay_module,
	&out_module,
};
const int n_modules = ARRAY_LEN(modules);
