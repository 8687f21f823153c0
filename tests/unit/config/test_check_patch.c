/* Warnings of patches that are right: each of its kind is found, at its line, and nothing else is warned of; not one in
 * what is shipped or printed in a README. */
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check_text.h"
#include "config/ini_lines.h"
#include "tests/support/suite.h"

#define SOUND "[osc1]\ntype = osc\n"
#define HEARD "[out]\nin = osc1\n"

static const char *warnings_of(const char *text, const char *name)
{
	static struct check check;
	struct diag diag;

	if (check_text(text, strlen(text), name, &check, &diag) < 0) {
		printf("\n%s", diag.text);
		CU_FAIL_FATAL("refused");
	}
	return check.warnings;
}

/* The warnings are these lines, told by their beginnings and a word of them; text NULL: the last. */
struct row {
	const char *text, *begins, *word;
};

static void judge(const struct row *rows)
{
	for (; rows->text; rows++) {
		const char *got = warnings_of(rows->text, "p.ini");
		size_t n = strlen(rows->begins);
		bool is_right = strncmp(got, rows->begins, n) == 0 && strstr(got, rows->word) &&
				(n == 0 ? !*got : strchr(got, '\n') == got + strlen(got) - 1);

		if (!is_right)
			printf("\n%s expected: %s ... %s\n got: %s", rows->text, rows->begins,
				rows->word, got);
		CU_ASSERT_TRUE(is_right);
	}
}

static void test_unheard(void)
{
	static const struct row rows[] = {
		{SOUND HEARD, "", ""},
		{SOUND "[osc2]\ntype = osc\n" HEARD, "p.ini:3: warning: [osc2]: nothing hears it",
			"silent"},
		{SOUND "[osc2]\ntype = osc\n[out]\nin = osc1 + osc2 * 0\n",
			"p.ini:3: warning: [osc2]: nothing hears it", "silent"},
		{SOUND "[lfo1]\ntype = lfo\n[out]\nin = osc1\nlevel.mod = -lfo1\n", "", ""},
		{"[out]\n" SOUND, "p.ini:1: warning: [out]: nothing is plugged in", "silent"},
		{"[out]\nright = osc1\n" SOUND, "", ""},
		{NULL, NULL, NULL},
	};
	static const char circle[] =
		"[a]\ntype = delay\nin = b\n[b]\ntype = svf\nin = a\n" SOUND HEARD;

	judge(rows);
	CU_ASSERT_TRUE(
		suite_has(warnings_of(circle, "p.ini"), "p.ini:1: warning: [a]: nothing hears it"));
	CU_ASSERT_TRUE(
		suite_has(warnings_of(circle, "p.ini"), "p.ini:4: warning: [b]: nothing hears it"));
}

static void test_inputs(void)
{
	static const struct row rows[] = {
		{"[f]\ntype = svf\n[out]\nin = f\n",
			"p.ini:1: warning: [f]: a svf without an input", "silent"},
		{"[f]\ntype = reverb\n[out]\nin = f\n", "p.ini:1: warning: [f]: a reverb", "in ="},
		{"[f]\ntype = sum\n[out]\nin = f\n", "p.ini:1: warning: [f]: a sum", "in1 ="},
		{"[f]\ntype = sum\nin3 = osc1\n" SOUND "[out]\nin = f\n", "", ""},
		{"[f]\ntype = mix\n[out]\nin = f\n", "p.ini:1: warning: [f]: a mix", "silent"},
		{"[v]\ntype = vca\nin = osc1\n" SOUND "[out]\nin = v\n",
			"p.ini:1: warning: [v] by: nothing is plugged in", "silent"},
		{"[v]\ntype = vca\nin = osc1\nby = 1\n" SOUND "[out]\nin = v\n", "", ""},
		{"[s]\ntype = scale\n[osc1]\ntype = osc\npitch = s\n" HEARD, "", ""},
		{NULL, NULL, NULL},
	};

	judge(rows);
}

static void test_gates(void)
{
	static const struct row rows[] = {
		{SOUND "[env1]\ntype = adsr\nin = osc1\n[out]\nin = env1\n",
			"p.ini:3: warning: [env1] gate: ", "silent until env1 is gated"},
		{"[e]\ntype = adsr\n[osc1]\ntype = osc\nlevel = 0\nlevel.mod = e\n" HEARD,
			"p.ini:1: warning: [e] gate: ", "gate e on"},
		{"[d]\ntype = drum\n[out]\nin = d\n", "p.ini:1: warning: [d] gate: ", "gated"},
		{"[d]\ntype = drum\ngate = 0\n[out]\nin = d\n", "", ""},
		{"[c]\ntype = clock\n[d]\ntype = pluck\ngate = c\n[out]\nin = d\n", "", ""},
		{NULL, NULL, NULL},
	};

	judge(rows);
}

static void test_voices(void)
{
	static const struct row rows[] = {
		{"[patch]\nvoices = 4\n" SOUND "[r]\ntype = reverb\nin = osc1\n[out]\nin = r\n",
			"p.ini:7: warning: [r] in: the 4 voices are summed to mono", "mix"},
		{"[patch]\nvoices = 4\n" SOUND "[f]\ntype = svf\nin = osc1\n"
		 "[r]\ntype = reverb\nin = f\n[out]\nin = r\n",
			"p.ini:10: warning: [r] in: the 4 voices are summed to mono", "mix"},
		{"[patch]\nvoices = 4\n" SOUND "[m]\ntype = mix\nin = osc1\n[f]\ntype = svf\n"
		 "in = m\n[r]\ntype = reverb\nin = f\n[out]\nin = r\n",
			"", ""},
		{SOUND "[r]\ntype = reverb\nin = osc1\n[out]\nin = r\n", "", ""},
		{"[patch]\nvoices = 4\n" SOUND HEARD, "", ""},
		{NULL, NULL, NULL},
	};

	judge(rows);
}

static void test_modulation(void)
{
	static const struct row rows[] = {
		{"[e]\ntype = adsr\ngate = 1\n[osc1]\ntype = osc\nlevel.mod = e\n" HEARD,
			"p.ini:6: warning: [osc1] level.mod: ", "out of range all the time"},
		{"[e]\ntype = adsr\ngate = 1\n[osc1]\ntype = osc\nlevel.mod = -e\n" HEARD, "", ""},
		{"[osc1]\ntype = osc\nfreq_hz.mod = 1000 - 30000\n" HEARD,
			"p.ini:3: warning: [osc1] freq_hz.mod: ", "turn freq_hz up"},
		{"[l]\ntype = lfo\n[osc1]\ntype = osc\nlevel = 0.5\nlevel.mod = 0.5*l\n" HEARD, "",
			""},
		{"[l]\ntype = lfo\n[s]\ntype = scale\nin = l\nfactor = 50\noffset = 30\n"
		 "[osc1]\ntype = osc\nlevel = 0.5\nlevel.mod = s\n" HEARD,
			"", ""},
		{"[l]\ntype = lfo\n[s]\ntype = scale\nin = l\nfactor = 50\noffset = 70\n"
		 "[osc1]\ntype = osc\nlevel = 0.5\nlevel.mod = s\n" HEARD,
			"p.ini:11: warning: [osc1] level.mod: ", "(0.5 +20..+120; allowed: 0..1)"},
		/* a sound may be anything */
		{SOUND "[a]\ntype = osc\nlevel.mod = osc1\n[out]\nin = a\n", "", ""},
		{NULL, NULL, NULL},
	};

	judge(rows);
}

static void test_more_than_there_is_room_for(void)
{
	static char text[20000] = SOUND HEARD;
	struct check check;
	const char *got;

	for (int i = 0; i < 100; i++)
		sprintf(text + strlen(text), "[a%d]\ntype = osc\n", i);
	got = warnings_of(text, "p.ini");
	CU_ASSERT_TRUE(strlen(got) < sizeof(check.warnings));
	CU_ASSERT_TRUE(suite_has(got, "take it out\n... and more\n"));
	CU_ASSERT_EQUAL(strncmp(got, "p.ini:5: warning: [a0]", 22), 0);
}

static char *content_of(const char *path)
{
	struct diag diag;
	char *text, *ended;
	size_t n_bytes;

	CU_ASSERT_EQUAL_FATAL(ini_file_load(path, &text, &n_bytes, &diag), 0);
	ended = calloc(n_bytes + 1, 1);
	memcpy(ended, text, n_bytes);
	free(text);
	return ended;
}

static void expect_none(const char *text, const char *path)
{
	const char *got = warnings_of(text, path);

	if (*got)
		printf("\n%s", got);
	CU_ASSERT_EQUAL(*got, '\0');
}

static void test_nothing_in_what_is_shipped(void)
{
	glob_t found;

	CU_ASSERT_EQUAL_FATAL(glob("config/patches/*.ini", 0, NULL, &found), 0);
	CU_ASSERT_TRUE(found.gl_pathc >= 12);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = content_of(found.gl_pathv[i]);

		expect_none(text, found.gl_pathv[i]);
		free(text);
	}
	globfree(&found);
}

/* Blocks ```ini that have an [out]. */
static int check_readme(const char *path)
{
	char *text = content_of(path), *at = text, *end;
	int n = 0;

	while ((at = strstr(at, "```ini\n"))) {
		at += strlen("```ini\n");
		end = strstr(at, "```");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		*end = '\0';
		if (strstr(at, "[out]")) {
			expect_none(at, path);
			n++;
		}
		at = end + 1;
	}
	free(text);
	return n;
}

static void test_nothing_in_readmes(void)
{
	static const char *const places[] = {
		"README.md", "*/README.md", "*/*/README.md", "*/*/*/README.md"};
	int n = 0;

	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		glob_t found;

		if (glob(places[p], 0, NULL, &found) != 0)
			continue;
		for (size_t i = 0; i < found.gl_pathc; i++)
			n += check_readme(found.gl_pathv[i]);
		globfree(&found);
	}
	CU_ASSERT_TRUE(n >= 1);
}

SUITE_MAIN("check_patch", {"a module that nothing hears", test_unheard},
	{"an effect without input", test_inputs}, {"an envelope without gate", test_gates},
	{"voices summed to mono", test_voices}, {"modulation out of range", test_modulation},
	{"more than there is room for", test_more_than_there_is_room_for},
	{"nothing in what is shipped", test_nothing_in_what_is_shipped},
	{"nothing in READMEs", test_nothing_in_readmes})
