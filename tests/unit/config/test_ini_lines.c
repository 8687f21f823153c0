/* test_ini_lines.c - what inih is given, with which line numbers, and what it is never given. */
#include "config/ini_lines.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/ini_text.h"

static char heard[2000];
static struct diag diag;

static int hear_section(void *user, const struct ini_place *at, struct diag *out)
{
	size_t n = strlen(heard);

	(void)user;
	(void)out;
	snprintf(heard + n, sizeof(heard) - n, "%d[%s] ", at->line, at->section);
	return 0;
}

static int hear_key(void *user, const struct ini_place *at, const char *value, struct diag *out)
{
	size_t n = strlen(heard);

	(void)user;
	if (strcmp(value, "stop") == 0)
		return ini_refuse(out, at, -EDOM, "stopped");
	snprintf(heard + n, sizeof(heard) - n, "%d %s=%s ", at->line, at->key, value);
	return 0;
}

static const struct ini_sink sink = {hear_section, hear_key};

static const char *parse_bytes(const char *text, size_t n_bytes)
{
	heard[0] = diag.text[0] = '\0';
	return ini_lines_parse(text, n_bytes, "f", &sink, NULL, &diag) < 0 ? diag.text : heard;
}

static const char *parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void test_lines_are_counted(void)
{
	CU_ASSERT_STRING_EQUAL(parse("[a]\nx = 1\n\n; c\n# c\n  ; c\n \t\n[b c]\ny=2 3 ; c\n"),
		"1[a] 2 x=1 8[b c] 9 y=2 3 ");
	CU_ASSERT_STRING_EQUAL(parse(""), "");
	CU_ASSERT_STRING_EQUAL(parse("[a]"), "1[a] ");
	CU_ASSERT_STRING_EQUAL(parse("[a] ; why\nx = a=b:c"), "1[a] 2 x=a=b:c ");
	CU_ASSERT_STRING_EQUAL(
		parse("[a]\nx =\ny = ; c\nz = a;b #c"), "1[a] 2 x= 3 y= 4 z=a;b #c ");
}

static void test_line_ends_and_bom(void)
{
	CU_ASSERT_STRING_EQUAL(parse("[a]\r\nx = 1\r\n\r\ny = 2"), "1[a] 2 x=1 4 y=2 ");
	CU_ASSERT_STRING_EQUAL(parse("[a]\rx = 1\r\ry = 2\r"), "1[a] 2 x=1 4 y=2 ");
	CU_ASSERT_STRING_EQUAL(parse("\xef\xbb\xbf[a]\nx = caf\xc3\xa9"), "1[a] 2 x=caf\xc3\xa9 ");
	CU_ASSERT_STRING_EQUAL(parse("\xef\xbb\xbf"), "");
}

static void test_bad_bytes(void)
{
	CU_ASSERT_STRING_EQUAL(parse_bytes("[a]\nx = \0 2\n", 11),
		"f:2: [a]: byte 0x00 at column 5 is not text; allowed: UTF-8 "
		"without control characters");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(parse("[a]\n; \x1b[31m\n"), "f:2: [a]: byte 0x1b at column 3"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("; \x7f"), "f:1: byte 0x7f"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx = \xff"), "byte 0xff"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx = \xc3"), "byte 0xc3"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx = \xc2\x85"), "byte 0xc2"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx = \xc0\xaf"), "byte 0xc0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx = \xed\xa0\x80"), "byte 0xed"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("; \v"), "byte 0x0b"));
	CU_ASSERT_STRING_EQUAL(parse("; \xf0\x9f\x8e\xb9"), "");
}

static void test_long_lines_and_names(void)
{
	char text[400];

	for (int n = INI_MAX_LINE_BYTES - 2; n < 300; n++) {
		snprintf(text, sizeof(text), "[a]\nx = %0*d\n", n - 4, 1);
		if (n <= INI_MAX_LINE_BYTES)
			CU_ASSERT_EQUAL(strlen(parse(text)), (size_t)n + 6)
		else
			CU_ASSERT_PTR_NOT_NULL(
				strstr(parse(text), "characters long; allowed: 190"));
	}
	for (int n = 45; n < 60; n++) {
		snprintf(text, sizeof(text), "[%0*d]\n", n, 1);
		CU_ASSERT_EQUAL(strstr(parse(text), "name is") == NULL, n <= INI_MAX_SECTION_BYTES);
		snprintf(text, sizeof(text), "[a]\n%0*d = 1\n", n, 1);
		CU_ASSERT_EQUAL(
			strstr(parse(text), "no key is") == NULL, n <= INI_MAX_SECTION_BYTES);
	}
}

static void test_broken_lines(void)
{
	CU_ASSERT_STRING_EQUAL(parse("[a\n"), "f:1: the section has no closing ]");
	CU_ASSERT_STRING_EQUAL(parse("[a ;]\n"), "f:1: the section has no closing ]");
	CU_ASSERT_STRING_EQUAL(parse("[a] b\n"), "f:1: text after the section's ]");
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[]"), "f:1: a section is written [name]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[ a]"), "f:1: a section is written [name]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx\n"), "f:2: [a]: not a section and no '='"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(parse("[a]\nx ; = 2\n"), "f:2: [a]: not a section and no '='"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\n= 2\n"), "f:2: [a]: no key before"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("[a]\nx: 2\n"), "f:2: [a]: ':' before '='"));
	CU_ASSERT_PTR_NOT_NULL(strstr(parse("x = 2\n"), "f:1: a key before the first [section]"));
	CU_ASSERT_STRING_EQUAL(
		parse("[a]\nx = 1\n  2\n"), "f:3: [a]: the line begins with a blank; remove it");
	CU_ASSERT_STRING_EQUAL(
		parse("[a]\n\ty = 1\n"), "f:2: [a]: the line begins with a blank; remove it");
}

static void test_twice(void)
{
	CU_ASSERT_STRING_EQUAL(parse("[a]\nx = 1\n[b]\nx = 1\n[a]\n"),
		"f:5: [a]: the section was begun before, at line 1; each section stands once");
	CU_ASSERT_STRING_EQUAL(parse("[a]\nx = 1\n[b]\nx = 1\ny = 1\nx = 2"),
		"f:6: [b] x: the key was given before, at line 4; each key stands once");
}

static void test_the_first_error_stops(void)
{
	CU_ASSERT_STRING_EQUAL(parse("[a]\nx = 1\ny = stop\nz = 1\n[a]\n"), "f:3: [a] y: stopped");
	CU_ASSERT_STRING_EQUAL(heard, "1[a] 2 x=1 ");
	CU_ASSERT_EQUAL(ini_lines_parse("[a]\nx = stop", 12, "f", &sink, NULL, &diag), -EDOM);
}

static void test_files(void)
{
	char path[] = "/tmp/chronus-ini-XXXXXX", *text = NULL;
	size_t n_bytes = 7;
	int fd = mkstemp(path);
	static char big[INI_MAX_FILE_BYTES + 1];

	CU_ASSERT_EQUAL(ini_file_load("/tmp", &text, &n_bytes, &diag), -EINVAL);
	CU_ASSERT_STRING_EQUAL(diag.text, "/tmp: is a directory and not a file");
	CU_ASSERT_EQUAL(ini_file_load("/dev/zero", &text, &n_bytes, &diag), -EINVAL);
	CU_ASSERT_EQUAL(ini_file_load("/nonexistent", &text, &n_bytes, &diag), -ENOENT);
	CU_ASSERT_STRING_EQUAL(diag.text, "/nonexistent: No such file or directory");
	CU_ASSERT_TRUE(text == NULL && n_bytes == 7);
	CU_ASSERT_EQUAL(write(fd, big, sizeof(big) - 1), (ssize_t)sizeof(big) - 1);
	CU_ASSERT_EQUAL(ini_file_load(path, &text, &n_bytes, &diag), 0);
	CU_ASSERT_EQUAL(n_bytes, INI_MAX_FILE_BYTES);
	free(text);
	CU_ASSERT_EQUAL(write(fd, big, 1), 1);
	CU_ASSERT_EQUAL(ini_file_load(path, &text, &n_bytes, &diag), -EFBIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "larger than 256 KB"));
	close(fd);
	unlink(path);
}

static void test_numbers(void)
{
	static const char *const bad[] = {"", " 1", "1 ", "0x10", "nan", "inf", "-inf", "1e", "1,5",
		"1.2.3", ".", "-", "+-1", "1e+", "--1", "1f", "1_0", "e5"};
	double number = 3.0;
	bool flag = true;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CU_ASSERT_EQUAL(text_number(bad[i], &number), -EINVAL);
	CU_ASSERT_EQUAL(text_number("1e999", &number), -ERANGE);
	CU_ASSERT_EQUAL(number, 3.0);
	CU_ASSERT_TRUE(text_number("-1.5e1", &number) == 0 && number == -15.0);
	CU_ASSERT_TRUE(text_number(".5", &number) == 0 && number == 0.5);
	CU_ASSERT_TRUE(text_number("+5.", &number) == 0 && number == 5.0);
	CU_ASSERT_TRUE(text_bool("Off", &flag) == 0 && !flag);
	CU_ASSERT_TRUE(text_bool("high", &flag) == 0 && flag);
	CU_ASSERT_EQUAL(text_bool("2", &flag), -EINVAL);
}

static void test_names(void)
{
	struct text_names names;

	text_names_begin(&names, "blok_frame");
	for (int i = 0; i < 100; i++)
		text_names_add(&names, i == 50 ? "block_frames" : "other");
	CU_ASSERT_STRING_EQUAL(names.nearest, "block_frames");
	CU_ASSERT_STRING_EQUAL(names.list + strlen(names.list) - 9, "other ...");
	text_names_begin(&names, "in");
	text_names_add(&names, "x");
	CU_ASSERT_STRING_EQUAL(names.nearest, "");
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("ini_lines", NULL, NULL);
	CU_add_test(suite, "lines are counted", test_lines_are_counted);
	CU_add_test(suite, "line ends and BOM", test_line_ends_and_bom);
	CU_add_test(suite, "bad bytes", test_bad_bytes);
	CU_add_test(suite, "long lines and names", test_long_lines_and_names);
	CU_add_test(suite, "broken lines", test_broken_lines);
	CU_add_test(suite, "twice", test_twice);
	CU_add_test(suite, "the first error stops", test_the_first_error_stops);
	CU_add_test(suite, "files", test_files);
	CU_add_test(suite, "numbers", test_numbers);
	CU_add_test(suite, "names", test_names);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
