/* test_options.c - what is read, what is refused, and what is said then. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "tests/support/suite.h"

static bool flag;
static const char *text;
static int number, choice;
static double real;
static const char *const choices[] = {"red", "green", NULL};

static const struct option_row rows[] = {
	{"flag", OPTION_FLAG, &flag, NULL, "a flag", 0, 0, NULL},
	{"text", OPTION_STRING, &text, "FILE", "a text", 0, 0, NULL},
	{"number", OPTION_INT, &number, NULL, "a number", -5, 10, NULL},
	{"real", OPTION_DOUBLE, &real, "S", "a real number", 0, 1.5, NULL},
	{"choice", OPTION_CHOICE, &choice, NULL, "a colour", 0, 0, choices},
};

static char said[2000]; /* on stdout and stderr, by the last read_words */
static char *words[20];
static char store[400];

/* "a b c" as a command line, after the command's name. */
static int read_words(const char *line)
{
	int argc = 0, n, saved_out, saved_err;
	FILE *file = tmpfile();
	size_t n_said;

	flag = false;
	text = NULL;
	number = choice = -99;
	real = -99;
	snprintf(store, sizeof(store), "play %s", line);
	for (char *word = strtok(store, " "); word; word = strtok(NULL, " "))
		words[argc++] = word;
	words[argc] = NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fflush(NULL);
	saved_out = dup(STDOUT_FILENO);
	saved_err = dup(STDERR_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	n = options_read(rows, ARRAY_LEN(rows), argc, words);
	fflush(NULL);
	dup2(saved_out, STDOUT_FILENO);
	dup2(saved_err, STDERR_FILENO);
	close(saved_out);
	close(saved_err);
	rewind(file);
	n_said = fread(said, 1, sizeof(said) - 1, file);
	said[n_said] = '\0';
	fclose(file);
	return n;
}

static void check_refused(const char *line, const char *why)
{
	CU_ASSERT_EQUAL(read_words(line), OPTIONS_BAD);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, why));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "chronus play: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "; see: chronus help play\n"));
	if (!strstr(said, why))
		printf("\n  wanted: %s\n  said: %s", why, said);
}

static void test_values(void)
{
	CU_ASSERT_EQUAL(read_words("--flag --text a=b --number=-5 --real 1.5 --choice green"), 0);
	CU_ASSERT_TRUE(flag);
	CU_ASSERT_STRING_EQUAL(text, "a=b");
	CU_ASSERT_EQUAL(number, -5);
	CU_ASSERT_EQUAL(real, 1.5);
	CU_ASSERT_EQUAL(choice, 1);
	CU_ASSERT_STRING_EQUAL(said, "");
	CU_ASSERT_EQUAL(read_words("--text= --number 10"), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_EQUAL(number, 10);
	CU_ASSERT_FALSE(flag);
	CU_ASSERT_EQUAL(read_words("--number -3"), 0);
	CU_ASSERT_EQUAL(number, -3);
}

static void test_arguments(void)
{
	CU_ASSERT_EQUAL(read_words("one --flag two --number 3 - -- --text -x"), 5);
	CU_ASSERT_STRING_EQUAL(words[1], "one");
	CU_ASSERT_STRING_EQUAL(words[2], "two");
	CU_ASSERT_STRING_EQUAL(words[3], "-");
	CU_ASSERT_STRING_EQUAL(words[4], "--text");
	CU_ASSERT_STRING_EQUAL(words[5], "-x");
	CU_ASSERT_PTR_NULL(text);
	CU_ASSERT_EQUAL(read_words(""), 0);
}

static void test_refusals(void)
{
	check_refused("--flg", "unknown option --flg (did you mean --flag?); allowed: --flag");
	check_refused("--flg=3", "unknown option --flg (");
	check_refused("-f", "unknown option -f");
	check_refused("--flag=1", "--flag takes no value");
	check_refused("--text", "--text needs a value (FILE)");
	check_refused("--number", "--number needs a value (N); allowed: -5..10");
	check_refused("--number 11", "'11' is not allowed; allowed: whole numbers -5..10");
	check_refused("--number 1.5", "'1.5' is not allowed");
	check_refused("--number 3x", "'3x' is not allowed");
	check_refused("--number 1e99", "'1e99' is not allowed");
	check_refused("--real nan", "--real: 'nan' is not allowed; allowed: 0..1.5");
	check_refused("--real 1.6", "'1.6' is not allowed");
	check_refused("--choice blue", "--choice: 'blue' is not allowed; allowed: red green");
	CU_ASSERT_EQUAL(choice, -99);
	CU_ASSERT_EQUAL(options_exit_code(OPTIONS_BAD), CLI_USAGE);
}

static void test_help(void)
{
	CU_ASSERT_EQUAL(read_words("x --help"), OPTIONS_HELPED);
	CU_ASSERT_EQUAL(options_exit_code(OPTIONS_HELPED), CLI_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "--text FILE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "a number (-5..10)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "a colour (red green)"));
	CU_ASSERT_PTR_NULL(strstr(said, "chronus play:"));
	CU_ASSERT_EQUAL(read_words("-- --help"), 1);
}

SUITE_MAIN("options", {"values", test_values}, {"arguments", test_arguments},
	{"refusals", test_refusals}, {"help", test_help})
