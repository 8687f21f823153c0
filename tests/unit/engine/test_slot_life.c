/* A slot's life, block by block: admission, quantized commits, spillover, large memories, the
 * journal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { BLOCK = 64, RATE_HZ = 48000 };

static const char tone[] =
	"[patch]\nname = Tone\ntempo_bpm = 120\n[osc1]\ntype = osc\nfreq_hz = 440\n"
	"level = 0.4\n[out]\nin = osc1\n";
static struct rig rig;

static void load(const char *text)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_file("next.ini", text));
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

static enum slot_state standby_state(void)
{
	return engine_slot_state(rig.engine, 1 - engine_live(rig.engine));
}

static uint64_t clock_now(void)
{
	return engine_clock(rig.engine);
}

/* Blocks from the command to the first block of the new patch. */
static int commit_and_count(void)
{
	uint64_t from = clock_now(), commits = rig_count(&rig, STAT_COMMITS);

	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, commits + 1, 2000);
	return (int)(engine_transition(rig.engine, engine_live(rig.engine)).live_since - from);
}

/* A patch that cannot be ordered is refused with its reason; a silent one is not; what plays
 * plays on. */
static void test_cycle_and_silence(void)
{
	static const char cycle[] =
		"[a]\ntype = mixer\nin1 = b\n[b]\ntype = mixer\nin1 = a\n[out]\nin = b\n";
	static const char silent[] =
		"[patch]\nname = Silent\n[osc1]\ntype = osc\nlevel = 0\n[out]\nin = osc1\n";
	char command[300], reply[500];

	rig_open(&rig, tone, &(struct rig_options){0});
	rig_run(&rig, 30);
	snprintf(command, sizeof(command), "load %s", spawn_file("cycle.ini", cycle));
	CU_ASSERT_TRUE(rig_do(&rig, command) < 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig.stats->texts.refused_why, "cycle without a delay: a -> b -> a"));
	/* the commit says why it is not what was loaded, once; then it is of what plays */
	CU_ASSERT_TRUE(desk_command(rig.desk, "commit", reply, sizeof(reply)) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "commit refused: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "cycle without a delay: a -> b -> a"));
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	CU_ASSERT_EQUAL(rig_do(&rig, "commit"), 0);
	rig_run(&rig, 100);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Tone");
	load(silent);
	rig_do(&rig, "commit");
	rig_run(&rig, 100);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Silent");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 2);
	rig_close(&rig);
}

/* ---- quantized commits */

static void check_quantized(double beats, int blocks_a_beat)
{
	rig_open(&rig, tone, &(struct rig_options){.quantize_beats = beats});
	for (int i = 1; i <= 4; i++) {
		int slot, unit = (int)(beats * blocks_a_beat);
		uint64_t since;

		rig_run(&rig, 40 + 61 * i);
		rig_do(&rig, i % 2 ? "stage osc1.freq_hz 500" : "stage osc1.freq_hz 600");
		commit_and_count();
		slot = engine_live(rig.engine);
		since = engine_transition(rig.engine, slot).live_since;
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), (uint64_t)i);
		CU_ASSERT_TRUE(since % (uint64_t)unit <= 5); /* the best start near it */
	}
	rig_close(&rig);
}

static void test_quantize(void)
{
	check_quantized(1.0, 375); /* 120 beats a minute: 0.5 s are 375 blocks of 64 frames */
	check_quantized(4.0, 375);
}

/* ---- spillover */

static const char plucked[] =
	"[patch]\nname = Plucked\n[osc1]\ntype = osc\nfreq_hz = 300\nlevel = 0.4\n"
	"[env1]\ntype = adsr\nin = osc1\nsustain = 1\nrelease_ms = 400\n[out]\nin = env1\n";
static const char other[] = "[patch]\nname = Other\n[osc9]\ntype = osc\nfreq_hz = 1000\nlevel = "
			    "0.3\n[out]\nin = osc9\n";

/* What the old patch does by itself when its gate closes at the block where spillover closes it. */
static v4f *own_release(int gate_off_block, int n_blocks)
{
	v4f *frames = aligned_alloc(16, sizeof(v4f) * (size_t)(n_blocks * BLOCK));

	rig_open(&rig, plucked, &(struct rig_options){0});
	rig_do(&rig, "gate env1 on");
	/* an event is stamped lead blocks ahead of the one played next */
	rig_run(&rig, gate_off_block - 2);
	rig_do(&rig, "gate env1 off");
	rig_run(&rig, n_blocks - gate_off_block + 2);
	rig_stop(&rig);
	memcpy(frames, rig.frames, sizeof(v4f) * (size_t)(n_blocks * BLOCK));
	rig_close(&rig);
	return frames;
}

static void test_spillover(void)
{
	enum { N = 700, TAIL = 24000 };
	static v4f difference[N * BLOCK];
	int since, from, n;
	v4f *release;
	double power = 0.0;

	rig_open(&rig, plucked, &(struct rig_options){.tail_frames = TAIL});
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 100);
	load(other);
	commit_and_count();
	since = (int)engine_transition(rig.engine, engine_live(rig.engine)).live_since;
	rig_run(&rig, N - (int)clock_now());
	CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR); /* the tail has ended, the slot is back */
	rig_stop(&rig);
	memcpy(difference, rig.frames, sizeof(difference));
	rig_close(&rig);

	release = own_release(since, N);
	from = since * BLOCK + 480; /* the new one has come in */
	n = TAIL / 2 - 480;         /* the old one does not fade yet */
	for (int i = from; i < from + n; i++)
		difference[i] -= release[i];
	/* what is left is the new patch alone, at full level, as long as the tail does not fade */
	CHECK_BELOW(judge_sine_residual_db(difference + from, 0, n, 1000.0 / RATE_HZ), -80.0);
	CU_ASSERT_DOUBLE_EQUAL(judge_rms(difference + from, 0, n), 0.3 / sqrt(2.0), 1e-4);
	for (int i = from; i < from + 4800; i++)
		power += (double)(release[i][0] * release[i][0]);
	CU_ASSERT_TRUE(power > 10.0); /* there was a tail */
	free(release);
}

/* The next commit does not wait for a long tail. */
static void test_tail_makes_way(void)
{
	rig_open(&rig, plucked, &(struct rig_options){.tail_frames = 10 * RATE_HZ});
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 100);
	load(other);
	commit_and_count();
	rig_run(&rig, 30);
	load(plucked);
	CHECK_BELOW((double)commit_and_count(), 60.0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 2);
	rig_close(&rig);
}

/* ---- how long it takes, and large memories */

static void large_patch(char *text, size_t n_bytes, int n_pairs, double cutoff_hz)
{
	snprintf(text, n_bytes, "[patch]\nname = Large\n");
	for (int i = 1; i <= n_pairs; i++)
		snprintf(text + strlen(text), n_bytes - strlen(text),
			"[osc%d]\ntype = osc\nfreq_hz = %d\nlevel = 0.02\n[f%d]\ntype = svf\nin = "
			"osc%d%s%d\n"
			"cutoff_hz = %g\n",
			i, 50 + 10 * i, i, i, i > 1 ? " + f" : " * ", i > 1 ? i - 1 : 1, cutoff_hz);
	snprintf(text + strlen(text), n_bytes - strlen(text), "[out]\nin = f%d\n", n_pairs);
}

static void test_commit_takes_the_same_time(void)
{
	static char text[20000];
	int first;

	large_patch(text, sizeof(text), 32, 2000.0); /* 65 modules */
	rig_open(&rig, text, &(struct rig_options){0});
	rig_run(&rig, 50);
	large_patch(text, sizeof(text), 32, 900.0);
	load(text);
	first = commit_and_count();
	CHECK_BELOW(first * 1000.0 * BLOCK / RATE_HZ, 30.0);
	CU_ASSERT_TRUE(first >= 8); /* it was primed */
	for (int i = 0; i < 10; i++) {
		rig_run(&rig, 200);
		large_patch(text, sizeof(text), 32, 500.0 + 100.0 * i);
		load(text);
		CU_ASSERT_EQUAL(commit_and_count(), first);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_LATE), 0);
	rig_close(&rig);
}

/* 4 s of stereo delay memory: taken over in pieces, none of them large, and exactly. */
static void test_large_memory(void)
{
	static const char echo[] =
		"[osc1]\ntype = osc\nshape = saw\nfreq_hz = 90\nlevel = 0.3\n"
		"[delay1]\ntype = delay\nin = osc1\ntime_ms = 3900\nfeedback = 0.9\n"
		"[delay2]\ntype = delay\nin = delay1\ntime_ms = 1234\n[out]\nin = delay2\n";

	rig_open(&rig, echo, &(struct rig_options){0});
	rig_run(&rig, 3200);
	for (int i = 0; i < 3; i++) {
		int took = commit_and_count(), back = 0;

		CHECK_BELOW((double)took, 187.0);
		while (standby_state() != SLOT_MIRROR && back++ < 1000)
			rig_run(&rig, 1);
		CHECK_BELOW((double)back, 187.0); /* 250 ms */
	}
	rig_run(&rig, 3200);
	/* 4 s later every frame of memory has been heard */
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_LATE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CHECK_BELOW((double)atomic_load(&rig.stats->piece_max_bytes), 80.0 * 1024.0);
	CU_ASSERT_TRUE(atomic_load(&rig.stats->piece_max_bytes) >= 64 * 1024);
	rig_close(&rig);
}

/* A delay that comes with a commit must not repeat the moment its input began as a click. */
static void test_new_echo_has_no_click(void)
{
	static const char echo[] = "[osc1]\ntype = osc\nfreq_hz = 440\nlevel = 0.4\n"
				   "[delay1]\ntype = delay\nin = osc1\ntime_ms = 100\nfeedback = "
				   "0.5\nmix = 1\n[out]\nin = delay1\n";
	int from, n = RATE_HZ / 2;

	rig_open(&rig, tone, &(struct rig_options){0});
	rig_run(&rig, 100);
	load(echo);
	commit_and_count();
	from = (int)clock_now() * BLOCK;
	rig_run(&rig, 500);
	rig_stop(&rig);
	CHECK_BELOW(-judge_rms(rig.frames + from, 0, n), -0.1);
	CHECK_BELOW(judge_burst_db(rig.frames + from, 0, n), -90.0);
	rig_close(&rig);
}

/* ---- the journal of a run, rendered, gives the samples of the run */

static void play_something(unsigned seed)
{
	for (int i = 0; i < 60; i++) {
		char command[80];

		switch (rand_r(&seed) % 6) {
		case 0:
			snprintf(command, sizeof(command), "set osc1.freq_hz %g",
				100.0 + rand_r(&seed) % 9000 / 7.0);
			break;
		case 1:
			snprintf(command, sizeof(command), "gate env1 %s",
				rand_r(&seed) % 2 ? "on" : "off");
			break;
		case 2:
			snprintf(command, sizeof(command), "stage env1.sustain 0.%d",
				3 + rand_r(&seed) % 6);
			break;
		case 3:
			strcpy(command, "stage osc1.shape saw");
			break;
		case 4:
			strcpy(command, "commit");
			break;
		default:
			strcpy(command, "undo");
			if (desk_n_undo(rig.desk) == 0 || desk_is_committing(rig.desk))
				continue;
			break;
		}
		rig_do(&rig, command);
		rig_run(&rig, rand_r(&seed) % 60);
	}
	rig_run(&rig, 200);
}

static void test_journal(void)
{
	static struct spawned run;
	char journal[200], wav[200];
	const char *patch = spawn_file("plucked.ini", plucked);
	struct wav_data got;
	struct diag diag;
	int n;

	snprintf(journal, sizeof(journal), "%s/journal.txt", spawn_folder());
	snprintf(wav, sizeof(wav), "%s/journal.wav", spawn_folder());
	for (unsigned seed = 1; seed <= 5; seed++) {
		rig_open(&rig, plucked, &(struct rig_options){.lead = 1 + (int)seed % 3});
		CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
		play_something(seed);
		n = (int)clock_now();
		CU_ASSERT_TRUE(rig_count(&rig, STAT_COMMITS) >= 3);
		rig_stop(&rig);
		desk_poll(rig.desk);
		spawn_chronus(&run, "render --patch %s --script %s --seconds %.6f --out %s", patch,
			journal, (n - 0.5) * BLOCK / RATE_HZ, wav);
		CU_ASSERT_EQUAL(run.status, 0);
		CU_ASSERT_EQUAL_FATAL(wav_read(wav, &got), 0);
		CU_ASSERT_EQUAL(got.n_frames, n * BLOCK);
		CHECK_BELOW(-judge_rms(got.frames, 0, got.n_frames), -0.001);
		CU_ASSERT_EQUAL(memcmp(got.frames, rig.frames, (size_t)n * BLOCK * sizeof(v4f)), 0);
		wav_data_free(&got);
		rig_close(&rig);
	}
}

SUITE_MAIN("a slot's life", {"a cycle is refused, silence is not", test_cycle_and_silence},
	{"commits wait for the beat or the bar", test_quantize}, {"spillover", test_spillover},
	{"a long tail makes way", test_tail_makes_way},
	{"a commit takes the same few blocks every time", test_commit_takes_the_same_time},
	{"4 s of delay memory", test_large_memory},
	{"a new echo has no click", test_new_echo_has_no_click},
	{"the journal gives the very samples", test_journal})
