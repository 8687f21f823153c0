/* test_warnings.c - what is wrong now: said once, put right, said again. */
#include "appliance/warnings.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tests/support/suite.h"

static struct warnings warnings;
static int n_logged;
static char last[700];

static void hear(const char *line)
{
	n_logged++;
	snprintf(last, sizeof(last), "%s", line);
}

static void begin(void)
{
	memset(&warnings, 0, sizeof(warnings));
	n_logged = 0;
	log_set_writer(hear);
}

static void test_said_once(void)
{
	begin();
	warning_set(&warnings, "state", "the disk is full (%d)", 1);
	warning_set(&warnings, "state", "the disk is full (%d)", 1);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, "state: the disk is full (1)"));
	CU_ASSERT_EQUAL(warnings.n, 1);
	CU_ASSERT_EQUAL(warnings.version, 1);
	warning_set(&warnings, "state", "the disk is gone");
	CU_ASSERT_EQUAL(n_logged, 2);
	CU_ASSERT_EQUAL(warnings.n, 1);
	CU_ASSERT_STRING_EQUAL(warning_find(&warnings, "state"), "the disk is gone");
	log_set_writer(NULL);
}

static void test_put_right(void)
{
	begin();
	warning_set(&warnings, "a", "x");
	warning_set(&warnings, "b", "y");
	warning_clear(&warnings, "a");
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, "a: all right again"));
	CU_ASSERT_PTR_NULL(warning_find(&warnings, "a"));
	CU_ASSERT_STRING_EQUAL(warning_find(&warnings, "b"), "y");
	warning_clear(&warnings, "a");
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_EQUAL(warnings.version, 3);
	warning_set(&warnings, "a", "x");
	CU_ASSERT_EQUAL(n_logged, 4);
	log_set_writer(NULL);
}

static void test_too_many(void)
{
	char name[16];

	begin();
	for (int i = 0; i < WARNING_MAX + 3; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		warning_set(&warnings, name, "wrong");
	}
	CU_ASSERT_EQUAL(warnings.n, WARNING_MAX);
	CU_ASSERT_EQUAL(n_logged, WARNING_MAX + 3); /* the log has them all */
	log_set_writer(NULL);
}

SUITE_MAIN("warnings", {"said once", test_said_once}, {"put right", test_put_right},
	{"too many", test_too_many})
