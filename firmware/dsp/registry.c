/* registry.c - the list of all modules. What is asked of their tables is in registry_find.c. */
#include "dsp/modules.h"

const struct module_desc *const modules[] = {
	&osc_module,
	&fm_module,
	&noise_module,
	&drum_module,
	&pluck_module,
	&adsr_module,
	&lfo_module,
	&slew_module,
	&sah_module,
	&scale_module,
	&svf_module,
	&mix_module,
	&sum_module,
	&pan_module,
	&voices_module,
	&dcblock_module,
	&delay_module,
	&reverb_module,
	&ladder_module,
	&eq_module,
	&limiter_module,
	&compressor_module,
	&drive_module,
	&clock_module,
	&seq_module,
	&euclid_module,
	&keys_module,
	&out_module,
};
const int n_modules = ARRAY_LEN(modules);
