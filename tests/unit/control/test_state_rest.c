/* test_state_rest.c - what of a state does not fit now stays in it, in its place, until it fits again or a
 * hand replaces it. */
#include "control/state_rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "control/desk_state.h"
#include "control/state_text.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char heard[] = "[patch]\nname = Heard\n[osc1]\ntype = osc\n[out]\nin = osc1\n";
static const char other[] = "[patch]\nname = Other\n[osc1]\ntype = osc\n[osc2]\ntype = osc\n"
			    "[out]\nin = osc1\n";
static struct rig rig;
static struct state state;
static char other_path[200], gone_path[200], text[3000];

/* The rig's own patch is in no file. */
static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	if (strcmp(path, "heard.ini") == 0)
		return patch_read_text(heard, strlen(heard), path, patch, diag);
	return patch_read(path, patch, diag);
}

static const struct state_opener opener = {open_patch, NULL};

/* A desk that has begun with heard.ini and goes on from the text. */
static void begin(const char *format)
{
	snprintf(other_path, sizeof(other_path), "%s", spawn_file("other.ini", other));
	snprintf(gone_path, sizeof(gone_path), "%s/gone.ini", spawn_folder());
	remove(gone_path);
	rig_open(&rig, heard, &(struct rig_options){0});
	strcpy(rig.desk->live->path, "heard.ini");
	rig_run(&rig, 10);
	snprintf(text, sizeof(text), format, gone_path, other_path);
	state_read(text, &opener, &state);
	patch_free(state.live);
	state.live = NULL;
	desk_resume(rig.desk, &state);
}

static void end(void)
{
	state_free(&state);
	rig_close(&rig);
}

static void expect_do(const char *command)
{
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	rig_run(&rig, 300);
}

/* What the desk would keep now. */
static const char *written(void)
{
	static char copy[6000];
	size_t n_bytes = 0;
	char *now = state_write(rig.desk, "start.ini", &n_bytes);

	CU_ASSERT_PTR_NOT_NULL_FATAL(now);
	snprintf(copy, sizeof(copy), "%s", now);
	free(now);
	return copy;
}

/* The words stand in what is written, in this order; NULL ends them. */
static void expect_order(const char *const *words)
{
	const char *all = written(), *at = all;

	for (; *words; words++) {
		const char *found = strstr(at, *words);

		if (!found)
			printf("\n  expected %s in: %s\n", *words, all);
		CU_ASSERT_PTR_NOT_NULL_FATAL(found);
		at = found + strlen(*words);
	}
}

static void expect_none(const char *word)
{
	if (strstr(written(), word))
		printf("\n  unexpected %s in: %s\n", word, written());
	CU_ASSERT_PTR_NULL(strstr(written(), word));
}

static float value_of(const struct patch *patch, const char *target)
{
	struct diag diag;
	int m, p;

	CU_ASSERT_EQUAL_FATAL(target_find_param(patch, target, &m, &p, &diag), 0);
	return patch->modules[m].values[p];
}

/* The file is there again: the next start reads what is written now. */
static void read_again(void)
{
	static struct state again;

	spawn_file("gone.ini", "[patch]\nname = Gone\n[osc1]\ntype = osc\n[osc9]\ntype = osc\n"
			       "[out]\nin = osc1\n");
	state_read(written(), &opener, &again);
	CU_ASSERT_EQUAL(again.n_misfits, 0);
	CU_ASSERT_EQUAL(again.rest.n, 0);
	state_free(&state);
	state = again;
}

static void test_live_patch_is_missing(void)
{
	begin("start start.ini\nundo %2$s\nvalue osc2.level 0.25\nlive %1$s\nmark 12\n"
	      "value osc1.level 0.125\nstage osc1.shape saw\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(state.missing.text, "gone.ini"));
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 1);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0); /* it was for that patch */
	CU_ASSERT_TRUE(desk_misses_patch(rig.desk));
	expect_do("set osc1.level 0.75");
	expect_do("stage osc1.freq_hz 99");
	expect_order((const char *const[]){"undo ", "other.ini\n", "value osc2.level 0.25\n",
		"live heard.ini\n", "value osc1.level 0.75\n", "stage osc1.freq_hz 99\n", "live ",
		"gone.ini\nmark 12\nvalue osc1.level 0.125\nstage osc1.shape saw\n", NULL});
	read_again();
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.live);
	CU_ASSERT_STRING_EQUAL(state.live->name, "Gone");
	CU_ASSERT_EQUAL(value_of(state.live, "osc1.level"), 0.125f);
	CU_ASSERT_EQUAL_FATAL(state.n_undo, 2); /* what was done meanwhile is a step back */
	CU_ASSERT_EQUAL(value_of(state.undo[1], "osc1.level"), 0.75f);
	CU_ASSERT_EQUAL(value_of(state.undo[0], "osc2.level"), 0.25f);
	CU_ASSERT_STRING_EQUAL(state.stages, "osc1.freq_hz 99\nosc1.shape saw\n");
	end();
}

/* A hand goes on to another patch: the missing one becomes a step back. */
static void test_live_patch_is_replaced(void)
{
	begin("start start.ini\nlive %1$s\nvalue osc1.level 0.125\n");
	CU_ASSERT_EQUAL(desk_load(rig.desk, other_path, 0, &(struct diag){0}), 0);
	expect_do("commit");
	CU_ASSERT_FALSE(desk_misses_patch(rig.desk));
	expect_order((const char *const[]){"undo ", "gone.ini\nvalue osc1.level 0.125\n",
		"undo heard.ini\n", "live ", "other.ini\n", NULL});
	read_again();
	CU_ASSERT_STRING_EQUAL(state.live->name, "Other");
	CU_ASSERT_EQUAL_FATAL(state.n_undo, 2);
	CU_ASSERT_EQUAL(value_of(state.undo[0], "osc1.level"), 0.125f);
	expect_do("undo");
	expect_order((const char *const[]){"undo ", "gone.ini\n", "live heard.ini\n", NULL});
	end();
}

static void test_step_is_missing(void)
{
	begin("start start.ini\nundo %2$s\nvalue osc1.level 0.1\nundo %1$s\n"
	      "value osc1.level 0.2\nundo %2$s\nvalue osc1.level 0.3\nlive heard.ini\n");
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 2);
	CU_ASSERT_FALSE(desk_misses_patch(rig.desk));
	expect_do("stage osc1.level 0.875");
	expect_do("commit");
	expect_order((const char *const[]){"osc1.level 0.1", "gone.ini\nvalue osc1.level 0.2\n",
		"osc1.level 0.3", "undo heard.ini", "live heard.ini", "osc1.level 0.875", NULL});
	read_again();
	CU_ASSERT_EQUAL_FATAL(state.n_undo, 4);
	CU_ASSERT_EQUAL(value_of(state.undo[1], "osc1.level"), 0.2f);
	expect_do("undo");
	expect_do("undo");
	expect_order((const char *const[]){"osc1.level 0.1", "gone.ini\n", "live ", NULL});
	expect_do("undo"); /* past it */
	expect_none("gone.ini");
	end();
}

static void test_loaded_patch_is_missing(void)
{
	static const char kept[] = "start start.ini\nlive heard.ini\nloaded %1$s\n"
				   "value osc1.level 0.4\nstage osc1.shape saw\n";

	begin(kept);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0);
	CU_ASSERT_PTR_NULL(desk_staged_patch(rig.desk));
	expect_do("set osc1.level 0.6");
	expect_order((const char *const[]){"live heard.ini", "value osc1.level 0.6", "loaded ",
		"gone.ini\nvalue osc1.level 0.4\nstage osc1.shape saw\n", NULL});
	read_again();
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.loaded);
	CU_ASSERT_EQUAL(value_of(state.loaded, "osc1.level"), 0.4f);
	CU_ASSERT_STRING_EQUAL(state.stages, "osc1.shape saw\n");
	CU_ASSERT_EQUAL(desk_load(rig.desk, other_path, 0, &(struct diag){0}), 0);
	expect_none("gone.ini");
	end();
	begin(kept);
	expect_do("stage osc1.level 0.2");
	expect_do("commit");
	expect_none("gone.ini");
	end();
}

/* Lines for a module that is gone go with their patch. */
static void test_lines_that_do_not_fit(void)
{
	begin("start start.ini\nundo %2$s\nvalue osc9.level 0.1\nlive heard.ini\n"
	      "value osc9.level 0.5\nlist osc9.notes 36\nstage osc9.shape saw\n");
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 1);
	expect_order((const char *const[]){"other.ini", "value osc9.level 0.1\n",
		"live heard.ini\n", "value osc9.level 0.5\nlist osc9.notes 36\n",
		"stage osc9.shape saw\n", NULL});
	CU_ASSERT_EQUAL(desk_load(rig.desk, other_path, 0, &(struct diag){0}), 0);
	expect_none("stage");
	expect_do("commit");
	expect_order((const char *const[]){"osc9.level 0.1\n", "undo heard.ini\n",
		"osc9.level 0.5\n", "live ", "other.ini\n", NULL});
	CU_ASSERT_PTR_NULL(strstr(strstr(written(), "live "), "osc9"));
	expect_do("undo");
	expect_order((const char *const[]){
		"osc9.level 0.1\n", "live heard.ini\n", "osc9.level 0.5\n", NULL});
	expect_do("stage osc1.level 0.5"); /* the same patch goes on, and they with it */
	expect_do("commit");
	expect_order((const char *const[]){"undo heard.ini\n", "osc9.level 0.5\n",
		"live heard.ini\n", "osc9.level 0.5\n", NULL});
	end();
}

/* The state comes when inputs have committed already: its patches are older steps. */
static void test_inputs_were_quicker(void)
{
	begin("start start.ini\n");
	expect_do("stage osc1.level 0.875");
	expect_do("commit");
	expect_do("stage osc1.level 0.8125");
	state_free(&state);
	snprintf(text, sizeof(text),
		"start start.ini\nundo %s\nvalue osc1.level 0.1\nlive %s\nvalue osc1.level 0.2\n"
		"live %s\nstage osc1.shape saw\n",
		other_path, other_path, gone_path);
	state_read(text, &opener, &state);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.live);
	state_to_steps(&state);
	desk_resume(rig.desk, &state);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 3);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	expect_order((const char *const[]){"osc1.level 0.1", "gone.ini", "osc1.level 0.2",
		"undo heard.ini", "live heard.ini", "stage osc1.level 0.8125", NULL});
	expect_do("undo");
	expect_do("undo");
	CU_ASSERT_EQUAL(value_of(rig.desk->live, "osc1.level"), 0.2f);
	end();
}

/* More steps than there is room for: the oldest are lost, and what belongs to them. */
static void test_steps_overflow(void)
{
	begin("start start.ini\nundo %1$s\nundo %2$s\nvalue osc9.level 0.1\nlive heard.ini\n");
	for (int i = 0; i < DESK_MAX_UNDO - 1; i++) {
		expect_do("stage osc1.level 0.5");
		expect_do("commit");
	}
	expect_order((const char *const[]){"gone.ini", "osc9.level 0.1", "undo heard.ini", NULL});
	expect_do("stage osc1.level 0.5");
	expect_do("commit");
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), DESK_MAX_UNDO);
	expect_none("gone.ini");
	expect_none("osc9");
	end();
}

static void test_room(void)
{
	struct state_rest rest = {.n = 0};
	char *large = calloc(1, REST_MAX_BYTES + 1);

	memset(large, 'x', REST_MAX_BYTES);
	large[REST_MAX_BYTES - 1] = '\n';
	for (int i = 0; i < REST_MAX_LEFTOVERS + 10; i++)
		rest_add(&rest, REST_UNDO, true, i, "undo a\n", 7);
	CU_ASSERT_EQUAL(rest.n, REST_MAX_LEFTOVERS);
	CU_ASSERT_EQUAL(rest.leftovers[0].at, 10); /* the oldest are gone */
	rest_add(&rest, REST_LIVE, true, 0, large, REST_MAX_BYTES + 1);
	CU_ASSERT_EQUAL(rest.n, REST_MAX_LEFTOVERS); /* as if there were no memory */
	rest_add(&rest, REST_LIVE, true, 0, large, REST_MAX_BYTES);
	CU_ASSERT_EQUAL(rest.n, 1);
	CU_ASSERT_EQUAL(rest.leftovers[0].of, REST_LIVE);
	rest_free(&rest);
	free(large);
}

/* Nothing that is written behind it becomes part of its last line. */
static void test_text_without_an_end(void)
{
	begin("start start.ini\nlive heard.ini\nundo %1$s");
	expect_order((const char *const[]){"undo ", "gone.ini\nlive heard.ini\n", NULL});
	end();
}

SUITE_MAIN("state_rest", {"the live patch is missing", test_live_patch_is_missing},
	{"it is replaced", test_live_patch_is_replaced},
	{"a step is missing", test_step_is_missing},
	{"the loaded patch is missing", test_loaded_patch_is_missing},
	{"lines that do not fit", test_lines_that_do_not_fit},
	{"inputs were quicker", test_inputs_were_quicker}, {"steps overflow", test_steps_overflow},
	{"a text without an end", test_text_without_an_end}, {"room", test_room})
