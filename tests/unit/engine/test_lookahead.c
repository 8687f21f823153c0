/* A fade whose future is known: what waits for it, what is lost (nothing), and what happens when
 * somebody fails, sleeps or is late in the few blocks that are rendered ahead. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/internal.h"
#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { BLOCK = 64, RATE_HZ = 48000, AHEAD_BLOCKS = 3, LEAD = 2 };

static const char first_patch[] = "[patch]\nname = First\n[osc1]\ntype = osc\nfreq_hz = 440\n"
				  "level = 0.3\n[osc2]\ntype = osc\nfreq_hz = 523\nlevel = 0.2\n"
				  "[out]\nin = osc1 + osc2\n";
static const char next_patch[] = "[patch]\nname = Next\n[osc1]\ntype = osc\nfreq_hz = 440\n"
				 "level = 0.3\n[osc3]\ntype = osc\nfreq_hz = 610\nlevel = 0.2\n"
				 "[out]\nin = osc1 + osc3\n";
static struct rig rig;

static struct slot *live(void)
{
	return &rig.engine->slots[engine_live(rig.engine)];
}

static struct slot *standby(void)
{
	return &rig.engine->slots[1 - engine_live(rig.engine)];
}

static uint64_t clock_now(void)
{
	return engine_clock(rig.engine);
}

static void stage_next(void)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_file("next.ini", next_patch));
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

/* The standby primes: from here on it is known where the lookahead will end. */
static void commit_until_priming(const char *command)
{
	stage_next();
	rig_do(&rig, command);
	for (int i = 0; i < 50 && slot_state(standby()) != SLOT_PRIMING; i++)
		rig_run(&rig, 1);
	CU_ASSERT_EQUAL_FATAL(slot_state(standby()), SLOT_PRIMING);
}

static uint64_t ready_block(void)
{
	return atomic_load(&standby()->ready_block);
}

/* ---- events */

static void test_events_wait(void)
{
	uint64_t first, lookahead_end, last = 0;
	int n_sent = 0, n_at_lookahead_end = 0;

	rig_open(&rig, first_patch, &(struct rig_options){0});
	rig_run(&rig, 100);
	commit_until_priming("commit");
	first = ready_block();
	for (int i = 0; i < 60; i++) {
		char command[60];

		snprintf(command, sizeof(command), "set osc1.level 0.%d", 200 + i);
		rig_do(&rig, command);
		n_sent++;
		rig_run(&rig, 1);
	}
	CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_COMMITS), 1);
	lookahead_end = atomic_load(&side_of(live())->lookahead_end);
	CU_ASSERT_EQUAL(atomic_load(&side_of(live())->first_start), first);
	CU_ASSERT_TRUE(lookahead_end > first && lookahead_end <= first + 20);
	rig_run(&rig, 20);
	for (uint64_t i = 0; i < atomic_load(&rig.engine->events.head); i++) {
		const struct event *event = &rig.engine->events.cells[i];

		CU_ASSERT_TRUE(event->block >= last);
		CU_ASSERT_FALSE(
			event->block >= first - AHEAD_BLOCKS && event->block < lookahead_end);
		last = event->block;
		n_at_lookahead_end += event->block == lookahead_end && event->kind == EVENT_PARAM;
		n_sent -= event->kind == EVENT_PARAM;
	}
	CU_ASSERT_EQUAL(n_sent, 0);
	CU_ASSERT_TRUE(n_at_lookahead_end >= 15); /* they did wait */
	rig_close(&rig);
}

/* ---- the fade that was chosen */

static int played(void)
{
	return (int)(side_of(live())->plan.block * BLOCK) + side_of(live())->plan.offset;
}

static void test_plan_is_played(void)
{
	rig_open(&rig, first_patch, &(struct rig_options){0});
	rig_run(&rig, 100);
	commit_until_priming("commit");
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_COMMITS), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_BLIND), 0);
	CU_ASSERT_EQUAL(side_of(live())->plan.block, atomic_load(&side_of(live())->live_since));
	CU_ASSERT_TRUE(side_of(live())->plan.block <= ready_block() ||
		       side_of(live())->plan.n_frames == 240);
	CU_ASSERT_TRUE(played() - (int)atomic_load(&side_of(live())->first_start) * BLOCK <= 320);
	rig_close(&rig);
}

/* ---- what only the run could know is in its journal */

static void play_and_render(
	const char *command, int stall_at, const char *wanted, uint64_t not_before)
{
	static struct spawned run;
	char journal[200], wav[200], line[200] = "", said[200] = "";
	const char *patch = spawn_file("first.ini", first_patch);
	struct wav_data got;
	struct diag diag;
	FILE *file;
	int n;

	snprintf(journal, sizeof(journal), "%s/journal.txt", spawn_folder());
	snprintf(wav, sizeof(wav), "%s/journal.wav", spawn_folder());
	rig_open(&rig, first_patch, &(struct rig_options){.lead = LEAD, .begins_softly = true});
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	rig_run(&rig, 100);
	commit_until_priming(command);
	for (int i = 0; i < 80; i++) {
		if (stall_at && clock_now() + LEAD == ready_block() - (uint64_t)stall_at &&
			slot_state(standby()) == SLOT_PRIMING)
			rig_do(&rig, "fault standby stall 5");
		if (i % 7 == 3)
			rig_do(&rig, i % 2 ? "set osc1.level 0.25" : "set osc1.level 0.35");
		rig_run(&rig, 1);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_TRUE(atomic_load(&side_of(live())->live_since) >=
		       atomic_load(&live()->ready_block) + not_before);
	n = (int)clock_now();
	rig_stop(&rig);
	desk_poll(rig.desk);
	file = fopen(journal, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, " commit"))
			strcpy(said, line);
	fclose(file);
	if (!strstr(said, wanted))
		printf("the journal says %s", said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, wanted));
	spawn_chronus(&run, "render --patch %s --script %s --seconds %.6f --out %s", patch, journal,
		(n - 0.5) * BLOCK / RATE_HZ, wav);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(wav, &got), 0);
	CU_ASSERT_EQUAL(memcmp(got.frames, rig.frames, (size_t)n * BLOCK * sizeof(v4f)), 0);
	wav_data_free(&got);
	rig_close(&rig);
}

static void test_journal_tells(void)
{
	play_and_render("commit", 0, "commit\n", 0);
	play_and_render("commit late 3", 0, "commit late 3\n", 3);
	play_and_render("commit blind 4", 0, "commit blind 4\n", 4);
	/* the standby sleeps for 4 blocks while it should render ahead */
	play_and_render("commit", AHEAD_BLOCKS + 1, "commit late 1\n", 1);
	/* and so early that nobody can say in time whether the two are the same */
	play_and_render("commit", AHEAD_BLOCKS + 3, "commit blind 0\n", 0);
}

/* ---- trouble in the blocks rendered ahead */

/* As if the desk had known the block before: between two steps of the rig all threads rest. */
static void plant_at(int slot, enum fault_kind kind, uint64_t block)
{
	struct event_log *log = &rig.engine->events;

	CU_ASSERT_TRUE(engine_plant(rig.engine, slot, kind, 0.0f));
	log->cells[(atomic_load(&log->head) - 1) % EVENT_LOG_CELLS].block = block;
	atomic_store(&log->stamped, atomic_load(&log->head));
}

static void check_whole(int n_blocks)
{
	double steady = judge_max_step(rig.frames + 20 * BLOCK, 0, 60 * BLOCK);

	for (int i = 0; i < n_blocks && slot_state(standby()) != SLOT_MIRROR; i++)
		rig_run(&rig, 1);
	rig_run(&rig, 20);
	CU_ASSERT_EQUAL(slot_state(live()), SLOT_LIVE);
	CU_ASSERT_EQUAL(slot_state(standby()), SLOT_MIRROR);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	rig_stop(&rig);
	CHECK_BELOW(
		judge_max_step(rig.frames + 20 * BLOCK, 0, (int)clock_now() * BLOCK - 40 * BLOCK),
		1.25 * steady);
}

static void play_with_fault(bool is_live, enum fault_kind kind, int at, uint64_t n_commits)
{
	rig_open(&rig, first_patch, &(struct rig_options){0});
	rig_run(&rig, 100);
	commit_until_priming("commit");
	plant_at(is_live ? live()->index : standby()->index, kind,
		ready_block() - AHEAD_BLOCKS + (uint64_t)at);
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), n_commits);
	check_whole(200);
	rig_close(&rig);
}

static void test_faults_ahead(void)
{
	/* the one that plays: the new one takes over while there are blocks left to fade from */
	for (int at = 7; at < 20; at += 4)
		play_with_fault(true, FAULT_SEGV, at, 1);
	/* the new one: it was never heard */
	for (int at = 0; at < 20; at += 4)
		play_with_fault(false, FAULT_SEGV, at, 0);
}

static void test_stopped_ahead(void)
{
	for (int at = -4; at < 16; at += 2) {
		rig_open(&rig, first_patch,
			&(struct rig_options){
				.jump_at_block = (uint64_t)(111 + at), .jump_ns = NS_PER_S / 3});
		rig_run(&rig, 100);
		commit_until_priming("commit");
		rig_run(&rig, 400);
		CU_ASSERT_TRUE(rig_count(&rig, STAT_XRUN) >= 1);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
		CU_ASSERT_EQUAL(slot_state(live()), SLOT_LIVE);
		CU_ASSERT_EQUAL(slot_state(standby()), SLOT_MIRROR);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
		rig_close(&rig);
	}
}

/* The longest ahead, the smallest and the largest blocks, and settings that plan nothing. */
static void test_sizes(void)
{
	static const int blocks[] = {16, 32, 64, 128, 256};

	for (int i = 0; i < 10; i++) {
		rig_open(&rig, first_patch,
			&(struct rig_options){.block_frames = blocks[i % 5],
				.lead = i < 5 ? 1 : 8,
				.fade_frames = i % 3 ? 240 : 480});
		rig_run(&rig, 200);
		stage_next();
		rig_do(&rig, "commit");
		rig_run(&rig, 400);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_BLIND), 0);
		CU_ASSERT_TRUE(side_of(live())->plan.n_frames > 0);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
		rig_close(&rig);
	}
}

SUITE_MAIN("lookahead", {"events wait for the fade", test_events_wait},
	{"the fade is the one chosen", test_plan_is_played},
	{"the journal tells what a rendering cannot know", test_journal_tells},
	{"faults in blocks rendered ahead", test_faults_ahead},
	{"stopped while rendering ahead", test_stopped_ahead}, {"block sizes", test_sizes})
