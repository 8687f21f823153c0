/* test_state_text.c - what outlives a power cut, from one desk to the next. */
#include "control/state_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "control/desk_state.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char first[] = "[patch]\nname = First\n[osc1]\ntype = osc\nlevel = 0.5\n"
			    "[seq1]\ntype = seq\n"
			    "notes = 36 48\n[out]\nin = osc1\n";
static const char second[] = "[patch]\nname = Second\n[osc1]\ntype = osc\nshape = saw\n"
			     "[osc2]\ntype = osc\n[out]\nin = osc1 * 0.5 + osc2 * 0.1\n";
static struct rig rig;
static struct state state;
static char second_path[200];

/* The rig's own patch is in no file. */
static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	if (strcmp(path, rig.patch->path) == 0)
		return patch_read_text(first, strlen(first), path, patch, diag);
	return patch_read(path, patch, diag);
}

static const struct state_opener opener = {open_patch, NULL};

static void begin(void)
{
	strcpy(second_path, spawn_file("second.ini", second));
	rig_open(&rig, first, &(struct rig_options){0});
	rig_run(&rig, 10);
}

static void expect_do(const char *command)
{
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	rig_run(&rig, 300);
}

/* What the desk holds now, as text; the caller's. */
static char *written(void)
{
	size_t n_bytes = 0;
	char *text = state_write(rig.desk, "start.ini", &n_bytes);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_EQUAL(strlen(text), n_bytes);
	return text;
}

static float value_of(const struct patch *patch, const char *target)
{
	struct diag diag;
	int m, p;

	CU_ASSERT_EQUAL_FATAL(target_find_param(patch, target, &m, &p, &diag), 0);
	return patch->modules[m].values[p];
}

/* Everything at once: turned, staged and committed values and lists, a patch before, a loaded one.
 * A desk that goes on from the text writes the same text. */
static void test_round_trip(void)
{
	char *text, *again;

	begin();
	expect_do("set osc1.freq_hz 123.456789");
	expect_do("stage seq1.notes 36 c#3 48.5");
	expect_do("commit");
	expect_do("set osc1.level 0.1");
	CU_ASSERT_EQUAL(desk_load(rig.desk, second_path, 0, &(struct diag){0}), 0);
	expect_do("commit");
	expect_do("set osc2.level 0.7");
	expect_do("set osc2.shape triangle");
	expect_do("stage osc1.shape square");
	expect_do("stage osc2.freq_hz 99.5");
	text = written();
	rig_close(&rig);

	begin();
	state_read(text, &opener, &state);
	CU_ASSERT_EQUAL(state.n_misfits, 0);
	CU_ASSERT_EQUAL(state.n_edited, 0);
	CU_ASSERT_STRING_EQUAL(state.start, "start.ini");
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.live);
	CU_ASSERT_STRING_EQUAL(state.live->name, "Second");
	CU_ASSERT_EQUAL(value_of(state.live, "osc2.level"), 0.7f);
	CU_ASSERT_EQUAL(value_of(state.live, "osc2.shape"), 3.0f);
	CU_ASSERT_EQUAL(value_of(state.live, "osc1.level"), 1.0f); /* its own */
	CU_ASSERT_EQUAL(state.left.n, 1);
	CU_ASSERT_EQUAL(state.n_undo, 2);
	CU_ASSERT_EQUAL(value_of(state.undo[1], "osc1.freq_hz"), 123.456789f);
	CU_ASSERT_EQUAL(desk_replace(rig.desk, state.live), 0);
	state.live = NULL;
	rig_run(&rig, 300);
	desk_resume(rig.desk, &state);
	state_free(&state);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 2); /* the one before it is not remembered */
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 2);
	again = written();
	CU_ASSERT_STRING_EQUAL(again, text);
	expect_do("undo");
	CU_ASSERT_EQUAL(value_of(rig.desk->live, "osc1.freq_hz"), 123.456789f);
	free(again);
	free(text);
	rig_close(&rig);
}

static void test_loaded_and_staged(void)
{
	char *text;

	begin();
	CU_ASSERT_EQUAL(desk_load(rig.desk, second_path, 0, &(struct diag){0}), 0);
	expect_do("stage osc2.level 0.3");
	text = written();
	rig_close(&rig);
	begin();
	state_read(text, &opener, &state);
	desk_resume(rig.desk, &state);
	CU_ASSERT_EQUAL(state.n_misfits, 0);
	CU_ASSERT_STRING_EQUAL(desk_staged_patch(rig.desk), "Second");
	expect_do("commit");
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Second");
	CU_ASSERT_EQUAL(value_of(rig.desk->live, "osc2.level"), 0.3f);
	state_free(&state);
	free(text);
	rig_close(&rig);
}

/* A patch that was edited since, a module, parameter and file that are gone, a value out of range: the
 * rest fits. */
static void test_misfits(void)
{
	static const char text[] = "start x.ini\n"
				   "undo /nowhere/gone.ini\nmark 1\nvalue osc1.level 0.4\n"
				   "live %s\nmark 1\n"
				   "value osc1.level 0.25\nvalue osc9.level 0.5\n"
				   "value osc1.nothing 3\nvalue osc1.level 99\n"
				   "list osc1.notes 36\nlist nothing\nvalue\nnonsense here\n"
				   "stage osc1.shape saw\nstage osc7.shape saw\n";
	char whole[800];

	begin();
	snprintf(whole, sizeof(whole), text, second_path);
	state_read(whole, &opener, &state);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.live);
	CU_ASSERT_EQUAL(value_of(state.live, "osc1.level"), 0.25f);
	CU_ASSERT_EQUAL(state.n_undo, 0);
	CU_ASSERT_EQUAL(state.n_misfits, 5); /* file, module, parameter, range, list */
	CU_ASSERT_EQUAL(state.n_edited, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(state.misfit.text, "gone.ini"));
	desk_resume(rig.desk, &state);
	CU_ASSERT_EQUAL(state.n_misfits, 6);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	state_free(&state);
	state_read("", &opener, &state);
	CU_ASSERT_PTR_NULL(state.live);
	state_free(&state);
	rig_close(&rig);
}

static void test_a_file_that_changed(void)
{
	char *text;

	begin();
	CU_ASSERT_EQUAL(desk_load(rig.desk, second_path, 0, &(struct diag){0}), 0);
	expect_do("commit");
	expect_do("set osc1.level 0.3");
	expect_do("set osc1.freq_hz 333");
	text = written();
	spawn_file("second.ini", "[patch]\nname = Third\n[osc1]\ntype = osc\nlevel = 0.9\n"
				 "[out]\nin = osc1\n");
	state_read(text, &opener, &state);
	CU_ASSERT_EQUAL(state.n_misfits, 0);
	CU_ASSERT_EQUAL(state.n_edited, 1);
	CU_ASSERT_STRING_EQUAL(state.live->name, "Third");
	CU_ASSERT_EQUAL(value_of(state.live, "osc1.level"), 0.9f); /* the file wins */
	CU_ASSERT_EQUAL(value_of(state.live, "osc1.freq_hz"), 333.0f);
	state_free(&state);
	free(text);
	rig_close(&rig);
}

/* Whatever the text tells is a change; and nothing else is. */
static void test_changes(void)
{
	static const char *const changing[] = {
		"set osc1.level 0.2", "stage osc1.level 0.4", "commit", "undo"};
	uint64_t n;

	begin();
	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++) {
		n = desk_n_changes(rig.desk);
		expect_do(changing[i]);
		CU_ASSERT_NOT_EQUAL(desk_n_changes(rig.desk), n);
	}
	n = desk_n_changes(rig.desk);
	CU_ASSERT_NOT_EQUAL(rig_do(&rig, "set osc1.nothing 1"), 0);
	expect_do("gate * off");
	rig_run(&rig, 300);
	CU_ASSERT_EQUAL(desk_n_changes(rig.desk), n);
	CU_ASSERT_EQUAL(desk_load(rig.desk, second_path, 0, &(struct diag){0}), 0);
	CU_ASSERT_NOT_EQUAL(desk_n_changes(rig.desk), n);
	rig_close(&rig);
}

/* A state that comes late does not take away what inputs have done; values are of the patch that they
 * were turned in. */
static void test_an_input_was_quicker(void)
{
	struct patch *patch;
	struct diag diag;

	begin();
	expect_do("stage osc1.level 0.4");
	CU_ASSERT_EQUAL(patch_read(second_path, &patch, &diag), 0);
	CU_ASSERT_EQUAL(desk_replace(rig.desk, patch), -EBUSY);
	CU_ASSERT_PTR_NULL(desk_staged_patch(rig.desk));
	expect_do("commit");
	CU_ASSERT_EQUAL(patch_read(second_path, &patch, &diag), 0);
	CU_ASSERT_EQUAL(desk_replace(rig.desk, patch), -EBUSY);
	rig_close(&rig);
	begin();
	expect_do("set osc1.level 0.15");
	CU_ASSERT_EQUAL(patch_read(second_path, &patch, &diag), 0);
	CU_ASSERT_EQUAL(desk_replace(rig.desk, patch), 0);
	rig_run(&rig, 300);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Second");
	CU_ASSERT_EQUAL(value_of(rig.desk->live, "osc1.level"), 1.0f);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 0);
	rig_close(&rig);
}

SUITE_MAIN("state_text", {"there and back", test_round_trip},
	{"loaded and staged", test_loaded_and_staged}, {"what no longer fits", test_misfits},
	{"a file that changed", test_a_file_that_changed}, {"what is a change", test_changes},
	{"an input was quicker", test_an_input_was_quicker})
