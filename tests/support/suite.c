/* suite.c - runs the tests of one file. See suite.h. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/suite.h"

int suite_run(const char *name, const struct suite_test *tests, int n_tests)
{
	unsigned n_failed = 1;
	CU_pSuite suite;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	suite = CU_add_suite(name, NULL, NULL);
	for (int i = 0; suite && i < n_tests; i++)
		CU_add_test(suite, tests[i].name, tests[i].run);
	CU_basic_set_mode(CU_BRM_NORMAL);
	if (suite && CU_basic_run_tests() == CUE_SUCCESS)
		n_failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return n_failed > 100 ? 100 : (int)n_failed;
}

void suite_below(const char *what, double value, double limit, const char *file, unsigned line)
{
	char text[200];

	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n    %s: %.6g (limit %.6g)", what, value, limit);
	snprintf(text, sizeof(text), "%s: %.6g, below %.6g expected", what, value, limit);
	CU_assertImplementation(value < limit, line, text, file, "", CU_FALSE);
}
