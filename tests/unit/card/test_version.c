/* Versions: a table in order; each is later than all before it. */
#include <stdio.h>

#include "base/util.h"
#include "card/version.h"
#include "tests/support/suite.h"

static void test_order(void)
{
	static const char *const rows[] = {"0.1~rc1", "0.1", "0.1.0", "0.1.1", "0.2", "0.9", "0.10",
		"0.10-1", "0.10-2", "0.10-10", "0.10a", "0.10+git1", "0.10.1-1", "1.0~beta2",
		"1.0~beta10", "1.0", "1.0-1", "1.0.0", "1.0.1", "1.9.99", "1.10", "2.0", "10",
		"20240101", "99999999999999999999998", "99999999999999999999999"};

	for (int i = 0; i < (int)ARRAY_LEN(rows); i++) {
		for (int k = 0; k < (int)ARRAY_LEN(rows); k++) {
			int order = version_compare(rows[i], rows[k]);

			if (order != (i > k) - (i < k)) {
				printf("\n  %s to %s: %d", rows[i], rows[k], order);
				CU_FAIL("two versions");
			}
		}
	}
}

static void test_same(void)
{
	static const char *const rows[][2] = {
		{"1.0", "1.00"}, {"01.2", "1.2"}, {"1.0", "1.0-0"}, {"", ""}, {"", "0"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CU_ASSERT_EQUAL(version_compare(rows[i][0], rows[i][1]), 0);
		CU_ASSERT_EQUAL(version_compare(rows[i][1], rows[i][0]), 0);
	}
}

SUITE_MAIN("version", {"order", test_order}, {"the same", test_same})
