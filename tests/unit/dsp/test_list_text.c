/* test_list_text.c - patterns, notes and numbers as people write them. */
#include <errno.h>
#include <string.h>

#include "dsp/list_text.h"
#include "tests/support/suite.h"

static const struct list_desc steps = {"pattern", "Pattern", LIST_STEPS, 0.0f, 3.0f, "x..."};
static const struct list_desc notes = {"notes", "Notes", LIST_NOTES, 0.0f, 127.0f, "60"};
static const struct list_desc numbers = {"values", "Values", LIST_NUMBERS, -1.0f, 1.0f, "0"};

static void check(const struct list_desc *desc, const char *text, int n, const float *expected)
{
	float out[LIST_MAX_ITEMS];
	struct diag diag = {{0}};

	CU_ASSERT_EQUAL_FATAL(list_read(desc, text, out, &diag), n);
	for (int i = 0; i < n; i++)
		CU_ASSERT_EQUAL(out[i], expected[i]);
}

static void check_refused(const struct list_desc *desc, const char *text, int err, const char *why)
{
	float out[LIST_MAX_ITEMS] = {42.0f};
	struct diag diag = {{0}};

	CU_ASSERT_EQUAL(list_read(desc, text, out, &diag), err);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, why));
	CU_ASSERT_EQUAL(out[0], 42.0f);
}

static void patterns_are_read(void)
{
	check(&steps, "X.x-", 4, (float[]){2, 0, 1, 3});
	check(&steps, " x. .. ", 4, (float[]){1, 0, 0, 0});
	check(&steps, "1 0 1 0", 4, (float[]){1, 0, 1, 0});
	check(&steps, "101X", 4, (float[]){1, 0, 1, 2});
	check(&steps, "1,0, x ,.", 4, (float[]){1, 0, 1, 0});
	check_refused(&steps, "1 2", -EINVAL, "'2' cannot be");
	check_refused(&steps, "x.o.", -EINVAL, "'o.'");
	check_refused(&steps, "", -EINVAL, "empty");
	check_refused(&steps, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		-E2BIG, "64");
}

static void notes_have_numbers_and_names(void)
{
	check(&notes, "36 60.5 c4 a4", 4, (float[]){36, 60.5f, 60, 69});
	check(&notes, "C#3 Db3 c-1 g9 b3 bb3", 6, (float[]){49, 49, 0, 127, 59, 58});
	check(&notes, "c4, e4", 2, (float[]){60, 64});
	check(&notes, "c4,e4 ,36, 60.5", 4, (float[]){60, 64, 36, 60.5f});
	check_refused(&notes, "36,5", -EINVAL, "36.5, or 36, 5");
	check_refused(&notes, "c4,, e4", -EINVAL, "', e4': a comma stands between");
	check_refused(&notes, "c4, ", -EINVAL, "', ': a comma stands between");
	check_refused(&notes, ",c4", -EINVAL, "',c4': a comma stands between");
	check_refused(&notes, "60 h4", -EINVAL, "h4");
	check_refused(&notes, "60 c", -EINVAL, "'c'");
	check_refused(&notes, "c4x", -EINVAL, "c4x");
	check_refused(&notes, "g#9", -ERANGE, "0..127");
	check_refused(&notes, "128", -ERANGE, "0..127");
	check_refused(&notes, "cb-1", -ERANGE, "0..127");
}

static void numbers_are_in_range(void)
{
	check(&numbers, "-1 0.5 1e-1", 3, (float[]){-1, 0.5f, 0.1f});
	check_refused(&numbers, "2", -ERANGE, "-1..1");
	check_refused(&numbers, "0x1", -EINVAL, "0x1");
	check_refused(&numbers, "nan", -EINVAL, "nan");
	check_refused(&numbers, "0,5", -EINVAL, "0,5");
}

SUITE_MAIN("list_text", {"patterns are read", patterns_are_read},
	{"notes have numbers and names", notes_have_numbers_and_names},
	{"numbers are in range", numbers_are_in_range})
