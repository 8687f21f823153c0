/* Lists in a patch's file: what is taken, what is refused and how, and what a program gets. */
#include <stdio.h>
#include <stdlib.h>

#include "config/patch_read.h"
#include "dsp/list_text.h"
#include "patch/program.h"
#include "tests/support/suite.h"
#include "tests/support/test_modules.h"

TEST_REGISTRY(&mixer_module);

static struct patch *read_seq(const char *lines, struct diag *diag)
{
	struct patch *patch = NULL;
	char text[700];

	snprintf(text, sizeof(text), "[a]\ntype = t_seq\n%s\n[out]\nin = a\n", lines);
	patch_read_text(text, strlen(text), "f.ini", &patch, diag);
	return patch;
}

static void test_what_is_written_arrives(void)
{
	struct program_config config = {.rate_hz = 48000.0f, .block_frames = 64};
	struct diag diag;
	struct patch *patch =
		read_seq("pattern = X.x- x   ; a comment\nnotes = 36 c#3 Bb-1 60.5", &diag);
	const struct module_list *lists;
	struct program *program;
	struct arena arena;

	CU_ASSERT_PTR_NOT_NULL_FATAL(patch);
	CU_ASSERT_EQUAL_FATAL(arena_open(&arena, 1u << 20), 0);
	CU_ASSERT_EQUAL(program_compile(patch, &config, &arena, &program, &diag), 0);
	patch_free(patch);
	lists = program->instances[1].parts[0].io.lists;
	CU_ASSERT_EQUAL(lists[0].n, 5);
	CU_ASSERT_EQUAL(memcmp(lists[0].at, (float[]){2, 0, 1, 3, 1}, 20), 0);
	CU_ASSERT_EQUAL(lists[1].n, 4);
	CU_ASSERT_EQUAL(memcmp(lists[1].at, (float[]){36, 49, 10, 60.5f}, 16), 0);
	/* what is not written is the descriptor's */
	patch = read_seq("", &diag);
	CU_ASSERT_PTR_NOT_NULL_FATAL(patch);
	CU_ASSERT_EQUAL(program_compile(patch, &config, &arena, &program, &diag), 0);
	lists = program->instances[1].parts[0].io.lists;
	CU_ASSERT_EQUAL(lists[0].n, 1);
	CU_ASSERT_EQUAL(lists[1].n, 4);
	CU_ASSERT_EQUAL(lists[1].at[3], 65.0f);
	patch_free(patch);
	arena_close(&arena);
}

static void test_what_is_refused(void)
{
	static const char *const rows[][2] = {
		{"pattern = X.z", "f.ini:3: [a] pattern: 'z' cannot be; allowed: . rest, x hit"},
		{"notes = 36 h4", "f.ini:3: [a] notes: 'h4' cannot be; allowed: MIDI note numbers"},
		{"notes = 36 128", "f.ini:3: [a] notes: '128' is out of range; allowed: 0..127"},
		{"notes =", "f.ini:3: [a] notes: empty; allowed: MIDI note numbers"},
		{"notes = 36, ,37", "f.ini:3: [a] notes: ',37': a comma stands between"},
		{"pattern = x\npattern = x", "f.ini:4: [a] pattern: the key was given before"},
		{"patern = x",
			"f.ini:3: [a] patern: unknown key for a module of type t_seq (did you "
			"mean pattern?); allowed: pattern notes"},
		{"notes.mod = a", "f.ini:3: [a] notes.mod: unknown key"},
		{"pattern = ................................................................x",
			"f.ini:3: [a] pattern: more than 64 items"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag diag = {{0}};
		struct patch *patch = read_seq(rows[i][0], &diag);

		CU_ASSERT_PTR_NULL(patch);
		patch_free(patch);
		if (strncmp(diag.text, rows[i][1], strlen(rows[i][1])) != 0) {
			printf("\n    expected: %s\n    got: %s", rows[i][1], diag.text);
			CU_FAIL("a message");
		}
	}
}

/* A list as text reads back to the same numbers; the longest fits. */
static void test_text_and_back(void)
{
	static const struct list_desc numbers = {"n", "N", LIST_NUMBERS, -1e9f, 1e9f, "0"};
	float items[LIST_MAX_ITEMS], back[LIST_MAX_ITEMS];
	char text[LIST_TEXT_BYTES];
	struct diag diag;

	for (int i = 0; i < LIST_MAX_ITEMS; i++)
		items[i] = -1.23456789e-10f * (float)(i + 1) * (i % 2 ? 1e17f : 1.0f);
	list_write(&numbers, items, LIST_MAX_ITEMS, text);
	CU_ASSERT_EQUAL(list_read(&numbers, text, back, &diag), LIST_MAX_ITEMS);
	CU_ASSERT_EQUAL(memcmp(items, back, sizeof(items)), 0);
	list_write(&t_seq.lists[0], (float[]){2, 0, 1, 3}, 4, text);
	CU_ASSERT_STRING_EQUAL(text, "X.x-");
}

static void test_notes_are_read(void)
{
	static const char *const bad[] = {
		"", "h2", "60.5", "c", "c#", "128", "-1", "a9", "60x", "c4 "};
	struct diag diag;
	int note = -5;

	CU_ASSERT_EQUAL(note_read("60", &note, &diag), 0);
	CU_ASSERT_EQUAL(note, 60);
	CU_ASSERT_EQUAL(note_read("c-1", &note, &diag), 0);
	CU_ASSERT_EQUAL(note, 0);
	CU_ASSERT_EQUAL(note_read("g9", &note, &diag), 0);
	CU_ASSERT_EQUAL(note, 127);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CU_ASSERT_TRUE(note_read(bad[i], &note, &diag) < 0);
	CU_ASSERT_EQUAL(note, 127);
}

SUITE_MAIN("patch_lists", {"what is written arrives", test_what_is_written_arrives},
	{"what is refused", test_what_is_refused}, {"text and back", test_text_and_back},
	{"notes are read", test_notes_are_read})
