/* Names of files in commands and journals: each byte comes back, alone and through a script. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fnv.h"
#include "control/file_name.h"
#include "control/script.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static void test_bytes_come_back(void)
{
	const uint64_t sum = 0x0123456789abcdef;
	char path[512], text[FILE_NAME_BYTES];
	struct file_name name;
	struct diag diag;

	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			snprintf(path, sizeof(path), "%c%c x#;\"\\%c", a, b, b);
			CU_ASSERT_EQUAL(file_name_write(path, &sum, text), 0);
			CU_ASSERT_PTR_NULL(strpbrk(text, "#\n\r\t\v\f"));
			CU_ASSERT_EQUAL(file_name_read(text, &name, &diag), 0);
			CU_ASSERT_STRING_EQUAL(name.path, path);
			CU_ASSERT_TRUE(name.has_sum && name.sum == sum);
		}
	}
	file_name_write("/é/a b.ini", NULL, text);
	CU_ASSERT_STRING_EQUAL(text, "\"/é/a b.ini\"");
	CU_ASSERT_EQUAL(file_name_read(text, &name, &diag), 0);
	CU_ASSERT_FALSE(name.has_sum);
	memset(path, '#', 300);
	path[300] = '\0';
	CU_ASSERT_EQUAL(file_name_write(path, &sum, text), -ENAMETOOLONG);
}

static void test_what_cannot_be(void)
{
	static const char *const bad[] = {"\"", "\"\"", "\"a", "\"a\\\"", "\"a\\n\"", "\"a\\x0\"",
		"\"a\\x00\"", "\"a\\xg0\"", "\"a\" b", "\"a\"sum 0123456789abcdef", "\"a\" sum 12",
		"\"a\" sum 0123456789abcdef0", "\"a\" sum 0123456789abcdeg", "\"a\\"};
	char text[80];
	struct file_name name;
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof(text), "%s", bad[i]);
		if (file_name_read(text, &name, &diag) != -EINVAL)
			printf("\n  taken: %s\n", bad[i]);
		snprintf(text, sizeof(text), "%s", bad[i]);
		CU_ASSERT_EQUAL(file_name_read(text, &name, &diag), -EINVAL);
	}
	strcpy(text, "a \"b\" sum 3.ini"); /* as it is */
	CU_ASSERT_EQUAL(file_name_read(text, &name, &diag), 0);
	CU_ASSERT_STRING_EQUAL(name.path, "a \"b\" sum 3.ini");
}

static void test_content(void)
{
	struct file_name name = {.has_sum = true, .sum = fnv_add(FNV_START, "abc", 3)};
	struct diag diag;

	name.path = (char *)spawn_file("content.ini", "abc");
	CU_ASSERT_EQUAL(name.sum, 0xe71fa2190541574b); /* of the authors' own table */
	CU_ASSERT_EQUAL(file_name_check(&name, &diag), 0);
	spawn_file("content.ini", "abd");
	CU_ASSERT_EQUAL(file_name_check(&name, &diag), -ESTALE);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "content.ini: its content is another one"));
	name.has_sum = false;
	CU_ASSERT_EQUAL(file_name_check(&name, &diag), 0);
	name.has_sum = true;
	name.path = (char *)"/nowhere.ini";
	CU_ASSERT_EQUAL(file_name_check(&name, &diag), -ENOENT);
}

/* In quotes a # begins no comment, in any script; only in a journal a name begins in its folder. */
static void test_scripts(void)
{
	static const char lines[] =
		"0 load \"a #b.ini\" # why\n1 load a.ini #\"\n2 load \"\\\" #c\"\n"
		"3 load \"/a.ini\"#\n4 stage a.b \"#\n";
	char text[500], want[400];
	struct script script;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(script_read(spawn_file("s.txt", lines), &script, &diag), 0);
	CU_ASSERT_FALSE(script.is_journal);
	CU_ASSERT_STRING_EQUAL(script.lines[0].command, "load \"a #b.ini\"");
	CU_ASSERT_STRING_EQUAL(script.lines[1].command, "load a.ini");
	CU_ASSERT_STRING_EQUAL(script.lines[2].command, "load \"\\\" #c\"");
	CU_ASSERT_STRING_EQUAL(script.lines[3].command, "load \"/a.ini\"#");
	CU_ASSERT_STRING_EQUAL(script.lines[4].command, "stage a.b \"#");
	script_free(&script);
	snprintf(text, sizeof(text), "# x\njournal 2\npatch \"a.ini\"\nsetting a.b 3\n%s", lines);
	CU_ASSERT_EQUAL_FATAL(script_read(spawn_file("j.txt", text), &script, &diag), 0);
	CU_ASSERT_TRUE(script.is_journal);
	CU_ASSERT_EQUAL_FATAL(script.n_head, 2);
	CU_ASSERT_EQUAL(script.head[0].line, 3);
	snprintf(want, sizeof(want), "patch \"%s/a.ini\"", spawn_folder());
	CU_ASSERT_STRING_EQUAL(script.head[0].command, want);
	snprintf(want, sizeof(want), "load \"%s/a #b.ini\"", spawn_folder());
	CU_ASSERT_STRING_EQUAL(script.lines[0].command, want);
	CU_ASSERT_STRING_EQUAL(script.lines[1].command, "load a.ini");
	CU_ASSERT_STRING_EQUAL(script.lines[3].command, "load \"/a.ini\"#");
	script_free(&script);
}

static void test_heads(void)
{
	static const struct {
		const char *text, *where;
	} bad[] = {
		{"journal 1\n", ":1: journal 1: written by another chronus"},
		{"journal 2\njournal 2\n", ":2:"},
		{"0 quit\njournal 2\n", ":2:"},
		{"journal 2\n0 quit\npatch none\n", ":3:"},
		{"patch none\n", ":1: expected SECONDS COMMAND"},
	};
	struct script script;
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CU_ASSERT_EQUAL(
			script_read(spawn_file("j.txt", bad[i].text), &script, &diag), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, bad[i].where));
	}
}

SUITE_MAIN("file names", {"bytes come back", test_bytes_come_back},
	{"what cannot be", test_what_cannot_be}, {"content", test_content},
	{"scripts", test_scripts}, {"heads of journals", test_heads})
