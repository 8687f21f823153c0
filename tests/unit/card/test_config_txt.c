/* test_config_txt.c - config.txt after an update: the new version's part, with every line that is
 * the user's. */
#include "card/config_txt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/card_rig.h"
#include "tests/support/suite.h"

static struct diag diag;

#define USERS "# sound and pins\ndtoverlay=chronus-i2s-dac\n[pi4]\nmine=1\n"

/* The result, or "refused". */
static const char *merged(const char *now, const char *before, const char *next)
{
	static char text[4096];
	char *out = NULL;

	if (config_txt_merge(now, before, next, &out, &diag) < 0)
		return "refused";
	snprintf(text, sizeof(text), "%s", out);
	free(out);
	return text;
}

static void test_merge(void)
{
	static const char old[] = "# old\narm_64bit=1\ngpu_mem=32\n\n";
	static const char new[] = "# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=16\n\n" USERS;
	static const struct {
		const char *now, *before, *wanted; /* both without what is behind */
	} rows[] = {
		/* untouched: all of the new version; without its before, what differs is the
		 * user's */
		{old, old, "# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=16\n"},
		{old, NULL, "# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=32\n"},
		/* changed, added, taken out */
		{"arm_64bit=1\ngpu_mem=64\n", old,
			"# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=64\n"},
		{"arm_64bit=1\ngpu_mem=32\ndtparam=a\nmine=2\n", old,
			"# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=16\ndtparam=a\nmine=2\n"},
		{"arm_64bit=1\n#gpu_mem=32\n", old, "# new\narm_64bit=1\nforce_turbo=1\n"},
		{"force_turbo=0\narm_64bit=1\ngpu_mem=32\n", old,
			"# new\narm_64bit=1\nforce_turbo=0\ngpu_mem=16\n"},
		/* as another computer writes it; the last line of a key counts */
		{"arm_64bit=1\r\ngpu_mem=32\r\n", old,
			"# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=16\n"},
		{"arm_64bit=1\ngpu_mem=32\n gpu_mem=8\n", old,
			"# new\narm_64bit=1\nforce_turbo=1\ngpu_mem=8\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static char now[1000], before[1000], wanted[1000], again[4096];

		snprintf(now, sizeof(now), "%s" USERS, rows[i].now);
		snprintf(before, sizeof(before), "%s" USERS, rows[i].before ? rows[i].before : "");
		snprintf(wanted, sizeof(wanted), "%s\n" USERS, rows[i].wanted);
		CU_ASSERT_STRING_EQUAL(merged(now, rows[i].before ? before : NULL, new), wanted);
		snprintf(again, sizeof(again), "%s", wanted);
		CU_ASSERT_STRING_EQUAL(merged(again, new, new), wanted); /* twice is once */
	}
}

/* A line that the new version has no more goes, unless it is the user's. */
static void test_gone(void)
{
	static const char old[] = "a=1\nb=1\n" USERS, new[] = "a=1\n" USERS;

	CU_ASSERT_STRING_EQUAL(merged(old, old, new), "a=1\n\n" USERS);
	CU_ASSERT_STRING_EQUAL(merged("a=1\nb=2\n" USERS, old, new), "a=1\nb=2\n\n" USERS);
}

/* Nothing is touched if a line's meaning depends on its place. */
static void test_refused(void)
{
	static const char new[] = "a=1\n" USERS;

	CU_ASSERT_STRING_EQUAL(merged("[pi4]\na=1\n[all]\n" USERS, NULL, new), "refused");
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "a filter [pi4]"));
	CU_ASSERT_STRING_EQUAL(merged("a=2\n", NULL, new), "refused");
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "there is no line \"# sound and pins\""));
	CU_ASSERT_STRING_EQUAL(merged(new, NULL, "a=1\n"), "refused");
}

static void put(const char *path, const char *text)
{
	card_rig_write(path, text, strlen(text));
}

static void test_on_a_card(void)
{
	struct paths paths;
	size_t n_bytes;
	char *text;

	card_rig_new(&paths);
	put("boot/firmware/config.txt", "a=1\nuser=1\n" USERS);
	CU_ASSERT_EQUAL(config_txt_update(paths.card, 'b', &diag), 0); /* none of its own */
	put("boot/firmware/a/config.own", "a=1\n" USERS);
	put("boot/firmware/b/config.own", "a=2\nforce_turbo=1\n" USERS);
	CU_ASSERT_EQUAL(config_txt_update(paths.card, 'b', &diag), 1);
	text = card_rig_read("boot/firmware/config.txt", &n_bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_EQUAL(strncmp(text, "a=2\nforce_turbo=1\nuser=1\n\n" USERS, n_bytes), 0);
	free(text);
	CU_ASSERT_EQUAL(config_txt_update(paths.card, 'b', &diag), 0); /* nothing differs */
}

SUITE_MAIN("config.txt", {"merge", test_merge}, {"gone", test_gone}, {"refused", test_refused},
	{"on a card", test_on_a_card})
