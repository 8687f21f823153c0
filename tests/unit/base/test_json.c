/* test_json.c - what the writer writes is JSON, and what the validator refuses is not. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/json_check.h"
#include "tests/support/suite.h"

static void test_validator(void)
{
	static const char *const right[] = {
		"0",
		"-1.5e+3",
		"\"\"",
		"[]",
		"{}",
		" [ 1 , 2 ] ",
		"null",
		"true",
		"[[],{}]",
		"{\"a\":[1]}",
		"false",
		"\"\\u00e4\\n\"",
	};
	static const char *const wrong[] = {
		"",
		"01",
		"1.",
		".5",
		"+1",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"[1 2]",
		"\"",
		"\"\\x\"",
		"\"\\u12g4\"",
		"nul",
		"{\"a\"}",
		"[1]x",
		"[",
		"{\"a\":",
		"\"\x01\"",
		"nan",
		"1e",
		"'a'",
		"\"\xff\"",
		"[1}",
	};

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		CU_ASSERT_PTR_NULL(json_fault(right[i]));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(json_fault(wrong[i]));
}

static void test_writer(void)
{
	char *text = NULL;
	size_t n_bytes;
	FILE *file = open_memstream(&text, &n_bytes);
	struct json json;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	json_begin(&json, file);
	json_object(&json, NULL);
	json_string(&json, "q\"\\", "a\"b\\c\n\x1f\xff \xc3\xa4 \xe2\x82 \xf0\x9f\x8e\xb9");
	json_int(&json, "int", INT64_MIN);
	json_double(&json, "nan", (double)NAN);
	json_double(&json, "tenth", 0.1);
	json_array(&json, "empty");
	json_end(&json);
	json_array(&json, "list");
	json_bool(&json, NULL, true);
	json_string(&json, NULL, NULL);
	json_object(&json, NULL);
	json_end(&json);
	json_end(&json);
	json_end(&json);
	fclose(file);
	CU_ASSERT_PTR_NULL(json_fault(text));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "\"a\\\"b\\\\c\\u000a\\u001f? \xc3\xa4 ?? \xf0\x9f\x8e\xb9\""));
	CU_ASSERT_TRUE(json_has(text, "nan", "null"));
	CU_ASSERT_TRUE(json_has(text, "tenth", "0.1,"));
	CU_ASSERT_TRUE(json_has(text, "int", "-9223372036854775808"));
	free(text);
}

SUITE_MAIN("json", {"the validator", test_validator}, {"the writer", test_writer})
