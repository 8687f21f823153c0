/* suite.c - runs the tests of one file. See suite.h. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { MAX_FIGURES = 64 };

static struct figure {
	const char *what, *unit;
	double value, limit;
} figures[MAX_FIGURES];
static int n_figures;

/* Rows of the table of `make figures`, which looks for their beginning. */
static void print_figures(void)
{
	for (int f = 0; f < n_figures; f++)
		printf("\n@| %s | %.4g %s | %.4g |", figures[f].what, figures[f].value,
			figures[f].unit, figures[f].limit);
	printf("\n");
}

static const struct suite_test *next_test;
static const char *only;   /* the one test that is asked for, NULL: all */
static const char *wanted; /* in a planted run the check that must fail, NULL: any */
static pid_t planted;      /* the process of a planted run */
static bool is_cut; /* a test was left by a fatal check: its threads and files are still there */

static void run_next(void)
{
	const struct suite_test *test = next_test++;

	if (planted && CU_get_number_of_failures() > 0)
		return; /* a planted fault is found: no more is asked for */
	if (only && strcmp(only, test->name) != 0)
		return;
	if (is_cut) {
		CU_FAIL("not run: the test before it was cut off by a fatal check");
		return;
	}
	is_cut = true;
	test->run();
	is_cut = false;
}

/* CHRONUS_ONLY_TEST names one test of this suite, or a check of any of them. */
static void read_environment(const struct suite_test *tests, int n_tests)
{
	const char *name = getenv("CHRONUS_ONLY_TEST");

	for (int i = 0; name && i < n_tests; i++)
		if (strcmp(name, tests[i].name) == 0)
			only = name;
	wanted = only ? NULL : name;
	if (getenv("CHRONUS_PLANTED"))
		planted = getpid();
}

/* A planted fault is found by the check that is wanted: the test is left there, as by a fatal check. */
#undef CU_assertImplementation
CU_BOOL suite_check(CU_BOOL is_true, unsigned line, const char *condition, const char *file,
	const char *function, CU_BOOL is_fatal)
{
	if (!is_true && planted && planted == gettid() && (!wanted || strstr(condition, wanted)))
		is_fatal = CU_TRUE;
	return CU_assertImplementation(is_true, line, condition, file, function, is_fatal);
}

int suite_run(const char *name, const struct suite_test *tests, int n_tests)
{
	unsigned n_failed = 1;
	CU_pSuite suite;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	suite = CU_add_suite(name, NULL, NULL);
	read_environment(tests, n_tests);
	next_test = tests;
	for (int i = 0; suite && i < n_tests; i++)
		CU_add_test(suite, tests[i].name, run_next);
	CU_basic_set_mode(CU_BRM_NORMAL);
	if (suite && CU_basic_run_tests() == CUE_SUCCESS)
		n_failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	if (getenv("CHRONUS_TEST_FIGURES"))
		print_figures();
	return n_failed > 100 ? 100 : (int)n_failed;
}

void suite_below(const char *what, double value, double limit, const char *file, unsigned line)
{
	char text[200];

	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n    %s: %.6g (limit %.6g)", what, value, limit);
	snprintf(text, sizeof(text), "%s: %.6g, below %.6g expected", what, value, limit);
	suite_check(value < limit, line, text, file, "", CU_FALSE);
}

void suite_figure(const char *what, const char *unit, double value, double limit, const char *file,
	unsigned line)
{
	int f = 0;

	while (f < n_figures && strcmp(figures[f].what, what) != 0)
		f++;
	if (f == n_figures && f < MAX_FIGURES)
		figures[n_figures++] = (struct figure){what, unit, value, limit};
	if (f < n_figures && value > figures[f].value)
		figures[f].value = value;
	suite_below(what, value, limit, file, line);
}

int suite_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		printf("\n  missing: %s\n  in: %s\n", what, text);
	return strstr(text, what) != NULL;
}
