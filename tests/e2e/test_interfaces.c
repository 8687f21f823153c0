/* Words that scripts and other programs read: the last lines of `run` and `render`, answers, the keys of
 * `modules --json`. None of them is ever renamed; a line may only grow at its end. */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct spawned run;

static bool matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool is_match;

	CU_ASSERT_EQUAL_FATAL(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	is_match = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	if (!is_match)
		printf("\n    no %s in: %s", pattern, text);
	return is_match;
}

static const char *last_line(char *text)
{
	char *at = text + strlen(text);

	while (at > text && at[-1] == '\n')
		*--at = '\0';
	at = strrchr(text, '\n');
	return at ? at + 1 : text;
}

static void test_last_line_of_render(void)
{
	spawn_chronus(&run,
		"render --patch config/patches/drone.ini --script %s --seconds 0.5 --discard",
		spawn_file("s", "0.1 commit\n"));
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(matches(last_line(run.text), "commits 1, refused 0, none 0$"));
}

static void test_last_line_of_run(void)
{
	const char *ini =
		spawn_file("i.ini", "[start]\npatch = p.ini\n[audio]\ndevice = simulated\n");

	spawn_file("p.ini", "[osc1]\ntype = osc\n[out]\nin = osc1 * 0.1\n");
	spawn_chronus(&run, "run --config %s --seconds 0.3", ini);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(matches(run.text,
		"blocks [0-9]+, none [0-9]+, late [0-9]+, drop [0-9]+, xrun [0-9]+, suspends "
		"[0-9]+, "
		"device_lost [0-9]+, commits 0, refused 0, failovers [0-9]+, reanchors [0-9]+$"));
}

static void test_answers(void)
{
	spawn_chronus(&run,
		"render --patch config/patches/drone.ini --script %s --seconds 0.5 --discard",
		spawn_file("s", "0.1 undo\n"));
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_TRUE(matches(run.text, "nothing to undo"));
}

static void test_keys_of_modules(void)
{
	static const char *const keys[] = {"key", "purpose", "lanes", "inputs", "outputs", "label",
		"kind", "parameters", "unit", "curve", "default", "choices", "min", "max",
		"smooth_ms", "lists"};

	spawn_chronus(&run, "modules --json");
	CU_ASSERT_EQUAL(run.status, 0);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char want[40];

		snprintf(want, sizeof(want), "\"%s\": ", keys[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
		if (!strstr(run.text, want))
			printf("\n    no key %s", keys[i]);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "\"curve\": \"exponential\""));
}

SUITE_MAIN("interfaces", {"the last line of render", test_last_line_of_render},
	{"the last line of run", test_last_line_of_run}, {"answers", test_answers},
	{"the keys of modules --json", test_keys_of_modules})
