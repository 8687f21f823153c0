/* The patch's clock, lists and notes, through commits, failovers and journals: in the engine, in
 * virtual time. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "patch/program.h"
#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/test_modules.h"

TEST_REGISTRY(&mixer_module, &delay_module, &adsr_module, &osc_module);

enum { BLOCK = 64, RATE_HZ = 48000 };

static struct rig rig;

#define SEQ "[seq1]\ntype = t_seq\npattern = xXx.\nnotes = 10 20 30 40\n[out]\nin = seq1 * 0.01\n"
static const char slow[] = "[patch]\nname = Slow\n" SEQ;
static const char fast[] = "[patch]\nname = Fast\ntempo_bpm = 150\n" SEQ;

/* Which of the four steps is heard at a frame; -1: in the middle of a fade. */
static int step_at(int frame)
{
	float x = rig.frames[frame][0] * 10.0f;
	int step = (int)lrintf(x) - 1;

	if (fabsf(x) < 1e-4f)
		return 3;
	return fabsf(x - (float)(step + 1)) < 1e-4f ? step : -1;
}

static const struct transport *transport_of(int slot)
{
	return engine_program(rig.engine, slot)->transport;
}

static double beat_now(void)
{
	return transport_of(engine_live(rig.engine))->beat;
}

static void check_mirror(void)
{
	CU_ASSERT_EQUAL(engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
	CU_ASSERT_EQUAL(transport_of(0)->beat, transport_of(1)->beat);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
}

static void load(const char *name, const char *text)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_file(name, text));
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

static void commit(void)
{
	uint64_t n = rig_count(&rig, STAT_COMMITS);

	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, n + 1, 4000);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), n + 1);
	rig_run(&rig, 60);
}

/* Each step is heard from its frame on, whatever the tempo did: from the blocks' own clocks, which
 * must be the sum of what was asked for. */
static void test_steps_are_exact(void)
{
	static const float tempos_bpm[] = {120.0f, 93.0f, 400.0f, 20.0f, 133.7f};
	double beat = 0.0;
	int n_wrong = 0;

	rig_open(&rig, slow, &(struct rig_options){0});
	rig_run(&rig, 400);
	for (size_t t = 1; t < ARRAY_LEN(tempos_bpm); t++) {
		char command[64];

		snprintf(command, sizeof(command), "set patch.tempo_bpm %g", (double)tempos_bpm[t]);
		rig_do(&rig, command);
		rig_run(&rig, 400);
	}
	check_mirror();
	rig_stop(&rig);
	for (int i = 0; i < (int)ARRAY_LEN(tempos_bpm) * 400 * BLOCK; i++) {
		/* what is sent when 400 blocks have been played is heard 2 blocks later */
		int t = int_max(i / BLOCK - engine_config(rig.engine)->lead_blocks, 0) / 400;

		n_wrong += step_at(i) != (int)floor(beat * 4.0 + 1e-6) % 4;
		beat += (double)tempos_bpm[t] / 60.0 / RATE_HZ;
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	rig_close(&rig);
}

/* Many commits between two tempos: the beat never jumps, and the new tempo begins when it is heard. */
static void test_commits_keep_the_beat(void)
{
	rig_open(&rig, slow, &(struct rig_options){0});
	for (int i = 0; i < 8; i++) {
		double before, tempo_bpm = i % 2 ? 120.0 : 150.0;

		rig_run(&rig, 50 + 13 * i);
		load(i % 2 ? "slow.ini" : "fast.ini", i % 2 ? slow : fast);
		before = beat_now();
		rig_do(&rig, "commit");
		rig_run(&rig, 60);
		CU_ASSERT_TRUE(beat_now() > before);
		CU_ASSERT_DOUBLE_EQUAL(transport_of(engine_live(rig.engine))->beats_per_frame,
			tempo_bpm / 60.0 / RATE_HZ, 1e-12);
	}
	check_mirror();
	rig_stop(&rig);
	for (int i = 1, last = 0, n_frames = 0; i < rig.n_frames - 2000; i++) {
		int step = step_at(i);

		/* 250 ms a step at 120, 4800 frames at 150: none is cut short or lasts longer */
		n_frames++;
		if (step < 0 || step == last)
			continue;
		CU_ASSERT_EQUAL(step, (last + 1) % 4);
		CU_ASSERT_TRUE(i < 6000 || (n_frames >= 4790 && n_frames <= 6010));
		n_frames = 0;
		last = step;
	}
	rig_close(&rig);
}

/* ---- lists */

static void test_lists(void)
{
	int from, until;

	rig_open(&rig, slow, &(struct rig_options){0});
	rig_run(&rig, 10);
	load("list.ini", slow);
	commit();
	rig_run(&rig, 100);
	CU_ASSERT_TRUE(rig_do(&rig, "set seq1.notes 50") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "stage seq1.notes 50 h#9") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "stage seq1.notes 50 128") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "stage seq1.pattern X.y") < 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "stage seq1.notes 50  c#3 60"), 0);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	CU_ASSERT_EQUAL(rig_do(&rig, "stage seq1.notes 70"), 0); /* over the one before */
	CU_ASSERT_EQUAL(rig_do(&rig, "stage seq1.pattern X"), 0);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 2);
	commit();
	from = rig.n_frames / BLOCK;
	rig_run(&rig, 100);
	load("list.ini", fast); /* what was staged by hand goes on when its file is edited */
	commit();
	rig_run(&rig, 100);
	until = rig.n_frames / BLOCK;
	rig_do(&rig, "undo");
	rig_run(&rig, 100);
	rig_do(&rig, "undo");
	rig_run(&rig, 400);
	check_mirror();
	rig_stop(&rig);
	CU_ASSERT_DOUBLE_EQUAL(rig.frames[5 * BLOCK][0], 0.10, 1e-6);
	for (int block = from; block < until; block++)
		CU_ASSERT_DOUBLE_EQUAL(rig.frames[block * BLOCK][0], 0.70, 1e-6);
	CU_ASSERT_NOT_EQUAL(
		step_at((rig.n_frames / BLOCK - 10) * BLOCK), -1); /* as it was at first */
	rig_close(&rig);
}

/* ---- notes */

static const char keys[] = "[patch]\nname = Keys\nvoices = 4\n[keys1]\ntype = t_keys\n[out]\n"
			   "in = keys1 * 0.001 + keys1.velocity\n";
static const char other[] = "[patch]\nname = Other\n[out]\nin = 0.25\n";

static float now(void)
{
	return rig.frames[rig.n_frames - 1][0]; /* the producer waits: nobody writes */
}

static void test_notes(void)
{
	rig_open(&rig, keys, &(struct rig_options){0});
	rig_run(&rig, 10);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 128 on") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 60 on 2") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 60 on 0x1") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 60 on nan") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 60 on 1,") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note out 60 on") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note nobody 60 on") < 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "note keys1 60 on 0.25"), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "note keys1 c#3 on 0.125"), 0);
	rig_run(&rig, 10);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.375 + 0.060 + 0.049, 1e-5);
	/* a press and a release within one block: neither is lost */
	rig_do(&rig, "note keys1 70 on 0.125");
	rig_do(&rig, "note keys1 c#3 off");
	rig_do(&rig, "note keys1 71 on 0.125");
	rig_do(&rig, "note keys1 71 off");
	rig_run(&rig, 10);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.375 + 0.060 + 0.070, 1e-5);
	rig_do(&rig, "stage out.level 0.5");
	commit();
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.5 * (0.375 + 0.060 + 0.070), 1e-5); /* held */
	check_mirror();
	rig_do(&rig, "fault live nan");
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 1);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.5 * (0.375 + 0.060 + 0.070), 1e-5);
	rig_do(&rig, "note keys1 60 off");
	rig_run(&rig, 10);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.5 * (0.125 + 0.070), 1e-5);
	rig_do(&rig, "quit");
	rig_run(&rig, 10);
	CU_ASSERT_EQUAL(now(), 0.0f);
	rig_close(&rig);
}

/* A commit takes the module away while a note is down: letting go is no error and does nothing. */
static void test_note_off_after_the_module_is_gone(void)
{
	rig_open(&rig, keys, &(struct rig_options){0});
	rig_run(&rig, 10);
	rig_do(&rig, "note keys1 60 on");
	load("other.ini", other);
	rig_do(&rig, "commit");
	rig_do(&rig, "note keys1 62 on");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig_do(&rig, "note keys1 60 off"), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "note * 62 off"), 0);
	rig_run(&rig, 10);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.25, 1e-6);
	rig_do(&rig, "undo");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(now(), 0.0f); /* it comes back as new */
	rig_close(&rig);
}

/* With spillover the notes of the patch that leaves are let go. */
static void test_spillover_lets_notes_go(void)
{
	rig_open(&rig, keys, &(struct rig_options){.tail_frames = 24000});
	rig_run(&rig, 10);
	rig_do(&rig, "note keys1 60 on 0.5");
	rig_run(&rig, 10);
	load("other.ini", other);
	rig_do(&rig, "commit");
	rig_run(&rig, 60);
	CU_ASSERT_DOUBLE_EQUAL(now(), 0.25, 1e-6);
	rig_close(&rig);
}

/* ---- the journal of all that, played again */

static void test_journal(void)
{
	static const char *const commands[] = {"note keys1 50 on 0.3", "set patch.tempo_bpm 90",
		"stage seq1.notes 11 c#3 77.5", "commit", "note keys1 50 off",
		"stage seq1.pattern X-x.", "note keys1 61 on", "commit",
		"set patch.tempo_bpm 140.5", "undo"};
	static const char both[] =
		"[patch]\nvoices = 4\n[keys1]\ntype = t_keys\n" SEQ "left = keys1 * 0.001\n";
	char path[200], line[300];
	struct diag diag;
	v4f *first;
	int n;
	FILE *file;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	rig_open(&rig, both, &(struct rig_options){0});
	CU_ASSERT_EQUAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		rig_run(&rig, 61);
		rig_do(&rig, commands[i]);
	}
	rig_run(&rig, 200);
	rig_stop(&rig);
	n = 61 * (int)ARRAY_LEN(commands) * BLOCK;
	first = malloc((size_t)n * sizeof(*first));
	memcpy(first, rig.frames, (size_t)n * sizeof(*first));
	rig_close(&rig);

	/* the journal has the blocks that the events were stamped with: lead blocks after the desk */
	rig_open(&rig, both, &(struct rig_options){0});
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	for (int at = 0; fgets(line, sizeof(line), file);) {
		char *command;
		int block = (int)script_block(strtod(line, &command), RATE_HZ, BLOCK) -
			    engine_config(rig.engine)->lead_blocks;

		if (!isdigit((unsigned char)line[0]) || strstr(command, "quit"))
			continue; /* the rendering's, as the end is */
		if (block > at)
			rig_run(&rig, block - at);
		at = block > at ? block : at;
		CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	}
	fclose(file);
	rig_run(&rig, 400);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(first, rig.frames, (size_t)n * sizeof(*first)), 0);
	free(first);
	rig_close(&rig);
}

SUITE_MAIN("in_time", {"steps are exact", test_steps_are_exact},
	{"commits keep the beat", test_commits_keep_the_beat}, {"lists", test_lists},
	{"notes", test_notes},
	{"a note-off after the module is gone", test_note_off_after_the_module_is_gone},
	{"spillover lets notes go", test_spillover_lets_notes_go}, {"the journal", test_journal})
