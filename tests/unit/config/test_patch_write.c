/* A patch's values back in its own text: only their lines change, and it reads back bit for bit. */
#include "config/patch_write.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "tests/support/suite.h"

static const char source[] = "; a comment with [brackets] and level = 3\n"
			     "[patch]\n"
			     "name = Kept      ; the name\n"
			     "\n"
			     "[osc1]           ; one\n"
			     "type = osc\n"
			     "freq_hz   =  220     ; hertz\n"
			     "level=0.5\n"
			     "; level = 0.1\n"
			     "\n"
			     "; the steps\n"
			     "[seq1]\n"
			     "type = seq\n"
			     "notes = 36 48\t; two\n"
			     "[out]\n"
			     "in = osc1";
static const char changed[] = "; a comment with [brackets] and level = 3\n"
			      "[patch]\n"
			      "name = Kept      ; the name\n"
			      "tempo_bpm = 133.25\n"
			      "\n"
			      "[osc1]           ; one\n"
			      "type = osc\n"
			      "freq_hz   =  12345.5 ; hertz\n"
			      "level=0.25\n"
			      "shape = saw\n"
			      "; level = 0.1\n"
			      "\n"
			      "; the steps\n"
			      "[seq1]\n"
			      "type = seq\n"
			      "notes = 36 49 48.5 ; two\n"
			      "[out]\n"
			      "in = osc1\n"
			      "level = 0.7\n";

static struct patch *read_text(const char *text)
{
	struct patch *patch = NULL;
	struct diag diag;

	if (patch_read_text(text, strlen(text), "kept.ini", &patch, &diag) < 0) {
		printf("%s\n", diag.text);
		CU_FAIL_FATAL("it cannot be read");
	}
	return patch;
}

static char *text_of(const struct patch *patch)
{
	struct diag diag;
	size_t n_bytes;
	char *text = NULL;

	if (patch_write(patch, &text, &n_bytes, &diag) < 0) {
		printf("%s\n", diag.text);
		CU_FAIL_FATAL("it cannot be written");
	}
	CU_ASSERT_EQUAL(strlen(text), n_bytes);
	return text;
}

static void turn(struct patch *patch, const char *target, const char *text)
{
	struct diag diag;
	float value;
	int m, p;

	CU_ASSERT_EQUAL_FATAL(target_read_value(patch, target, text, &m, &p, &value, &diag), 0);
	patch->modules[m].values[p] = value;
}

static void check_same_values(const struct patch *a, const struct patch *b)
{
	CU_ASSERT_EQUAL_FATAL(a->n_modules, b->n_modules);
	for (int m = 0; m < a->n_modules; m++) {
		const struct patch_module *x = &a->modules[m], *y = &b->modules[m];

		CU_ASSERT_EQUAL(memcmp(x->values, y->values, sizeof(x->values)), 0);
		for (int l = 0; l < MODULE_MAX_LISTS; l++)
			CU_ASSERT_EQUAL(
				patch_list_sum(a, &x->lists[l]), patch_list_sum(b, &y->lists[l]));
	}
}

static void turn_all(struct patch *patch)
{
	static const float notes[] = {36.0f, 49.0f, 48.5f};
	int m, l = target_find_list(patch, "seq1.notes", &m);

	turn(patch, "patch.tempo_bpm", "133.25");
	turn(patch, "osc1.freq_hz", "12345.5");
	turn(patch, "osc1.level", "0.25");
	turn(patch, "osc1.shape", "saw");
	turn(patch, "out.level", "0.7");
	CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[m], l, notes, 3), 0);
}

static void test_lines(void)
{
	struct patch *patch = read_text(source), *again;
	char *text = text_of(patch);

	CU_ASSERT_STRING_EQUAL(text, source); /* nothing was turned */
	free(text);
	turn_all(patch);
	text = text_of(patch);
	CU_ASSERT_STRING_EQUAL(text, changed);
	again = read_text(text);
	check_same_values(patch, again);
	free(text);
	patch_free(again);
	patch_free(patch);
}

/* Lines that are written as people think stay until their own value is turned. */
static void test_values_as_people_write_them(void)
{
	static const char written[] = "[osc1]\ntype = osc\nfreq_hz = (440 + 3) * 2 ; hertz\n"
				      "level = 1/4\npitch = c#4\n[lfo1]\ntype = lfo\n"
				      "division = 1_4\n[seq1]\ntype = seq\nnotes = c4, e4\n"
				      "pattern = 1 0 1 0\n[keys1]\ntype = keys\nlow = c2\n[out]\n"
				      "in = (osc1 + 0.1) / 2\n";
	static const char turned[] = "[osc1]\ntype = osc\nfreq_hz = 221           ; hertz\n"
				     "level = 1/4\npitch = c#4\n[lfo1]\ntype = lfo\n"
				     "division = 1/8\n[seq1]\ntype = seq\nnotes = 36 48.5\n"
				     "pattern = 1 0 1 0\n[keys1]\ntype = keys\nlow = 37\n[out]\n"
				     "in = (osc1 + 0.1) / 2\n";
	struct patch *patch = read_text(written), *again;
	int m, l = target_find_list(patch, "seq1.notes", &m);
	char *text = text_of(patch);

	CU_ASSERT_STRING_EQUAL(text, written);
	free(text);
	turn(patch, "osc1.freq_hz", "442 / 2");
	turn(patch, "lfo1.division", "1_8");
	turn(patch, "keys1.low", "c#2");
	CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[m], l, (float[]){36, 48.5f}, 2), 0);
	text = text_of(patch);
	CU_ASSERT_STRING_EQUAL(text, turned);
	again = read_text(text);
	check_same_values(patch, again);
	free(text);
	patch_free(again);
	patch_free(patch);
}

static char *with_crlf(const char *text, bool has_bom)
{
	char *to = malloc(2 * strlen(text) + 4), *c = to;

	if (has_bom)
		c = stpcpy(c, "\xef\xbb\xbf");
	for (; *text; text++) {
		if (*text == '\n')
			*c++ = '\r';
		*c++ = *text;
	}
	*c = '\0';
	return to;
}

static void test_other_ends(void)
{
	char *crlf = with_crlf(source, true), *expected = with_crlf(changed, true);
	struct patch *patch = read_text(crlf);
	char *text;

	turn_all(patch);
	text = text_of(patch);
	CU_ASSERT_STRING_EQUAL(text, expected);
	free(text);
	patch_free(patch);
	free(crlf);
	free(expected);
	patch = read_text("[out]\n"); /* no [patch] */
	turn(patch, "patch.tempo_bpm", "90");
	text = text_of(patch);
	CU_ASSERT_STRING_EQUAL(text, "[patch]\ntempo_bpm = 90\n\n[out]\n");
	free(text);
	patch_free(patch);
}

/* Every value of every shipped patch, to anything in its range. */
static void test_shipped(void)
{
	DIR *dir = opendir("config/patches");
	struct dirent *entry;
	unsigned dice = 7;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[300];
		struct patch *patch, *again;
		struct diag diag;
		char *text;

		if (!strstr(entry->d_name, ".ini"))
			continue;
		snprintf(path, sizeof(path), "config/patches/%s", entry->d_name);
		CU_ASSERT_EQUAL_FATAL(patch_read(path, &patch, &diag), 0);
		for (int m = 0; m < patch->n_modules; m++)
			for (int p = 0; p < patch->modules[m].desc->n_params; p++) {
				const struct param_desc *param = &patch->modules[m].desc->params[p];
				float share = (float)rand_r(&dice) / (float)RAND_MAX;

				patch->modules[m].values[p] =
					param->curve == CURVE_CHOICE
						? (float)(rand_r(&dice) % ((int)param->max + 1))
						: param->min + share * (param->max - param->min);
			}
		text = text_of(patch);
		again = read_text(text);
		check_same_values(patch, again);
		free(text);
		patch_free(again);
		patch_free(patch);
	}
	closedir(dir);
}

static void test_refused(void)
{
	struct patch *patch = read_text("[seq1]\ntype = seq\n[out]\nin = seq1.gate\n");
	struct patch *none = patch_new();
	float notes[LIST_MAX_ITEMS];
	struct diag diag;
	size_t n_bytes;
	char *text;
	int m, l = target_find_list(patch, "seq1.notes", &m);

	for (int i = 0; i < LIST_MAX_ITEMS; i++)
		notes[i] = 60.123f + (float)i * 0.25f;
	CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[m], l, notes, LIST_MAX_ITEMS), 0);
	CU_ASSERT_EQUAL(patch_write(patch, &text, &n_bytes, &diag), -E2BIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "seq1.notes: its line would have"));
	CU_ASSERT_EQUAL(patch_write(none, &text, &n_bytes, &diag), -ENOENT);
	patch_free(none);
	patch_free(patch);
}

SUITE_MAIN("patch_write", {"lines", test_lines},
	{"values as people write them", test_values_as_people_write_them},
	{"other ends", test_other_ends}, {"shipped patches", test_shipped},
	{"refused", test_refused})
