/* Names as numbers: equal names have equal numbers, others have others, and none is lost. */
#include <stdio.h>
#include <string.h>

#include "patch/symbol.h"
#include "tests/support/suite.h"

enum { N_NAMES = 5000 };

static void test_many_names(void)
{
	static int symbols[N_NAMES];
	char name[40];

	for (int i = 0; i < N_NAMES; i++) {
		snprintf(name, sizeof(name), "module_%d", i);
		CU_ASSERT_EQUAL(symbol_find(name), SYMBOL_NONE);
		symbols[i] = symbol_add(name);
		CU_ASSERT_FATAL(symbols[i] >= 0);
	}
	for (int i = 0; i < N_NAMES; i++) {
		snprintf(name, sizeof(name), "module_%d", i);
		CU_ASSERT_EQUAL(symbol_add(name), symbols[i]);
		CU_ASSERT_EQUAL(symbol_find(name), symbols[i]);
		CU_ASSERT_STRING_EQUAL(symbol_name(symbols[i]), name);
		CU_ASSERT_TRUE(i == 0 || symbols[i] != symbols[i - 1]);
	}
}

static void test_no_name(void)
{
	CU_ASSERT_EQUAL(symbol_add(""), SYMBOL_NONE);
	CU_ASSERT_EQUAL(symbol_add(NULL), SYMBOL_NONE);
	CU_ASSERT_EQUAL(symbol_find("nobody has added this"), SYMBOL_NONE);
	CU_ASSERT_STRING_EQUAL(symbol_name(SYMBOL_NONE), "");
	CU_ASSERT_STRING_EQUAL(symbol_name(1 << 30), "");
}

SUITE_MAIN(
	"symbol", {"five thousand names", test_many_names}, {"no name has no number", test_no_name})
