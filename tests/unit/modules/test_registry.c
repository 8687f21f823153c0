/* test_registry.c - finding modules, parameters and ports; knob positions. */
#include <errno.h>
#include <math.h>

#include "dsp/module.h"
#include "modules/registry.h"
#include "tests/support/suite.h"

static void finds_what_there_is(void)
{
	static const char *const keys[] = {"osc", "adsr", "svf", "mixer", "delay", "out"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct module_desc *desc = module_find(keys[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(desc);
		CU_ASSERT_STRING_EQUAL(desc->key, keys[i]);
		for (int p = 0; p < desc->n_params; p++)
			CU_ASSERT_EQUAL(module_param_find(desc, desc->params[p].key), p);
		for (int p = 0; p < desc->n_ins; p++)
			CU_ASSERT_EQUAL(module_in_find(desc, desc->ins[p].key), p);
		for (int p = 0; p < desc->n_outs; p++)
			CU_ASSERT_EQUAL(module_out_find(desc, desc->outs[p].key), p);
	}
}

static void refuses_what_there_is_not(void)
{
	const struct module_desc *osc = module_find("osc");

	CU_ASSERT_PTR_NULL(module_find("oscillator"));
	CU_ASSERT_PTR_NULL(module_find(""));
	CU_ASSERT_EQUAL(module_param_find(osc, "frequency"), -ENOENT);
	CU_ASSERT_EQUAL(module_in_find(osc, "in"), -ENOENT);
	CU_ASSERT_EQUAL(module_out_find(osc, "pitch"), -ENOENT);
}

static void knobs_go_there_and_back(void)
{
	for (int m = 0; m < n_modules; m++) {
		for (int p = 0; p < modules[m]->n_params; p++) {
			const struct param_desc *param = &modules[m]->params[p];
			double min = (double)param->min, max = (double)param->max;
			int steps = param->curve == CURVE_CHOICE ? (int)max : 10;

			CU_ASSERT_EQUAL(param_from_norm(param, -1.0), min);
			CU_ASSERT_EQUAL((float)param_from_norm(param, 2.0), param->max);
			CU_ASSERT_EQUAL(param_to_norm(param, min), 0.0);
			CU_ASSERT_EQUAL(param_to_norm(param, max), 1.0);
			for (int i = 0; i <= steps; i++) {
				double norm = (double)i / steps;
				double value = param_from_norm(param, norm);

				CHECK_BELOW(fabs(param_to_norm(param, value) - norm), 1e-9);
			}
		}
	}
}

static void exp_is_even_in_octaves(void)
{
	const struct module_desc *svf = module_find("svf");
	const struct param_desc *cutoff = &svf->params[module_param_find(svf, "cutoff_hz")];

	CHECK_BELOW(fabs(param_from_norm(cutoff, 0.5) - sqrt(20.0 * 20000.0)), 1e-6);
}

static void units_have_names(void)
{
	for (int i = 0; i < N_UNITS; i++)
		CU_ASSERT_PTR_NOT_NULL(unit_name((enum unit)i));
	CU_ASSERT_STRING_EQUAL(unit_name(UNIT_HZ), "Hz");
}

SUITE_MAIN("registry", {"finds what there is", finds_what_there_is},
	{"refuses what there is not", refuses_what_there_is_not},
	{"knobs go there and back", knobs_go_there_and_back},
	{"exp is even in octaves", exp_is_even_in_octaves}, {"units have names", units_have_names})
