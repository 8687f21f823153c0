/* test_trouble.c - what is wrong now: said once, put right, said again. */
#include "appliance/trouble.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tests/support/suite.h"

static struct troubles troubles;
static int n_logged;
static char last[700];

static void hear(const char *line)
{
	n_logged++;
	snprintf(last, sizeof(last), "%s", line);
}

static void begin(void)
{
	memset(&troubles, 0, sizeof(troubles));
	n_logged = 0;
	log_set_writer(hear);
}

static void test_said_once(void)
{
	begin();
	trouble_set(&troubles, "state", "the disk is full (%d)", 1);
	trouble_set(&troubles, "state", "the disk is full (%d)", 1);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, "state: the disk is full (1)"));
	CU_ASSERT_EQUAL(troubles.n, 1);
	CU_ASSERT_EQUAL(troubles.version, 1);
	trouble_set(&troubles, "state", "the disk is gone");
	CU_ASSERT_EQUAL(n_logged, 2);
	CU_ASSERT_EQUAL(troubles.n, 1);
	CU_ASSERT_STRING_EQUAL(trouble_find(&troubles, "state"), "the disk is gone");
	log_set_writer(NULL);
}

static void test_put_right(void)
{
	begin();
	trouble_set(&troubles, "a", "x");
	trouble_set(&troubles, "b", "y");
	trouble_clear(&troubles, "a");
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, "a: all right again"));
	CU_ASSERT_PTR_NULL(trouble_find(&troubles, "a"));
	CU_ASSERT_STRING_EQUAL(trouble_find(&troubles, "b"), "y");
	trouble_clear(&troubles, "a");
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_EQUAL(troubles.version, 3);
	trouble_set(&troubles, "a", "x");
	CU_ASSERT_EQUAL(n_logged, 4);
	log_set_writer(NULL);
}

static void test_too_many(void)
{
	char name[16];

	begin();
	for (int i = 0; i < TROUBLE_MAX + 3; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		trouble_set(&troubles, name, "wrong");
	}
	CU_ASSERT_EQUAL(troubles.n, TROUBLE_MAX);
	CU_ASSERT_EQUAL(n_logged, TROUBLE_MAX + 3); /* the log has them all */
	log_set_writer(NULL);
}

SUITE_MAIN("trouble", {"said once", test_said_once}, {"put right", test_put_right},
	{"too many", test_too_many})
