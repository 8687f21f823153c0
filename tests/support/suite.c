/* suite.c - runs the tests of one file. See suite.h. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { MAX_FIGURES = 64, FIGURE_TEXT = 160, MAX_EXIT = 100 };

/* The tests, each in a process of its own, write here for the one that waits for them. */
static struct suite_result {
	unsigned n_checks, n_failed;
	bool is_over; /* the test came to its end, or to the check that cut it off */
	int n_figures;
	struct figure {
		char what[FIGURE_TEXT], unit[16];
		double value, limit;
	} figures[MAX_FIGURES];
} *result;

/* Rows of the table of `make figures`, which looks for their beginning. */
static void print_figures(void)
{
	const struct figure *f = result->figures;

	for (; f < result->figures + result->n_figures; f++)
		printf("\n@| %s | %.4g %s | %.4g |", f->what, f->value, f->unit, f->limit);
	printf("\n");
}

static const char *only;   /* the one test that is asked for, NULL: all */
static const char *wanted; /* in a planted run the check that must fail, NULL: any */
static bool is_planted;
static pid_t checker; /* the thread whose checks may end a planted test */

/* CHRONUS_ONLY_TEST names one test of this suite, or a check of any of them. */
static void read_environment(const struct suite_test *tests, int n_tests)
{
	const char *name = getenv("CHRONUS_ONLY_TEST");

	for (int i = 0; name && i < n_tests; i++)
		if (strcmp(name, tests[i].name) == 0)
			only = name;
	wanted = only ? NULL : name;
	is_planted = getenv("CHRONUS_PLANTED") != NULL;
}

/* A planted fault is found by the check that is wanted: the test is left there, as by a fatal check. */
#undef CU_assertImplementation
CU_BOOL suite_check(CU_BOOL is_true, unsigned line, const char *condition, const char *file,
	const char *function, CU_BOOL is_fatal)
{
	if (!is_true && is_planted && checker == gettid() && (!wanted || strstr(condition, wanted)))
		is_fatal = CU_TRUE;
	return CU_assertImplementation(is_true, line, condition, file, function, is_fatal);
}

static void say_failures(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord first)
{
	if (!first)
		return;
	printf("\nSuite %s, Test %s had failures:", suite->pName, test->pName);
	for (CU_pFailureRecord f = first; f; f = f->pNext)
		printf("\n    %s:%u  - %s", f->strFileName, f->uiLineNumber, f->strCondition);
	printf("\n");
}

static void run_test(const char *name, const struct suite_test *test)
{
	CU_pSuite suite;

	checker = gettid();
	if (CU_initialize_registry() != CUE_SUCCESS)
		return;
	suite = CU_add_suite(name, NULL, NULL);
	CU_set_test_complete_handler(say_failures);
	if (suite && CU_add_test(suite, test->name, test->run) &&
		CU_run_all_tests() == CUE_SUCCESS) {
		result->n_checks += CU_get_number_of_asserts();
		result->n_failed += CU_get_number_of_failures();
		result->is_over = true;
	}
	CU_cleanup_registry();
}

/* In a process of its own no test stands on what one before it has left. */
static void run_apart(const char *name, const struct suite_test *test)
{
	pid_t parent = getpid(), child;
	int status = 0;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		run_test(name, test);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return;
	if (status != 0)
		result->is_over = false;
	if (WIFSIGNALED(status) && is_planted)
		raise(WTERMSIG(status));
	if (WIFSIGNALED(status))
		printf("\nSuite %s, Test %s ended by signal %d\n", name, test->name,
			WTERMSIG(status));
	else if (status != 0)
		printf("\nSuite %s, Test %s left with %d\n", name, test->name, WEXITSTATUS(status));
}

int suite_run(const char *name, const struct suite_test *tests, int n_tests)
{
	unsigned n_failed;
	int n_run = 0;

	result = mmap(
		NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED)
		return 1;
	read_environment(tests, n_tests);
	for (int i = 0; i < n_tests; i++) {
		if (only && strcmp(only, tests[i].name) != 0)
			continue;
		if (is_planted && result->n_failed > 0)
			break; /* a planted fault is found: no more is asked for */
		result->is_over = false;
		n_run++;
		if (only)
			run_test(name, &tests[i]);
		else
			run_apart(name, &tests[i]);
		if (!result->is_over)
			result->n_failed++;
	}
	if (getenv("CHRONUS_TEST_FIGURES"))
		print_figures();
	n_failed = result->n_failed;
	printf("%s: %d tests, %u checks, %u failed\n", name, n_run, result->n_checks, n_failed);
	munmap(result, sizeof(*result));
	return n_failed > MAX_EXIT ? MAX_EXIT : (int)n_failed;
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
	struct figure *f = result->figures, *end = f + result->n_figures;

	while (f < end && strncmp(f->what, what, FIGURE_TEXT - 1) != 0)
		f++;
	if (f == end && result->n_figures < MAX_FIGURES) {
		*f = (struct figure){.value = value, .limit = limit};
		snprintf(f->what, sizeof(f->what), "%s", what);
		snprintf(f->unit, sizeof(f->unit), "%s", unit);
		end = result->figures + ++result->n_figures;
	}
	if (f < end && value > f->value)
		f->value = value;
	suite_below(what, value, limit, file, line);
}

int suite_has(const char *text, const char *what)
{
	if (!strstr(text, what))
		printf("\n  missing: %s\n  in: %s\n", what, text);
	return strstr(text, what) != NULL;
}
