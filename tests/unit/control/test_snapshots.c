/* Snapshots: 8 sounds of each patch, kept in the state, through saves, and the same in a rendering. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "control/state_text.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char text[] = "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.5\n"
			   "[seq1]\ntype = seq\nnotes = 36 48\n[out]\nin = osc1 * 0.1\n";
static const char other[] = "[osc1]\ntype = osc\nfreq_hz = 300\n[out]\nin = osc1 * 0.1\n";
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

/* Until all that is under way is heard. */
static void settle(void)
{
	for (int i = 0; i < 40 && (i == 0 || desk_is_committing(rig.desk)); i++)
		rig_run(&rig, 50);
	CU_ASSERT_FALSE(desk_is_committing(rig.desk));
}

static void hear(const char *name)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_path(name));
	says(command, "ok");
	says("commit", "ok");
	settle();
}

static void begin(void)
{
	spawn_file("mine.ini", text);
	spawn_file("other.ini", other);
	rig_open(&rig, other, &(struct rig_options){0});
	hear("mine.ini");
}

/* 1: as written; 2: turned; 3: another list */
static void make_three(void)
{
	says("snapshot 1", "ok snapshot 1");
	says("set osc1.freq_hz 333.25", "ok");
	says("snapshot 2", "ok snapshot 2");
	says("stage seq1.notes 40 c#3", "ok");
	says("commit", "ok");
	settle();
	says("set osc1.freq_hz 444", "ok");
	says("snapshot 3", "ok snapshot 3");
	says("set osc1.freq_hz 555", "ok");
}

static void check_three(void)
{
	static const char *const freqs[] = {"= 220 ", "= 333.25", "= 444 "};
	static const char *const notes[] = {"36 48", "36 48", "40 49"};

	for (int i = 2; i >= 0; i--) {
		char command[40];

		snprintf(command, sizeof(command), "recall %d", i + 1);
		says(command, "ok under way");
		settle();
		says("get osc1.freq_hz", freqs[i]);
		says("get seq1.notes", notes[i]);
	}
}

static void test_recall(void)
{
	begin();
	says("recall 1", "has no snapshot 1");
	make_three();
	check_three();
	says("undo", "ok");
	settle();
	says("get osc1.freq_hz", "= 333.25");
	/* they are this patch's */
	hear("other.ini");
	says("recall 1", "has no snapshot 1");
	says("snapshot 1", "ok");
	hear("mine.ini");
	check_three();
	says("snapshot 9", "allowed: 1..8");
	says("recall 0", "allowed: 1..8");
	rig_close(&rig);
}

/* Its next commit would be heard before or behind it. */
static void test_not_while_a_commit(void)
{
	begin();
	says("stage osc1.level 0.4", "ok");
	says("commit", "ok");
	says("snapshot 1", "a commit is under way");
	settle();
	says("snapshot 1", "ok");
	rig_close(&rig);
}

static void test_buttons(void)
{
	begin();
	rig.settings.n_buttons = 1;
	rig.settings.buttons[0] = (struct settings_button){.name = "b",
		.presses = {{.does = PRESS_RECALL, .number = 2},
			{.does = PRESS_SNAPSHOT, .number = 2}}};
	says("set osc1.freq_hz 333", "ok");
	says("press b long", "ok snapshot 2");
	says("set osc1.freq_hz 444", "ok");
	says("press b", "ok under way");
	settle();
	says("get osc1.freq_hz", "= 333 ");
	rig_close(&rig);
}

/* ---- power off and on */

static int open_file(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	return patch_read(path, patch, diag);
}

static void test_state(void)
{
	const struct state_opener opener = {open_file, NULL};
	struct state state;
	char *written;
	size_t n_bytes;

	begin();
	make_three();
	hear("other.ini");
	says("snapshot 8", "ok");
	written = state_write(rig.desk, "start.ini", &n_bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(written);
	rig_close(&rig);
	rig_open(&rig, other, &(struct rig_options){0});
	state_read(written, &opener, &state);
	desk_resume(rig.desk, &state);
	state_free(&state);
	free(written);
	hear("other.ini");
	says("recall 8", "ok under way");
	settle();
	hear("mine.ini");
	check_three();
	rig_close(&rig);
}

/* The file has other values by then: the snapshots sound as they did. */
static void test_save(void)
{
	struct desk_save order;
	char saved[1000];

	begin();
	desk_allow_saves(rig.desk);
	make_three();
	says("save", "ok");
	CU_ASSERT_TRUE_FATAL(desk_take_save(rig.desk, &order));
	snprintf(saved, sizeof(saved), "%.*s", (int)order.n_bytes, order.text);
	spawn_file("mine.ini", saved);
	free(order.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(desk_saved(rig.desk, 0, NULL), "ok saved"));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("mine.ini")), "freq_hz = 555"));
	check_three();
	says("revert", "ok");
	settle();
	says("get osc1.freq_hz", "= 555 ");
	rig_close(&rig);
}

/* ---- played again */

static void test_again(void)
{
	enum { N_BLOCKS = 6000, BLOCK = 64 };
	struct script script;
	struct diag diag;
	char path[300];
	v4f *frames;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	spawn_file("mine.ini", text);
	rig_open(&rig, other, &(struct rig_options){0});
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	hear("mine.ini");
	make_three();
	check_three();
	while (rig.n_frames < N_BLOCKS * BLOCK)
		rig_run(&rig, 50);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_stop(&rig);
	frames = malloc(N_BLOCKS * BLOCK * sizeof(*frames));
	memcpy(frames, rig.frames, N_BLOCKS * BLOCK * sizeof(*frames));
	rig_close(&rig);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, other, &(struct rig_options){.is_render = true});
	CU_ASSERT_EQUAL(rig_play(&rig, &script, N_BLOCKS), 0);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(frames, rig.frames, N_BLOCKS * BLOCK * sizeof(*frames)), 0);
	rig_close(&rig);
	script_free(&script);
	free(frames);
}

SUITE_MAIN("snapshots", {"recall", test_recall}, {"not while a commit", test_not_while_a_commit},
	{"buttons", test_buttons}, {"state", test_state}, {"save", test_save},
	{"played again", test_again})
