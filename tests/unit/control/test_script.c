/* Scripts: times, comments, and errors that name the line. */
#include <errno.h>
#include <string.h>

#include "control/script.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static void test_good(void)
{
	struct script script;
	struct diag diag;
	const char *path = spawn_file("good.txt",
		"# a comment\n\n0 gate env1 on\r\n  1.5\tset a.b 3   # why\n1.5 commit");

	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	CU_ASSERT_EQUAL_FATAL(script.n_lines, 3);
	CU_ASSERT_STRING_EQUAL(script.lines[0].command, "gate env1 on");
	CU_ASSERT_STRING_EQUAL(script.lines[1].command, "set a.b 3");
	CU_ASSERT_EQUAL(script.lines[1].seconds, 1.5);
	CU_ASSERT_EQUAL(script.lines[1].line, 4);
	CU_ASSERT_STRING_EQUAL(script.lines[2].command, "commit");
	script_free(&script);
}

/* A time that no clock reaches would be obeyed at once. */
static void test_too_late(void)
{
	static const char *const texts[] = {
		"0 commit\n1e300 quit\n", "0 commit\n1e999 quit\n", "0 commit\n1000000001 quit\n"};
	struct script script;
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CU_ASSERT_EQUAL(
			script_read(spawn_file("late.txt", texts[i]), &script, &diag), -ERANGE);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "late.txt:2: 1"));
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "0..1000000000 s"));
	}
	CU_ASSERT_EQUAL(script_read(spawn_file("late.txt", "1e9 quit\n"), &script, &diag), 0);
	script_free(&script);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *where;
	} rows[] = {
		{"0 commit\nnow commit\n", ":2:"},
		{"1 commit\n0.5 commit\n", ":2:"},
		{"-1 commit\n", ":1:"},
		{"1\n", ":1:"},
		{"nan commit\n", ":1:"},
		{"1commit\n", ":1:"},
		{"0x1 commit\n", ":1:"},
		{"0 commit\ninf commit\n", ":2:"},
		{"\xff\xfe gate\n", ": this is UTF-16 (Notepad's"},
	};
	struct script script = {.n_lines = 77};
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CU_ASSERT_EQUAL(
			script_read(spawn_file("bad.txt", rows[i].text), &script, &diag), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, rows[i].where));
		CU_ASSERT_EQUAL(script.n_lines, 77); /* untouched */
	}
	CU_ASSERT_EQUAL(script_read("/nowhere.txt", &script, &diag), -ENOENT);
}

SUITE_MAIN("script", {"good", test_good}, {"bad", test_bad}, {"too late", test_too_late})
