/* A patch that is loaded sounds as it is written, one that is come back to as it was left; where its file
 * was edited, the file wins for that value. */
#include <stdlib.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "control/desk_state.h"
#include "control/replay.h"
#include "control/script.h"
#include "control/state_text.h"
#include "patch/program.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { N_MANY = 130 };

static const char first[] =
	"[patch]\nname = First\n[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.5\n"
	"[seq1]\ntype = seq\nnotes = 36 48\n[out]\nin = osc1\n";
static const char other[] =
	"[patch]\nname = Other\n[osc1]\ntype = osc\nfreq_hz = 330\nlevel = 0.25\n"
	"shape = saw\n[out]\nin = osc1\n";
static struct rig rig;
static char first_line[300], other_line[300];

static void begin_with(const struct rig_options *options)
{
	snprintf(first_line, sizeof(first_line), "load %s", spawn_file("first.ini", first));
	snprintf(other_line, sizeof(other_line), "load %s", spawn_file("other.ini", other));
	rig_open(&rig, "[out]\n", options);
	rig_run(&rig, 10);
}

static void play(const char *command)
{
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	if (strcmp(command, "commit") == 0 || strcmp(command, "undo") == 0 ||
		strcmp(command, "revert") == 0)
		rig_run(&rig, 100);
}

static int n_notes(void)
{
	int m, l = target_find_list(rig.desk->live, "seq1.notes", &m);

	CU_ASSERT_TRUE_FATAL(l >= 0);
	return rig.desk->live->modules[m].lists[l].n;
}

static void hear(const char *load)
{
	play(load);
	play("commit");
}

/* Of the desk, and of the program that is heard. */
static float value_of(const char *target)
{
	struct diag diag;
	int m, p;

	CU_ASSERT_EQUAL_FATAL(target_find_param(rig.desk->live, target, &m, &p, &diag), 0);
	rig_run(&rig, 100); /* on its way there */
	CU_ASSERT_EQUAL(
		engine_program(rig.engine, engine_live(rig.engine))->instances[m].ramps[p].target,
		rig.desk->live->modules[m].values[p]);
	return rig.desk->live->modules[m].values[p];
}

static void begin(void)
{
	begin_with(&(struct rig_options){0});
	hear(first_line);
}

static void test_another_patch_and_back(void)
{
	begin();
	play("set osc1.freq_hz 123.456789");
	play("set osc1.shape square");
	play("stage seq1.notes 36 c#3 48.5");
	play("commit");
	hear(other_line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 330.0f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.25f);
	CU_ASSERT_EQUAL(value_of("osc1.shape"), 1.0f);
	play("set osc1.level 0.125");
	hear(first_line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 123.456789f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.5f);
	CU_ASSERT_EQUAL(n_notes(), 3);
	hear(first_line); /* the same one, anew */
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 123.456789f);
	hear(other_line);
	play("undo");
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 123.456789f);
	hear(other_line);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.125f);
	rig_close(&rig);
}

/* By another name it is the same file. */
static void test_another_name(void)
{
	char path[300], line[310];

	begin();
	snprintf(path, sizeof(path), "%s/link.ini", spawn_folder());
	CU_ASSERT_EQUAL(symlink("first.ini", path), 0);
	snprintf(line, sizeof(line), "load %s", path);
	play("set osc1.freq_hz 100");
	hear(line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 100.0f);
	hear(other_line);
	hear(line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 100.0f);
	rig_close(&rig);
}

/* The file is edited while its patch plays, and while another one does: there, and in the value itself. */
static void test_edited_files(void)
{
	static const char edited[] = "[patch]\nname = First\n[osc1]\ntype = osc\nfreq_hz = 250\n"
				     "level = 0.75\n[seq1]\ntype = seq\nnotes = 36 48 50\n"
				     "[out]\nin = osc1\n";

	for (int is_away = 0; is_away < 2; is_away++) {
		begin();
		play("set osc1.freq_hz 60");
		play("set osc1.width 0.3");
		play("stage seq1.notes 36 c#3 48.5 50");
		play("commit");
		if (is_away)
			hear(other_line);
		spawn_file("first.ini", edited);
		hear(first_line);
		CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 250.0f);
		CU_ASSERT_EQUAL(value_of("osc1.level"), 0.75f);
		CU_ASSERT_EQUAL(value_of("osc1.width"), 0.3f);
		CU_ASSERT_EQUAL(n_notes(), 3);
		play("set osc1.freq_hz 70"); /* over the new one; the old one comes back in the file */
		spawn_file("first.ini", first);
		hear(first_line);
		CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
		rig_close(&rig);
	}
}

/* As its file says, newest reading; what is staged waits on. Undo brings the values back. */
static void test_revert(void)
{
	begin();
	play("set osc1.freq_hz 60");
	play("stage seq1.notes 36 c#3 48.5");
	play("commit");
	play("set osc1.shape square");
	play("stage osc1.level 0.9");
	play("revert");
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
	CU_ASSERT_EQUAL(value_of("osc1.shape"), 0.0f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.5f);
	CU_ASSERT_EQUAL(n_notes(), 2);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	play("undo");
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 60.0f);
	CU_ASSERT_EQUAL(n_notes(), 3);
	play(other_line); /* another patch waits on */
	play("revert");
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
	CU_ASSERT_PTR_NOT_NULL(desk_staged_patch(rig.desk));
	play("commit");
	hear(first_line); /* it was left as it is written */
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
	play("set osc1.freq_hz 60");
	spawn_file(
		"first.ini", "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.75\n[out]\nin = osc1\n");
	play(first_line);
	play("revert");
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.75f);
	CU_ASSERT_PTR_NULL(desk_staged_patch(rig.desk));
	rig_close(&rig);
}

/* It waits for its bar, and can be taken back until then; a commit behind it is another one. */
static void test_revert_at_bars(void)
{
	char reply[DESK_REPLY_BYTES];

	begin_with(&(struct rig_options){.quantize_beats = 4.0});
	play(first_line);
	play("commit");
	rig_run(&rig, 3000);
	play("set osc1.freq_hz 60");
	play("revert");
	play("stage osc1.level 0.9");
	play("commit");
	CU_ASSERT_EQUAL(desk_command(rig.desk, "undo", reply, sizeof(reply)), 0);
	CU_ASSERT_STRING_EQUAL(reply, DESK_TAKEN_BACK);
	CU_ASSERT_EQUAL(desk_command(rig.desk, "undo", reply, sizeof(reply)), 0);
	CU_ASSERT_STRING_EQUAL(reply, DESK_TAKEN_BACK);
	rig_run(&rig, 3000);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 60.0f);
	play("revert");
	play("commit");
	rig_run(&rig, 6000);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 220.0f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.9f);
	rig_close(&rig);
}

static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	return patch_read(path, patch, diag);
}

/* The state of a desk, read by the next one. */
static void reboot(void)
{
	static struct state state;
	size_t n_bytes;
	char *text = state_write(rig.desk, "start.ini", &n_bytes);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	rig_close(&rig);
	state_read(text, &(struct state_opener){open_patch, NULL}, &state);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state.live);
	rig_open(&rig, "", &(struct rig_options){.patch = state.live});
	rig_run(&rig, 10);
	desk_resume(rig.desk, &state);
	state_free(&state);
	free(text);
}

static void test_reboot(void)
{
	begin();
	play("set osc1.freq_hz 60");
	play("set osc1.level 0.1");
	hear(other_line);
	play("set osc1.freq_hz 90.5");
	reboot();
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 90.5f);
	reboot();
	spawn_file(
		"first.ini", "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.75\n[out]\nin = osc1\n");
	hear(first_line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 60.0f);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.75f);
	spawn_file(
		"other.ini", "[osc1]\ntype = osc\nfreq_hz = 331\nlevel = 0.25\n[out]\nin = osc1\n");
	reboot();
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 60.0f);
	hear(other_line);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 331.0f);
	rig_close(&rig);
}

static const char *many(int i)
{
	static char line[300];
	char name[20];

	snprintf(name, sizeof(name), "many%d.ini", i);
	snprintf(line, sizeof(line), "load %s",
		spawn_file(name, "[osc1]\ntype = osc\nlevel = 0.5\n[out]\nin = osc1\n"));
	return line;
}

static void test_many(void)
{
	char command[60];

	begin_with(&(struct rig_options){.fade_frames = -1, .max_blocks = 100000});
	for (int i = 0; i < N_MANY; i++) {
		hear(many(i));
		snprintf(command, sizeof(command), "set osc1.level %.6g", i / 1000.0);
		play(command);
	}
	hear(first_line);
	reboot();
	for (int i = 2; i < N_MANY; i += 127) {
		hear(many(i));
		CU_ASSERT_EQUAL(value_of("osc1.level"), (float)(i / 1000.0));
	}
	hear(many(1)); /* the two that were left first */
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.5f);
	hear(many(0));
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.5f);
	rig_close(&rig);
}

static void let_carry(const char *target)
{
	struct settings_knob *knob = &rig.settings.knobs[rig.settings.n_knobs++];

	*knob = (struct settings_knob){.range_detents = 64, .carries = true};
	strcpy(knob->name, "knob");
	strcpy(knob->controls[0].target, target);
	desk_rebind(rig.desk);
}

/* Also what is turned while the next patch waits for its bar, and what is staged. */
static void test_carries(void)
{
	begin_with(&(struct rig_options){.quantize_beats = 4.0});
	let_carry("osc1.level");
	play(first_line);
	play("commit");
	rig_run(&rig, 3000);
	play("set osc1.level 0.1");
	play("set osc1.freq_hz 60");
	play("stage osc1.shape square");
	play("stage osc1.level 0.2");
	play(other_line);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	play("commit");
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "First");
	play("set osc1.level 0.3");
	play("set osc1.freq_hz 70");
	rig_run(&rig, 3000);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Other");
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.3f);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 330.0f);
	CU_ASSERT_EQUAL(value_of("osc1.shape"), 1.0f);
	hear(first_line);
	rig_run(&rig, 3000);
	CU_ASSERT_EQUAL(value_of("osc1.level"), 0.3f);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 70.0f);
	rig_close(&rig);
}

/* ---- the journal, also where it keeps copies: two of the same file */
static void turn_and_load(void)
{
	hear(first_line);
	play("set osc1.freq_hz 60");
	play("set osc1.level 0.3");
	hear(first_line);
	play("set osc1.freq_hz 100");
	play("set osc1.level 0.45");
	hear(other_line);
	play("set osc1.freq_hz 200");
	spawn_file("first.ini", "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.6\nshape = square\n"
				"[out]\nin = osc1\n");
	hear(first_line);
	play("set osc1.width 0.3");
	hear(other_line);
	hear(first_line);
	play("revert");
	play("set osc1.width 0.4");
	play("undo");
	play("undo");
}

static void test_journal(void)
{
	static v4f played[60000];
	char path[300];
	struct script script;
	struct diag diag;
	int n;

	snprintf(path, sizeof(path), "%s/journal-XXXXXX", spawn_folder());
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
	begin_with(&(struct rig_options){.is_render = true});
	let_carry("osc1.level");
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	turn_and_load();
	n = (int)engine_clock(rig.engine) * rig.options.block_frames;
	rig_stop(&rig);
	CU_ASSERT_EQUAL(desk_close_journal(rig.desk), 0);
	CU_ASSERT_TRUE_FATAL(rig.n_frames == n && n <= (int)ARRAY_LEN(played));
	memcpy(played, rig.frames, (size_t)n * sizeof(v4f));
	rig_close(&rig);

	strcat(path, "/played.txt");
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, "[out]\n", &(struct rig_options){.is_render = true});
	CU_ASSERT_EQUAL(replay_settings(&script, path, &rig.settings, &diag), 0);
	desk_rebind(rig.desk);
	CU_ASSERT_EQUAL(rig_play(&rig, &script, n / 64), 0);
	CU_ASSERT_EQUAL(value_of("osc1.freq_hz"), 200.0f);
	rig_stop(&rig);
	CU_ASSERT_TRUE(rig.n_frames >= n);
	CU_ASSERT_EQUAL(memcmp(played, rig.frames, (size_t)n * sizeof(v4f)), 0);
	rig_close(&rig);
	script_free(&script);
}

SUITE_MAIN("recall", {"another patch and back", test_another_patch_and_back},
	{"another name", test_another_name}, {"edited files", test_edited_files},
	{"revert", test_revert}, {"revert at bars", test_revert_at_bars},
	{"a reboot in between", test_reboot}, {"130 patches", test_many}, {"carries", test_carries},
	{"its journal", test_journal})
