/* Actions of buttons: each word of the table does what it says, held ones as long as they are held. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, BEAT_BLOCKS = 375 }; /* at 120 BPM */

static const char instrument[] =
	"[patch]\nvoices = 2\n[keys1]\ntype = keys\n"
	"[osc1]\ntype = osc\nshape = sine\npitch = keys1.pitch\n"
	"[env1]\ntype = adsr\nin = osc1\ngate = keys1.gate\nattack_ms = 1\nsustain = 1\n"
	"release_ms = 10\n[osc2]\ntype = osc\nshape = sine\nfreq_hz = 300\n"
	"[env2]\ntype = adsr\nin = osc2\nattack_ms = 1\nsustain = 1\nrelease_ms = 10\n"
	"[mix1]\ntype = mix\nin = env1\n[out]\nin = mix1 * 0.1 + env2 * 0.1\n";

static struct rig rig;
static char reply[DESK_REPLY_BYTES];

static const char *say(const char *command)
{
	desk_command(rig.desk, command, reply, sizeof(reply));
	return reply;
}

static void says(const char *command, const char *answer)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(say(command), answer));
	if (!strstr(reply, answer))
		printf("\n  %s: %s (not: %s)", command, reply, answer);
}

static bool sounds(void)
{
	double sum = 0.0;

	rig_run(&rig, 30);
	for (int i = rig.n_frames - 5 * BLOCK; i < rig.n_frames; i++)
		sum += (double)(rig.frames[i][0] * rig.frames[i][0]);
	return sum > 1e-6;
}

static void add(const char *name, struct press_action press, struct press_action long_press,
	struct press_action double_press)
{
	struct settings_button *button = &rig.settings.buttons[rig.settings.n_buttons++];

	*button = (struct settings_button){
		.pin = SETTINGS_NO_PIN, .presses = {press, long_press, double_press}};
	snprintf(button->name, sizeof(button->name), "%s", name);
}

static void begin(const struct rig_options *options)
{
	const struct press_action none = {.does = PRESS_NONE};

	rig_open(&rig, instrument, options);
	add("open", (struct press_action){PRESS_GATE, "env2", 0}, none, none);
	add("play", (struct press_action){PRESS_NOTE, "keys1", 60}, none, none);
	add("hush", (struct press_action){.does = PRESS_PANIC},
		(struct press_action){.does = PRESS_UNDO},
		(struct press_action){.does = PRESS_REVERT});
	add("forth", (struct press_action){.does = PRESS_NEXT},
		(struct press_action){.does = PRESS_PREVIOUS},
		(struct press_action){.does = PRESS_SAVE});
	add("pace", (struct press_action){.does = PRESS_TAP}, none, none);
	add("gone", (struct press_action){PRESS_GATE, "nobody", 0}, none, none);
}

static void test_held(void)
{
	static const char *const held[] = {"open", "play"};
	char command[40];

	begin(&(struct rig_options){0});
	for (size_t i = 0; i < ARRAY_LEN(held); i++) {
		CU_ASSERT_FALSE(sounds());
		snprintf(command, sizeof(command), "press %s down", held[i]);
		says(command, "ok");
		CU_ASSERT_TRUE(sounds());
		snprintf(command, sizeof(command), "press %s", held[i]);
		says(command, "is held");
		CU_ASSERT_TRUE(sounds());
		snprintf(command, sizeof(command), "press %s up", held[i]);
		says(command, "ok");
		CU_ASSERT_FALSE(sounds());
		says(command, "ok"); /* once more: no error */
	}
	says("press open down", "ok");
	says("press play down", "ok");
	says("press hush", "ok");
	CU_ASSERT_FALSE(sounds());
	says("press hush down", "holds nothing");
	says("press open long", "is held");
	says("press gone down", "has no module nobody");
	says("press gone up", "ok");
	says("press pace double", "no double_press action");
	rig_close(&rig);
}

/* A held gate goes on through a commit, and its button lets go of it in the new patch. */
static void test_held_through_a_commit(void)
{
	begin(&(struct rig_options){0});
	rig_do(&rig, "press open down");
	rig_do(&rig, "stage env2.release_ms 20");
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	CU_ASSERT_TRUE(sounds());
	says("press open up", "ok");
	CU_ASSERT_FALSE(sounds());
	rig_close(&rig);
}

/* ---- the patch before, the patch behind */

static const char *heard(uint64_t n_commits)
{
	const char *path, *slash;

	rig_run_to_commits(&rig, n_commits, 2000);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), n_commits);
	path = desk_live_path(rig.desk);
	slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void begin_folder(const struct rig_options *options)
{
	static const char *const names[] = {"a.ini", "b.ini", "c.ini", "d.ini"};
	char text[200], command[300];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(text, sizeof(text),
			"[osc1]\ntype = osc\nfreq_hz = %d\n[out]\nin = osc1 * 0.1\n",
			200 + 50 * (int)i);
		spawn_file(names[i], text);
	}
	begin(options);
	snprintf(command, sizeof(command), "load %s/a.ini", spawn_folder());
	CU_ASSERT_EQUAL_FATAL(rig_do(&rig, command), 0);
	rig_do(&rig, "commit");
	CU_ASSERT_STRING_EQUAL(heard(1), "a.ini");
}

static void test_steps(void)
{
	begin_folder(&(struct rig_options){0});
	says("next", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(2), "b.ini");
	CU_ASSERT_PTR_NOT_NULL(strstr(desk_take_outcome(rig.desk), "is heard"));
	says("press forth", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(3), "c.ini");
	says("press forth long", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(4), "b.ini");
	says("previous", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(5), "a.ini");
	says("previous", "is the first patch");
	rig_run(&rig, 500);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 5);
	/* undo takes steps back as it does commits */
	rig_do(&rig, "undo");
	CU_ASSERT_STRING_EQUAL(heard(6), "b.ini");
	/* a patch that is only staged is not where one is */
	spawn_file("e.ini", "[osc1]\ntype = osc\n[out]\nin = osc1 * 0.1\n");
	say("load e");
	says("next", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(7), "c.ini");
	spawn_file("setlist.txt", "d\nc\na\n");
	says("next", "ok under way");
	CU_ASSERT_STRING_EQUAL(heard(8), "a.ini");
	says("next", "is the last patch");
	remove(spawn_path("setlist.txt"));
	remove(spawn_path("e.ini"));
	rig_close(&rig);
}

/* Two steps before the bar are two steps, and one commit. */
static void test_steps_before_the_bar(void)
{
	begin_folder(&(struct rig_options){.quantize_beats = 4.0});
	says("next", "ok under way");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	says("next", "ok");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	CU_ASSERT_STRING_EQUAL(heard(2), "c.ini");
	rig_close(&rig);
}

/* ---- the tempo */

static void test_tempo(void)
{
	begin(&(struct rig_options){.max_blocks = 20000});
	says("get patch.tempo_bpm", "= 120");
	says("tempo 95.5", "ok tempo 95.5 BPM");
	says("get patch.tempo_bpm", "= 95.5");
	says("tempo 500", "no tempo");
	says("press pace", "ok tap again");
	for (int i = 0; i < 12; i++) {
		rig_run(&rig, BEAT_BLOCKS);
		says("press pace", "ok tempo 120 BPM");
	}
	rig_run(&rig, BEAT_BLOCKS / 3); /* another pace: the first of others */
	says("tap", "ok tap again");
	rig_run(&rig, BEAT_BLOCKS / 3);
	says("tap", "ok tempo 360 BPM");
	rig_run(&rig, 7 * BEAT_BLOCKS);
	says("tap", "ok tap again");
	says("tap", "ok tap again"); /* twice at once is no tempo */
	rig_run(&rig, BEAT_BLOCKS / 10);
	says("tap", "ok tempo 400 BPM");
	rig_close(&rig);
}

/* ---- played again */

static void test_again(void)
{
	enum { N_BLOCKS = 4000 };
	struct script script;
	struct diag diag;
	char path[300];
	v4f *frames;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	begin_folder(&(struct rig_options){0});
	rig_close(&rig);
	begin(&(struct rig_options){0});
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (int i = 0; rig.n_frames < N_BLOCKS * BLOCK; i++) {
		static const char *const lines[] = {"press open down", "press play down",
			"press pace", "press open up", "press pace", "press play up",
			"press open down", "press hush"};

		say(lines[i % (int)ARRAY_LEN(lines)]);
		rig_run(&rig, 90);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_stop(&rig);
	frames = malloc(N_BLOCKS * BLOCK * sizeof(*frames));
	memcpy(frames, rig.frames, N_BLOCKS * BLOCK * sizeof(*frames));
	rig_close(&rig);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, instrument, &(struct rig_options){.is_render = true});
	CU_ASSERT_EQUAL(rig_play(&rig, &script, N_BLOCKS), 0);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(frames, rig.frames, N_BLOCKS * BLOCK * sizeof(*frames)), 0);
	rig_close(&rig);
	script_free(&script);
	free(frames);
}

SUITE_MAIN("presses", {"held", test_held}, {"held through a commit", test_held_through_a_commit},
	{"steps", test_steps}, {"steps before the bar", test_steps_before_the_bar},
	{"tempo", test_tempo}, {"played again", test_again})
