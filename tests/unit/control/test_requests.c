/* Commits and undos are obeyed in the order that the hand gave: what waits can be taken back, as
 * if it had never been asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patch/program.h"
#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { BLOCK = 64, RATE_HZ = 48000, BAR_BLOCKS = 450, STRIDE = SUITE_SANITIZED ? 13 : 3 };

static const char taken_back[] = "ok the waiting commit is taken back";
/* A bar lasts 450 blocks. */
static const char first[] = "[patch]\nname = First\ntempo_bpm = 400\n"
			    "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.4\n"
			    "[env1]\ntype = adsr\nin = osc1\nsustain = 1\nrelease_ms = 100\n"
			    "[lfo1]\ntype = lfo\n[out]\nin = env1\n";
static const char second[] = "[patch]\nname = Second\ntempo_bpm = 400\n"
			     "[osc1]\ntype = osc\nshape = saw\nfreq_hz = 220\nlevel = 0.2\n"
			     "[env1]\ntype = adsr\nin = osc1\nsustain = 1\n[out]\nin = env1\n";
static const struct rig_options at_bars = {.quantize_beats = 4.0};
static struct rig rig;

static const char *say(const char *command)
{
	static char reply[DESK_REPLY_BYTES];

	desk_command(rig.desk, command, reply, sizeof(reply));
	return reply;
}

static const char *load_line(const char *text)
{
	static char line[300];

	snprintf(line, sizeof(line), "load %s", spawn_file("next.ini", text));
	return line;
}

static uint64_t n_commits(void)
{
	return rig_count(&rig, STAT_COMMITS);
}

static void run_to_commit(uint64_t n)
{
	rig_run_to_commits(&rig, n, 4 * BAR_BLOCKS);
	CU_ASSERT_EQUAL(n_commits(), n);
	rig_run(&rig, 100);
}

/* The target of a parameter of the live patch. */
static float heard(int module, int param)
{
	const struct program *program = engine_program(rig.engine, engine_live(rig.engine));

	return program->instances[module].ramps[param].target;
}

static float level(void)
{
	return heard(1, 2);
}

static void open_at_bars(void)
{
	rig_open(&rig, first, &at_bars);
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 40);
}

/* The fault that this file began with: the undo was obeyed before the commit that it was meant for,
 * and that commit was heard for good. */
static void test_the_newest_is_taken_back(void)
{
	open_at_bars();
	rig_do(&rig, "stage osc1.level 0.3");
	rig_do(&rig, "commit");
	run_to_commit(1);
	rig_do(&rig, "stage osc1.level 0.2");
	rig_do(&rig, "commit"); /* waits for its bar */
	rig_run(&rig, 30);
	rig_do(&rig, "stage osc1.level 0.1");
	CU_ASSERT_STRING_EQUAL(say("commit"), "ok under way"); /* waits for that */
	CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 2);
	run_to_commit(2);
	CU_ASSERT_EQUAL(level(), 0.2f);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	rig_run(&rig, 2 * BAR_BLOCKS);
	CU_ASSERT_EQUAL(n_commits(), 2);
	rig_do(&rig, "undo"); /* now of what is heard */
	run_to_commit(3);
	CU_ASSERT_EQUAL(level(), 0.3f);
	rig_do(&rig, "commit");
	run_to_commit(4);
	CU_ASSERT_EQUAL(level(), 0.1f);
	rig_close(&rig);
}

static void test_the_first_is_taken_back(void)
{
	open_at_bars();
	rig_do(&rig, load_line(second));
	rig_do(&rig, "stage osc1.level 0.1");
	rig_do(&rig, "commit");
	rig_run(&rig, 60); /* it is primed */
	CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	CU_ASSERT_STRING_EQUAL(desk_staged_patch(rig.desk), "Second");
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(say("undo"), "nothing to undo"));
	rig_run(&rig, 2 * BAR_BLOCKS);
	CU_ASSERT_EQUAL(n_commits(), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 0);
	CU_ASSERT_FALSE(desk_is_busy(rig.desk));
	CU_ASSERT_EQUAL(engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
	CU_ASSERT_STRING_EQUAL(desk_take_outcome(rig.desk), taken_back);
	rig_do(&rig, "commit");
	run_to_commit(1);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Second");
	CU_ASSERT_EQUAL(level(), 0.1f);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0);
	rig_close(&rig);
}

/* Undos stay steps back, a commit behind them comes after them, and the undo behind that is its
 * own. */
static void test_undos_and_a_commit(void)
{
	open_at_bars();
	for (int i = 1; i <= 3; i++) {
		char command[60];

		snprintf(command, sizeof(command), "stage osc1.level 0.%d", i);
		rig_do(&rig, command);
		rig_do(&rig, "commit");
		run_to_commit((uint64_t)i);
	}
	rig_do(&rig, "undo");
	rig_do(&rig, "stage osc1.freq_hz 330");
	rig_do(&rig, "commit");
	CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	CU_ASSERT_STRING_EQUAL(say("undo"), "ok under way");
	rig_do(&rig, "commit");
	run_to_commit(6);
	CU_ASSERT_EQUAL(level(), 0.1f);
	CU_ASSERT_EQUAL(heard(1, 1), 330.0f);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 2);
	rig_close(&rig);
}

/* A load of the same file takes staged edits of modules that it has not away, also those of a commit that
 * is taken back later; an edit made while it waited is the newest. */
static void test_what_is_staged_again(void)
{
	open_at_bars();
	rig_do(&rig, load_line(first));
	rig_do(&rig, "commit");
	run_to_commit(1);
	rig_do(&rig, "stage lfo1.rate_hz 7");
	rig_do(&rig, "stage osc1.level 0.1");
	rig_do(&rig, "stage osc1.freq_hz 440");
	rig_do(&rig, "commit");
	rig_run(&rig, 60);
	rig_do(&rig, "stage osc1.level 0.3");
	rig_do(&rig, load_line(second));
	CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 2);
	rig_do(&rig, "commit");
	run_to_commit(2);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Second");
	CU_ASSERT_EQUAL(level(), 0.3f);
	CU_ASSERT_EQUAL(heard(1, 1), 440.0f);
	rig_close(&rig);

	/* another patch takes none of them */
	open_at_bars();
	rig_do(&rig, "stage osc1.level 0.1");
	rig_do(&rig, "commit");
	rig_run(&rig, 60);
	rig_do(&rig, "stage osc1.freq_hz 440");
	rig_do(&rig, load_line(second));
	CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 0);
	rig_do(&rig, "commit");
	run_to_commit(1);
	CU_ASSERT_EQUAL(level(), 0.2f);
	CU_ASSERT_EQUAL(heard(1, 1), 220.0f);
	rig_close(&rig);
}

/* An undo n blocks after a commit; n < 0: neither. */
static void play_undo(const struct rig_options *options, int n)
{
	const char *reply;

	rig_open(&rig, first, options);
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 40);
	if (n >= 0) {
		rig_do(&rig, "stage osc1.level 0.1");
		rig_do(&rig, "commit");
	}
	rig_run(&rig, n < 0 ? 40 : n);
	reply = n >= 0 ? say("undo") : taken_back;
	CU_ASSERT_TRUE(strcmp(reply, taken_back) == 0 || strcmp(reply, "ok under way") == 0);
	rig_run(&rig, 260);
	CU_ASSERT_FALSE(desk_is_busy(rig.desk));
	CU_ASSERT_EQUAL(level(), 0.4f);
	CU_ASSERT_TRUE(n_commits() == 2 || n_commits() == 0);
	if (strcmp(reply, taken_back) == 0)
		CU_ASSERT_EQUAL(n_commits(), 0);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), n_commits() || n < 0 ? 0 : 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_stop(&rig);
}

/* It takes back what waits, and not a bit of that is heard, or undoes what is heard. Either way the
 * patch before is heard in the end. */
static void test_at_each_block(void)
{
	enum { N_FRAMES = 300 * BLOCK };
	static const struct rig_options options[] = {{0}, {.quantize_beats = 1.0},
		{.lead = 8, .burst = 4}, {.is_solo = true}, {.tail_frames = 4800},
		{.tail_frames = 4800, .lead = 8}};
	static v4f want[N_FRAMES];

	for (int i = 0; i < (int)ARRAY_LEN(options); i++) {
		play_undo(&options[i], -1);
		memcpy(want, rig.frames, sizeof(want));
		rig_close(&rig);
		for (int n = i % 3; n < 40; n += STRIDE) {
			play_undo(&options[i], n);
			if (n_commits() == 0)
				CU_ASSERT_EQUAL(memcmp(want, rig.frames, sizeof(want)), 0);
			rig_close(&rig);
		}
	}
}

/* The live slot fails before or after the undo: the commit stays taken back. */
static void test_beside_a_fault(void)
{
	for (int i = 0; i < 20; i++) {
		open_at_bars();
		rig_do(&rig, "stage osc1.level 0.1");
		rig_do(&rig, "commit");
		rig_run(&rig, 2 * (i % 10));
		if (i < 10)
			rig_do(&rig, "fault live segv");
		say("undo");
		if (i >= 10)
			rig_do(&rig, "fault live segv");
		rig_run(&rig, 2 * BAR_BLOCKS);
		CU_ASSERT_FALSE(desk_is_busy(rig.desk));
		CU_ASSERT_EQUAL(level(), 0.4f);
		CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
		rig_close(&rig);
	}
}

/* ---- nothing is heard of it, and the journal gives the very samples */

static void play(bool has_waiting, v4f *frames, int n_blocks)
{
	rig_open(&rig, first, &at_bars);
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 40);
	if (has_waiting) {
		rig_do(&rig, load_line(second));
		rig_do(&rig, "commit");
	}
	rig_run(&rig, 100);
	if (has_waiting)
		CU_ASSERT_STRING_EQUAL(say("undo"), taken_back);
	rig_run(&rig, 100);
	rig_do(&rig, "gate env1 off");
	rig_run(&rig, n_blocks - 240);
	rig_stop(&rig);
	memcpy(frames, rig.frames, (size_t)n_blocks * BLOCK * sizeof(*frames));
	rig_close(&rig);
}

static void test_no_trace(void)
{
	enum { N = 1000 };
	static v4f want[N * BLOCK], got[N * BLOCK];

	play(false, want, N);
	play(true, got, N);
	CHECK_BELOW(-judge_rms(want, 0, N * BLOCK), -0.01);
	CU_ASSERT_EQUAL(memcmp(want, got, sizeof(want)), 0);
}

static int count_lines(const char *path, const char *what)
{
	char line[400];
	FILE *file = fopen(path, "re");
	int n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file))
		n += strstr(line, what) != NULL;
	fclose(file);
	return n;
}

static void play_anything(unsigned seed)
{
	static const char *const commands[] = {"commit", "commit", "undo", "undo", "gate env1 on",
		"gate env1 off", "set osc1.freq_hz 300", "set osc1.freq_hz 200",
		"stage osc1.shape saw", "stage osc1.shape sine", "stage osc1.level 0.3",
		"stage osc1.level 0.2"};
	char next[300];

	strcpy(next, load_line(second));
	rig_do(&rig, "gate env1 on");
	for (int i = 0; i < 120; i++) {
		unsigned c = (unsigned)rand_r(&seed) % (ARRAY_LEN(commands) + 1);

		/* there may be nothing to undo */
		say(c < ARRAY_LEN(commands) ? commands[c] : next);
		rig_run(&rig, rand_r(&seed) % (seed % 3 ? 20 : 100));
	}
	rig_run(&rig, 800);
}

/* Returns how many commits were taken back. */
static int check_journal(unsigned seed, double beats)
{
	static struct spawned run;
	const char *patch = spawn_file("first.ini", first);
	const char *config = spawn_file("config.ini",
		beats > 0.0 ? "[commit]\nquantize = beat\n" : "[commit]\nquantize = off\n");
	char journal[200], wav[200];
	struct wav_data got;
	struct diag diag;
	int n, n_taken_back;

	snprintf(journal, sizeof(journal), "%s/journal.txt", spawn_folder());
	snprintf(wav, sizeof(wav), "%s/journal.wav", spawn_folder());
	rig_open(&rig, first,
		&(struct rig_options){
			.lead = 1 + (int)seed % 3, .begins_softly = true, .quantize_beats = beats});
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	play_anything(seed);
	n = (int)engine_clock(rig.engine);
	rig_stop(&rig);
	desk_poll(rig.desk);
	spawn_chronus(&run, "render --patch %s --config %s --script %s --seconds %.6f --out %s",
		patch, config, journal, (n - 0.5) * BLOCK / RATE_HZ, wav);
	CU_ASSERT_EQUAL(run.status, 0);
	n_taken_back = count_lines(journal, "taken back: commit");
	CU_ASSERT_EQUAL_FATAL(wav_read(wav, &got), 0);
	CU_ASSERT_EQUAL(memcmp(got.frames, rig.frames, (size_t)n * BLOCK * sizeof(v4f)), 0);
	wav_data_free(&got);
	rig_close(&rig);
	return n_taken_back;
}

static void test_journal(void)
{
	int n_taken_back = 0;

	for (unsigned seed = 1; seed <= 6; seed++)
		n_taken_back += check_journal(seed, seed % 2 ? 1.0 : 0.0);
	CU_ASSERT_TRUE(n_taken_back >= 12);
}

SUITE_MAIN("requests", {"an undo takes back the newest", test_the_newest_is_taken_back},
	{"also the first, which is staged again", test_the_first_is_taken_back},
	{"undos, and a commit behind them", test_undos_and_a_commit},
	{"what is staged again", test_what_is_staged_again},
	{"an undo at each block after a commit", test_at_each_block},
	{"beside a fault", test_beside_a_fault}, {"nothing is heard of it", test_no_trace},
	{"the journal gives the very samples", test_journal})
