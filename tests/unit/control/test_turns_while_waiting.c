/* An undo brings back the values that the patch before had when it was left, however many turns
 * were made while the commit waited for its bar. */
#include <stdio.h>

#include "patch/program.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

enum { BAR_BLOCKS = 450 };

/* A bar lasts 450 blocks. */
static const char patch[] = "[patch]\nname = First\ntempo_bpm = 400\n"
			    "[osc1]\ntype = osc\nfreq_hz = 220\nlevel = 0.4\n[out]\nin = osc1\n";
static struct rig rig;

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

static float level(void)
{
	const struct program *program = engine_program(rig.engine, engine_live(rig.engine));

	return program->instances[1].ramps[2].target;
}

enum { MAX_TURNS = 6000 };

static float turned[MAX_TURNS];
static int64_t turned_at[MAX_TURNS];
static int n_turned;

static void turn(void)
{
	char command[60];

	turned[n_turned] = 0.05f + 0.00005f * (float)n_turned;
	snprintf(command, sizeof(command), "set osc1.level %.9g", (double)turned[n_turned]);
	rig_do(&rig, command);
	turned_at[n_turned++] = engine_last_event(rig.engine);
}

/* The last one that the patch before the swap had. */
static float last_heard_before(int64_t block)
{
	float value = 0.4f;

	for (int i = 0; i < n_turned; i++)
		if (engine_event_block(rig.engine, turned_at[i]) < block)
			value = turned[i];
	return value;
}

static void open_waiting(int lead)
{
	rig_open(&rig, patch, &(struct rig_options){.quantize_beats = 4.0, .lead = lead});
	n_turned = 0;
	rig_do(&rig, "stage osc1.shape saw");
	rig_do(&rig, "commit");
}

/* A turn in each block: the last of them are sent when the swap is there already, and not known. */
static void test_many_turns(void)
{
	for (int lead = 1; lead <= 16; lead *= 4) {
		float want;

		open_waiting(lead);
		while (n_commits() == 0 && n_turned < 2 * BAR_BLOCKS) {
			turn();
			rig_run(&rig, 1);
		}
		CU_ASSERT_TRUE(n_turned > 256);
		want = last_heard_before(
			(int64_t)engine_transition(rig.engine, engine_live(rig.engine)).live_since);
		rig_run(&rig, 100);
		rig_do(&rig, "undo");
		run_to_commit(2);
		CU_ASSERT_EQUAL(level(), want);
		CU_ASSERT_TRUE(lead == 1 || want < turned[n_turned - 1]);
		rig_close(&rig);
	}
}

/* More than the engine's log takes: the last of them waits in the desk, and is heard all the
 * same. */
static void test_a_flood_of_turns(void)
{
	open_waiting(1);
	rig_run(&rig, 60);
	while (n_turned < MAX_TURNS)
		turn();
	run_to_commit(1);
	CU_ASSERT_EQUAL(level(), turned[MAX_TURNS - 1]);
	rig_do(&rig, "undo");
	run_to_commit(2);
	CU_ASSERT_EQUAL(level(), turned[MAX_TURNS - 1]);
	rig_close(&rig);
}

SUITE_MAIN("turns while a commit waits", {"an undo after hundreds of turns", test_many_turns},
	{"and after a flood of them", test_a_flood_of_turns})
