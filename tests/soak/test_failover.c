/* A failing worker costs no frame: the output with faults is the output without them, to the bit.
 * CHRONUS_SOAK=1 runs the long form. Nothing here depends on the machine's speed: time is block
 * time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

enum { MIRROR_BACK_BLOCKS = 187 }; /* 250 ms of 64 frames at 48 kHz */

static const char voice[] =
	"[patch]\nname = Voice\n[osc1]\ntype = osc\nshape = saw\nfreq_hz = 110\nlevel = 0.4\n"
	"[lfo1]\ntype = osc\nfreq_hz = 0.7\n"
	"[env1]\ntype = adsr\nin = osc1\nattack_ms = 4\nrelease_ms = 80\n"
	"[filter1]\ntype = svf\nin = env1\ncutoff_hz = 900\ncutoff_hz.mod = lfo1 * 400\n"
	"[delay1]\ntype = delay\nin = filter1\ntime_ms = 130\nfeedback = 0.7\nmix = 0.4\n"
	"[out]\nin = delay1\n";
static struct rig rig;

static enum slot_state standby_state(void)
{
	return engine_slot_state(rig.engine, 1 - engine_live(rig.engine));
}

/* Hands that never rest: the same for every run with the same seed. */
static void play_a_block(unsigned *seed)
{
	char command[80];

	switch (rand_r(seed) % 24) {
	case 0:
		snprintf(command, sizeof(command), "set osc1.freq_hz %d", 50 + rand_r(seed) % 800);
		rig_do(&rig, command);
		break;
	case 1:
		snprintf(command, sizeof(command), "set filter1.cutoff_hz %d",
			200 + rand_r(seed) % 4000);
		rig_do(&rig, command);
		break;
	case 2:
		rig_do(&rig, rand_r(seed) % 3 ? "gate env1 on" : "gate env1 off");
		break;
	case 3:
		snprintf(
			command, sizeof(command), "set delay1.time_ms %d", 30 + rand_r(seed) % 300);
		rig_do(&rig, command);
		break;
	default:
		break;
	}
	rig_run(&rig, 1);
}

struct played {
	v4f *frames;
	int n_frames;
	uint64_t counts[N_STATS];
	int n_planted, longest_without;
};

static const char *const faults[] = {"segv", "fpe", "bus", "ill", "nan", "stall 4"};

/* Plays n_blocks; where n_faults > 0, plants them at random blocks whenever the mirror stands. */
static struct played play(int n_blocks, int n_faults, const char *who)
{
	struct played played = {0};
	unsigned hands = 11, fate = 5;
	int without = 0, wait = 20;

	rig_open(&rig, voice, &(struct rig_options){.max_blocks = n_blocks + 20});
	for (int i = 0; i < n_blocks; i++) {
		without = standby_state() == SLOT_MIRROR ? 0 : without + 1;
		played.longest_without = int_max(played.longest_without, without);
		if (played.n_planted < n_faults && without == 0 && --wait <= 0) {
			char command[60];

			snprintf(command, sizeof(command), "fault %s %s", who,
				faults[played.n_planted % (int)ARRAY_LEN(faults)]);
			CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
			played.n_planted++;
			wait = 6 + rand_r(&fate) % 8;
		}
		play_a_block(&hands);
	}
	for (int s = 0; s < N_STATS; s++)
		played.counts[s] = rig_count(&rig, (enum stat_id)s);
	rig_stop(&rig);
	played.n_frames = n_blocks * 64;
	played.frames = series_new(played.n_frames);
	memcpy(played.frames, rig.frames, (size_t)played.n_frames * sizeof(v4f));
	rig_close(&rig);
	return played;
}

static int n_faults(void)
{
	return getenv("CHRONUS_SOAK") ? 1000 : 120;
}

static void check_against_healthy(const char *who)
{
	int n_blocks = n_faults() * 75;
	struct played want = play(n_blocks, 0, who), got = play(n_blocks, n_faults(), who);

	CU_ASSERT_EQUAL(got.n_planted, n_faults());
	CHECK_BELOW(-judge_rms(want.frames, 0, want.n_frames), -0.01);
	CU_ASSERT_EQUAL(memcmp(want.frames, got.frames, (size_t)want.n_frames * sizeof(v4f)), 0);
	CHECK_BELOW(got.longest_without, MIRROR_BACK_BLOCKS + 0.5);
	CU_ASSERT_EQUAL(got.counts[STAT_NONE], 0);
	CU_ASSERT_EQUAL(got.counts[STAT_XRUN], 0);
	CU_ASSERT_EQUAL(got.counts[STAT_COMMITS], 0);
	CU_ASSERT_EQUAL(got.counts[STAT_REFUSED], 0);
	CU_ASSERT_EQUAL(
		got.counts[STAT_FAILOVERS], strcmp(who, "live") == 0 ? (uint64_t)n_faults() : 0);
	free(want.frames);
	free(got.frames);
}

static void test_live_fails(void)
{
	check_against_healthy("live");
}

static void test_standby_fails(void)
{
	check_against_healthy("standby");
}

/* Each kind of fault moves its own counters and no other. */
static void test_counters(void)
{
	static const struct {
		const char *command;
		unsigned moves; /* a bit a counter */
	} rows[] = {
		{"fault live segv", 1u << STAT_FAILOVERS | 1u << STAT_FAULTS},
		{"fault live fpe", 1u << STAT_FAILOVERS | 1u << STAT_FAULTS},
		{"fault live bus", 1u << STAT_FAILOVERS | 1u << STAT_FAULTS},
		{"fault live ill", 1u << STAT_FAILOVERS | 1u << STAT_FAULTS},
		{"fault live nan", 1u << STAT_FAILOVERS},
		{"fault live stall 20", 1u << STAT_FAILOVERS},
		{"fault standby segv", 1u << STAT_FAULTS},
		{"fault standby nan", 1u << STAT_MISMATCH},
		{"fault standby stall 20", 0},
	};
	unsigned watched = 1u << STAT_NONE | 1u << STAT_DROP | 1u << STAT_XRUN |
			   1u << STAT_COMMITS | 1u << STAT_REFUSED | 1u << STAT_FAILOVERS |
			   1u << STAT_REANCHORS | 1u << STAT_FAULTS | 1u << STAT_MISMATCH |
			   1u << STAT_RESETS;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned moved = 0;

		rig_open(&rig, voice, &(struct rig_options){0});
		rig_do(&rig, "gate env1 on");
		rig_run(&rig, 50);
		rig_do(&rig, rows[i].command);
		rig_run(&rig, 300);
		for (int s = 0; s < N_STATS; s++)
			moved |= rig_count(&rig, (enum stat_id)s) ? 1u << s : 0;
		if ((moved & watched) != rows[i].moves)
			printf("\n  %s moved %x, expected %x", rows[i].command, moved & watched,
				rows[i].moves);
		CU_ASSERT_EQUAL(moved & watched, rows[i].moves);
		CU_ASSERT_TRUE(rig_count(&rig, STAT_RESYNCS) >= 1);
		CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR);
		rig_close(&rig);
	}
}

/* The live worker fails while nobody mirrors it: let go softly, begun again softly, with its
 * values. */
static void test_no_mirror(void)
{
	int n_from;

	rig_open(&rig, voice, &(struct rig_options){0});
	rig_do(&rig, "gate env1 on");
	rig_do(&rig, "set osc1.freq_hz 200");
	rig_run(&rig, 100);
	rig_do(&rig, "fault standby segv");
	rig_run(&rig, 4);
	CU_ASSERT_NOT_EQUAL(standby_state(), SLOT_MIRROR);
	rig_do(&rig, "fault live segv");
	rig_run(&rig, 400);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_NONE) > 0);
	CHECK_BELOW((double)rig_count(&rig, STAT_NONE), 60.0);
	CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR);
	rig_do(&rig, "gate env1 off");
	rig_run(&rig, 1);
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 100);
	rig_stop(&rig);
	n_from = rig.n_frames - 2000;
	CHECK_BELOW(-judge_rms(rig.frames + n_from - 2000, 0, 2000), -0.01);
	CHECK_BELOW(judge_max_step(rig.frames, 0, rig.n_frames), 0.5); /* the saw's own is 0.4 */
	rig_close(&rig);
}

static void stage_patch(const char *path)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", path);
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

/* Both workers fail at the same block: it is the patch. The one before is heard, the bad one
 * refused until edited. */
static void test_bad_patch(void)
{
	static const char bad[] =
		"[patch]\nname = Bad\n[osc1]\ntype = osc\nlevel = 0.3\n[out]\nin = osc1\n";
	static const char edited[] =
		"[patch]\nname = Bad\n[osc1]\ntype = osc\nlevel = 0.25\n[out]\nin = osc1\n";
	const char *path = "/tmp/chronus-bad-patch.ini";
	FILE *file = fopen(path, "w");

	fputs(bad, file);
	fclose(file);
	rig_open(&rig, voice, &(struct rig_options){0});
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 50);
	stage_patch(path);
	rig_do(&rig, "commit");
	rig_run(&rig, 200);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Bad");
	rig_do(&rig, "fault both segv");
	rig_run(&rig, 300);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Voice");
	CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR);
	stage_patch(path);
	rig_do(&rig, "commit");
	rig_run(&rig, 200);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Voice");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.stats->texts.refused_why, "until it is edited"));
	file = fopen(path, "w");
	fputs(edited, file);
	fclose(file);
	stage_patch(path);
	rig_do(&rig, "commit");
	rig_run(&rig, 200);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Bad");
	rig_close(&rig);
	remove(path);
}

/* A patch that fails while it primes never gets heard. */
static void test_fails_in_priming(void)
{
	rig_open(&rig, voice, &(struct rig_options){0});
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 50);
	rig_do(&rig, "stage osc1.freq_hz 99");
	rig_do(&rig, "commit");
	while (standby_state() != SLOT_PRIMING)
		rig_run(&rig, 1);
	rig_do(&rig, "fault standby segv");
	rig_run(&rig, 200);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.stats->texts.refused_why, "failed while it primed"));
	CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR);
	rig_do(&rig, "commit"); /* what was staged still is */
	rig_run(&rig, 200);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	rig_close(&rig);
}

SUITE_MAIN("failover", {"a failing live worker is not heard", test_live_fails},
	{"a failing standby is not heard", test_standby_fails},
	{"each fault has its own counter", test_counters},
	{"no mirror: let go and begun again", test_no_mirror},
	{"a patch that fails in both", test_bad_patch},
	{"a patch that fails in priming", test_fails_in_priming})
