/* The desk: the command language, and what commits keep. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desk_state.h"
#include "patch/program.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char patch_text[] = "[patch]\nname = Test\n[osc1]\ntype = osc\nlevel = 0.5\n"
				 "[env1]\ntype = adsr\nin = osc1\nsustain = 1\n[out]\nin = env1\n";
static struct rig rig;

static void reply_to(const char *command, char *reply)
{
	desk_command(rig.desk, command, reply, DESK_REPLY_BYTES);
}

static void test_every_bad_command_says_why(void)
{
	static const char *const rows[][2] = {
		{"", "empty"},
		{"dance",
			"there are turn press set stage gate note midi panic load commit undo revert "
			"next previous tap tempo snapshot recall save cut get show list knobs fault quit"},
		{"set", "usage: set MODULE.PARAM VALUE"},
		{"set osc1.freq_hz 1 2 3", "is not a number"},
		{"set osc1.freq_hz 99999", "20000"},
		{"set osc1.freq_hz nan", "freq_hz"},
		{"set osc1.frequency 440", "no parameter frequency; it has shape freq_hz level"},
		{"set osc9.freq_hz 440", "no module osc9"},
		{"set osc1 440", "MODULE.PARAM"},
		{"set osc1.shape round", "sine"},
		{"gate osc1 on", "has no gate"},
		{"gate env1 perhaps", "on"},
		{"turn volume +1", "there is no knob volume"},
		{"turn volume 1", "+N or -N"},
		{"press nothing", "there is no button nothing"},
		{"press nothing hard", "only `long`, `double`"},
		{"load /nowhere.ini", "/nowhere.ini"},
		{"undo", "nothing to undo"},
	};

	rig_open(&rig, patch_text, &(struct rig_options){0});
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char reply[DESK_REPLY_BYTES];

		reply_to(rows[i][0], reply);
		if (strncmp(reply, "error: ", 7) != 0 || !strstr(reply, rows[i][1])) {
			printf("\n  %s -> %s (expected %s)", rows[i][0], reply, rows[i][1]);
			CU_FAIL("a reply");
		}
	}
	rig_run(&rig, 20);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_EVENTS), 0); /* nothing was half-done */
	rig_close(&rig);
}

static void add_knobs(void)
{
	rig.settings.n_knobs = 3;
	rig.settings.knobs[0] = (struct settings_knob){
		.name = "pitch", .range_detents = 251, .controls = {{.target = "osc1.freq_hz"}}};
	rig.settings.knobs[1] = (struct settings_knob){.name = "shape",
		.range_detents = 64,
		.controls = {{.target = "osc1.shape"}},
		.when = WHEN_STAGED,
		.presses = {{.does = PRESS_COMMIT}}};
	rig.settings.knobs[2] = (struct settings_knob){
		.name = "other", .range_detents = 64, .controls = {{.target = "lfo9.rate"}}};
	rig.settings.n_buttons = 1;
	rig.settings.buttons[0] = (struct settings_button){
		.name = "commit", .presses = {{.does = PRESS_COMMIT}, {.does = PRESS_UNDO}}};
	desk_rebind(rig.desk);
}

static void test_knobs(void)
{
	struct desk_knob_view view;
	char reply[DESK_REPLY_BYTES];

	rig_open(&rig, patch_text, &(struct rig_options){0});
	add_knobs();
	CU_ASSERT_EQUAL(rig_do(&rig, "turn pitch +12"), 0); /* a detent is a semitone, nearly */
	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_DOUBLE_EQUAL(atof(view.value), 880.0, 12.0);
	CU_ASSERT_EQUAL(rig_do(&rig, "turn pitch -10000"), 0);
	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_DOUBLE_EQUAL(atof(view.value), 0.01, 1e-6); /* it ends at the range */
	CU_ASSERT_EQUAL(rig_do(&rig, "turn shape +2"), 0);
	desk_view_knob(rig.desk, 1, &view);
	CU_ASSERT_TRUE(view.has_staged);
	CU_ASSERT_STRING_EQUAL(view.value, "sine");
	CU_ASSERT_STRING_EQUAL(view.staged, "square");
	rig_run(&rig, 30);
	CU_ASSERT_EQUAL(rig_do(&rig, "press shape"), 0);
	rig_run(&rig, 60);
	desk_view_knob(rig.desk, 1, &view);
	CU_ASSERT_STRING_EQUAL(view.value, "square");
	CU_ASSERT_FALSE(view.has_staged);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 1);
	CU_ASSERT_EQUAL(rig_do(&rig, "press commit long"), 0);
	rig_run(&rig, 60);
	desk_view_knob(rig.desk, 1, &view);
	CU_ASSERT_STRING_EQUAL(view.value, "sine");
	desk_view_knob(rig.desk, 2, &view);
	CU_ASSERT_FALSE(view.is_there);
	reply_to("turn other +1", reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "no module lfo9"));
	rig_close(&rig);
}

/* A push that brings the default back: at once, or with the commit, as the knob's turns. */
static void test_a_push_to_the_default(void)
{
	struct desk_knob_view view;
	char reply[DESK_REPLY_BYTES];

	rig_open(&rig, patch_text, &(struct rig_options){0});
	add_knobs();
	rig.settings.knobs[0].presses[PRESS_SHORT].does = PRESS_DEFAULT;
	rig.settings.knobs[1].presses[PRESS_LONG].does = PRESS_DEFAULT;
	rig.settings.knobs[2].presses[PRESS_SHORT].does = PRESS_DEFAULT;
	CU_ASSERT_EQUAL(rig_do(&rig, "turn pitch -24"), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "press pitch"), 0);
	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_EQUAL(atof(view.value), 440.0);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "turn shape +2"), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "press shape long"), 0);
	desk_view_knob(rig.desk, 1, &view);
	CU_ASSERT_TRUE(view.has_staged);
	CU_ASSERT_STRING_EQUAL(view.staged, "sine");
	reply_to("press other", reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "no module lfo9"));
	rig_close(&rig);
}

/* Commits asked for while one is under way: the newest edits are heard, none is lost. */
static void test_commits_coalesce(void)
{
	rig_open(&rig, patch_text, &(struct rig_options){0});
	rig_run(&rig, 20);
	for (int i = 1; i <= 20; i++) {
		char command[60];

		snprintf(command, sizeof(command), "stage osc1.freq_hz %d", 100 * i);
		rig_do(&rig, command);
		rig_do(&rig, "commit");
		rig_run(&rig, 1);
	}
	rig_run(&rig, 100);
	CU_ASSERT_FALSE(desk_is_busy(rig.desk));
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_COMMITS) >= 2);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_COMMITS) <= 20);
	add_knobs();
	struct desk_knob_view view;

	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_DOUBLE_EQUAL(atof(view.value), 2000.0, 0.5);
	rig_close(&rig);
}

/* Twenty commits are taken back one by one, each with the values that it had: staged ones, and
 * what was turned between two commits. */
static void test_undo_goes_far_back(void)
{
	enum { N_STEPS = 20 };

	rig_open(&rig, patch_text, &(struct rig_options){0});
	rig_do(&rig, "gate env1 on");
	for (int i = 1; i <= N_STEPS; i++) {
		char command[60];

		snprintf(command, sizeof(command), "set osc1.freq_hz %d", 200 + i);
		rig_do(&rig, command);
		rig_run(&rig, 5);
		snprintf(command, sizeof(command), "stage osc1.level 0.%02d", i + 10);
		rig_do(&rig, command);
		rig_do(&rig, "commit");
		rig_run(&rig, 60);
	}
	for (int i = N_STEPS; i >= 1; i--) {
		const struct instance *osc, *env;

		CU_ASSERT_EQUAL(rig_do(&rig, "undo"), 0);
		rig_run(&rig, 60);
		osc = &engine_program(rig.engine, engine_live(rig.engine))->instances[1];
		env = &engine_program(rig.engine, engine_live(rig.engine))->instances[2];
		CU_ASSERT_EQUAL(osc->ramps[1].target, (float)(200 + i));
		CU_ASSERT_DOUBLE_EQUAL(
			(double)osc->ramps[2].target, i > 1 ? 0.09 + 0.01 * i : 0.5, 1e-6);
		CU_ASSERT_EQUAL(env->gate->is_on, 1);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 2 * N_STEPS);
	CU_ASSERT_TRUE(rig_do(&rig, "undo") < 0);
	rig_close(&rig);
}

/* Both workers come to hold every patch: roles move, storage does not. */
static void test_roles_alternate(void)
{
	int was_live[2] = {0, 0};

	rig_open(&rig, patch_text, &(struct rig_options){0});
	for (int i = 0; i < 20; i++) {
		was_live[engine_live(rig.engine)]++;
		rig_do(&rig, i % 2 ? "stage osc1.shape saw" : "stage osc1.shape sine");
		rig_do(&rig, "commit");
		rig_run(&rig, 60);
		CU_ASSERT_EQUAL(
			engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 20);
	CU_ASSERT_EQUAL(was_live[0], 10);
	CU_ASSERT_EQUAL(was_live[1], 10);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_RESYNCS), 20);
	rig_close(&rig);
}

/* 10 000 messages at once: the log is smaller; the last value and every gate edge arrive. */
static void test_a_flood_ends_right(void)
{
	struct desk_knob_view view;

	rig_open(&rig, patch_text, &(struct rig_options){0});
	add_knobs();
	for (int i = 1; i <= 10000; i++) {
		char command[60];

		snprintf(command, sizeof(command), "set osc1.freq_hz %d", 100 + i);
		rig_do(&rig, command);
		if (i % 100 == 0)
			rig_do(&rig, i % 200 ? "gate env1 on" : "gate env1 off");
	}
	CU_ASSERT_TRUE(desk_is_busy(rig.desk)); /* some wait */
	/* another parameter of the same module takes no place of the first */
	rig_do(&rig, "set osc1.level 0.25");
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 200);
	CU_ASSERT_FALSE(desk_is_busy(rig.desk));
	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_DOUBLE_EQUAL(atof(view.value), 10100.0, 1.0);
	for (int s = 0; s < N_SLOTS; s++) {
		const struct instance *osc = &engine_program(rig.engine, s)->instances[1];
		const struct instance *env = &engine_program(rig.engine, s)->instances[2];

		CU_ASSERT_EQUAL(osc->ramps[1].target, 10100.0f);
		CU_ASSERT_EQUAL(osc->ramps[module_param_find(osc->desc, "level")].target, 0.25f);
		CU_ASSERT_EQUAL(env->gate->is_on, 1);
	}
	rig_close(&rig);
}

/* A patch that cannot be built is refused with its reason; what plays plays on, and the next
 * commit works. */
static void test_refusal_leaves_all_well(void)
{
	const char *big = spawn_file("big.ini",
		"[d1]\ntype = delay\nin = 1\n[d2]\ntype = delay\nin = d1\n[d3]\ntype = delay\n"
		"in = d2\n[d4]\ntype = delay\nin = d3\n[d5]\ntype = delay\nin = d4\n"
		"[d6]\ntype = delay\nin = d5\n[out]\nin = d6\n");
	char command[300], reply[DESK_REPLY_BYTES];

	rig_open(&rig, patch_text, &(struct rig_options){0});
	rig_run(&rig, 20);
	snprintf(command, sizeof(command), "load %s", big);
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	reply_to("commit", reply);
	CU_ASSERT_EQUAL(strncmp(reply, "error: ", 7), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "arena_mb"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.stats->texts.refused_why, "arena_mb"));
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 0);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Test");
	CU_ASSERT_EQUAL(engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
	snprintf(command, sizeof(command), "load %s", spawn_file("good.ini", patch_text));
	rig_do(&rig, command);
	CU_ASSERT_EQUAL(rig_do(&rig, "commit"), 0);
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	rig_close(&rig);
}

/* A module of the same name but another kind takes nothing over: neither its gate nor its notes
 * are down. */
static void test_held_by_its_kind(void)
{
	static const char *const texts[] = {
		patch_text, "[env1]\ntype = drum\n[osc1]\ntype = osc\n[out]\nin = env1 + osc1\n"};

	for (int is_other = 0; is_other < 2; is_other++) {
		char command[300];
		int m;

		rig_open(&rig, patch_text, &(struct rig_options){0});
		rig_do(&rig, "gate env1 on");
		rig_run(&rig, 20);
		snprintf(command, sizeof(command), "load %s",
			spawn_file("next.ini", texts[is_other]));
		rig_do(&rig, command);
		rig_do(&rig, "commit");
		rig_run(&rig, 100);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
		m = patch_find(rig.desk->live, "env1");
		CU_ASSERT_EQUAL_FATAL(m >= 0, true);
		CU_ASSERT_EQUAL(rig.desk->hands.gates.now[m].gate, !is_other);
		rig_close(&rig);
	}
}

/* What is heard fails n blocks before or after a commit: in the end the commit is heard, and has
 * its mirror. While the patch before it rings out, too. */
static void fail_around_a_commit(const struct rig_options *options)
{
	for (int n = -4; n <= 24; n++) {
		rig_open(&rig, patch_text, options);
		rig_run(&rig, 20);
		if (n < 0) {
			rig_do(&rig, "fault live segv");
			rig_run(&rig, -n - 1);
		}
		rig_do(&rig, "stage osc1.shape saw");
		rig_do(&rig, "commit");
		if (n >= 0) {
			rig_run(&rig, n);
			rig_do(&rig, "fault live segv");
		}
		rig_run(&rig, 200);
		CU_ASSERT_FALSE(desk_is_busy(rig.desk));
		CU_ASSERT_TRUE(rig_count(&rig, STAT_COMMITS) >= 1);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 0);
		CU_ASSERT_EQUAL(
			engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
		CU_ASSERT_TRUE(rig_count(&rig, STAT_NONE) < 30);
		rig_close(&rig);
	}
}

static void test_faults_around_a_commit(void)
{
	fail_around_a_commit(&(struct rig_options){0});
	fail_around_a_commit(&(struct rig_options){.tail_frames = 9600});
}

SUITE_MAIN("desk", {"every bad command says why and does nothing", test_every_bad_command_says_why},
	{"knobs turn on their parameter's curve, live or staged", test_knobs},
	{"a push to the default", test_a_push_to_the_default},
	{"commits coalesce to the newest", test_commits_coalesce},
	{"undo goes twenty commits back", test_undo_goes_far_back},
	{"roles alternate", test_roles_alternate},
	{"a flood of messages ends in the right state", test_a_flood_ends_right},
	{"a refused patch leaves all well", test_refusal_leaves_all_well},
	{"what is held stays with its kind", test_held_by_its_kind},
	{"faults around a commit hold nothing up", test_faults_around_a_commit})
