/* Every module is complete: a file of its name whose header says where the method comes from, a
 * unit test, a golden, and an entry in `chronus modules`. Its properties are checked by the tests
 * beside this one, which walk the registry. Reads the sources: run from the top folder. */
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/module.h"
#include "modules/registry.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { MAX_BYTES = 1 << 17 };

/* "" if there is none. The text stays until the next call. */
static const char *text_of(const char *path)
{
	static char text[MAX_BYTES];
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[n] = '\0';
	return text;
}

static bool is_in_any(const char *pattern, const char *what)
{
	bool is_found = false;
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		is_found = is_found || strstr(text_of(found.gl_pathv[i]), what);
	globfree(&found);
	return is_found;
}

static void expect(bool is_so, const char *module, const char *what)
{
	if (!is_so)
		printf("\n    %s: %s", module, what);
	CU_ASSERT_TRUE(is_so);
}

/* The comment that the file begins with has a line "Source: ..". */
static bool has_source(const char *path)
{
	const char *text = text_of(path), *end = strstr(text, "*/");
	const char *source = strstr(text, "Source:");

	return strncmp(text, "/*", 2) == 0 && end && source && source < end;
}

static void every_module_is_complete(void)
{
	for (int m = 0; m < n_modules; m++) {
		const char *key = modules[m]->key;
		char path[200], quoted[80];

		snprintf(path, sizeof(path), "firmware/modules/%s.c", key);
		expect(has_source(path), key, "no header with its source");
		snprintf(path, sizeof(path), "tests/unit/modules/test_%s.c", key);
		expect(*text_of(path) != '\0', key, "no unit test");
		snprintf(quoted, sizeof(quoted), "\"%s\"", key);
		expect(is_in_any("tests/golden/*.c", quoted), key, "no golden");
	}
}

/* Each parameter, port and list is told by `chronus modules NAME`. */
static void every_module_is_told(void)
{
	static struct spawned run;

	for (int m = 0; m < n_modules; m++) {
		const struct module_desc *desc = modules[m];
		char line[80];

		spawn_chronus(&run, "modules %s", desc->key);
		CU_ASSERT_EQUAL(run.status, 0);
		for (int p = 0; p < desc->n_params; p++) {
			snprintf(line, sizeof(line), "\n  %s ", desc->params[p].key);
			expect(strstr(run.text, line), desc->key, desc->params[p].key);
		}
		for (int i = 0; i < desc->n_ins; i++) {
			snprintf(line, sizeof(line), "\n  %s ", desc->ins[i].key);
			expect(strstr(run.text, line), desc->key, desc->ins[i].key);
		}
		for (int l = 0; l < desc->n_lists; l++) {
			snprintf(line, sizeof(line), "\n  %s ", desc->lists[l].key);
			expect(strstr(run.text, line), desc->key, desc->lists[l].key);
		}
	}
}

SUITE_MAIN("complete", {"every module is complete", every_module_is_complete},
	{"every module is told", every_module_is_told})
