/* MIDI through the desk: heard, kept by commits, failovers and the journal; and what is not heard is
 * counted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, N_STEPS = 120, STEP_BLOCKS = 8 };

/* The sum of the voices' pitches, weighted by gate, velocity and pressure: anything that is lost
 * is heard. */
static const char instrument[] =
	"[patch]\nvoices = 8\n[keys1]\ntype = keys\n"
	"[osc1]\ntype = osc\nshape = sine\npitch = keys1.pitch\n"
	"[env1]\ntype = adsr\nin = osc1\ngate = keys1.gate\nattack_ms = 1\nsustain = 1\nrelease_ms "
	"= 20\n"
	"[vca1]\ntype = vca\nin = env1\nby = keys1.velocity + keys1.pressure + keys1.mod\n"
	"[mix1]\ntype = mix\nin = vca1\n[out]\nin = mix1 * 0.1\n";
static const char drone[] = "[patch]\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.1\n";

static struct rig rig;

static double loudness(int n_blocks)
{
	double sum = 0.0;

	for (int i = rig.n_frames - n_blocks * BLOCK; i < rig.n_frames; i++)
		sum += (double)(rig.frames[i][0] * rig.frames[i][0]);
	return sqrt(sum / (n_blocks * BLOCK));
}

static void test_heard(void)
{
	rig_open(&rig, instrument, &(struct rig_options){0});
	rig_run(&rig, 20);
	CU_ASSERT_EQUAL(loudness(10), 0.0);
	CU_ASSERT_EQUAL(rig_do(&rig, "midi 90 3c"), 0); /* in two parts */
	rig_run(&rig, 20);
	CU_ASSERT_EQUAL(loudness(10), 0.0);
	CU_ASSERT_EQUAL(rig_do(&rig, "midi 6440 64"), 0); /* and a running status */
	rig_run(&rig, 40);
	CU_ASSERT_TRUE(loudness(10) > 0.01);
	CU_ASSERT_EQUAL(rig_do(&rig, "midi 80 3c 40 40 40"), 0);
	rig_run(&rig, 100);
	CU_ASSERT_TRUE(loudness(10) < 1e-6);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_FAULTS), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_UNHEARD), 0);
	rig_close(&rig);
}

static void test_not_heard(void)
{
	rig_open(&rig, drone, &(struct rig_options){0});
	rig_do(&rig, "midi 90 3c 64 80 3c 00 90 3d 64 90 3d 00");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_UNHEARD), 2);
	rig_do(&rig, "midi f4 01 02");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_FAULTS), 3);
	rig_close(&rig);
	rig_open(&rig, instrument, &(struct rig_options){0});
	rig_do(&rig, "set keys1.channel 2");
	rig_do(&rig, "set keys1.low 60");
	rig_do(&rig, "midi 90 3c 64 91 3b 64 91 3c 64");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_UNHEARD), 2);
	rig_close(&rig);
}

/* A chord with its pedal, wheel and pressure is held while the patch changes, and let go after it. */
static void test_kept(void)
{
	double before;

	rig_open(&rig, instrument, &(struct rig_options){0});
	rig_do(&rig, "midi b0 40 7f b0 01 40 e0 00 70 d0 30 90 30 64 90 3c 64 80 3c 00");
	rig_run(&rig, 100);
	before = loudness(50);
	CU_ASSERT_TRUE(before > 0.01);
	rig_do(&rig, "stage env1.release_ms 21");
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	rig_run(&rig, 100);
	CU_ASSERT_DOUBLE_EQUAL(loudness(50) / before, 1.0, 0.05);
	rig_do(&rig, "undo");
	rig_run_to_commits(&rig, 2, 400);

	rig_run(&rig, 100);
	CU_ASSERT_DOUBLE_EQUAL(loudness(50) / before, 1.0, 0.05);
	rig_do(&rig, "midi b0 40 00");
	rig_run(&rig, 100);
	CU_ASSERT_TRUE(loudness(50) < 0.95 * before && loudness(50) > 0.0);
	rig_do(&rig, "midi 80 30 00");
	rig_run(&rig, 100);
	CU_ASSERT_TRUE(loudness(10) < 1e-6);
	rig_close(&rig);
}

/* ---- played, failed, played again */

static void any_message(unsigned *seed, char *text, size_t n_bytes)
{
	static const int controllers[] = {1, 7, 64, 66, 67, 121};
	int kind = rand_r(seed) % 8, note = 48 + rand_r(seed) % 24, value = rand_r(seed) % 128;

	if (kind < 4)
		snprintf(text, n_bytes, "midi 90 %02x %02x", (unsigned)note,
			(unsigned)(kind < 2 ? value : 0));
	else if (kind == 4)
		snprintf(text, n_bytes, "midi b0 %02x %02x",
			(unsigned)controllers[rand_r(seed) % 6], (unsigned)value);
	else if (kind == 5)
		snprintf(text, n_bytes, "midi e0 %02x %02x", (unsigned)note, (unsigned)value);
	else if (kind == 6)
		snprintf(text, n_bytes, "midi d0 %02x", (unsigned)value);
	else
		snprintf(text, n_bytes, "midi a0 %02x %02x", (unsigned)note, (unsigned)value);
}

/* Any messages, with commits in between. Returns what was played: the caller's. */
static v4f *play(bool has_faults, const char *journal, int *n)
{
	unsigned seed = 11;
	char text[100];
	struct diag diag;
	v4f *frames;

	rig_open(&rig, instrument, &(struct rig_options){0});
	desk_allow_faults(rig.desk);
	if (journal)
		CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	for (int step = 0; step < N_STEPS; step++) {
		rig_run(&rig, STEP_BLOCKS);
		for (int i = 0; i < 5; i++) {
			any_message(&seed, text, sizeof(text));
			CU_ASSERT_EQUAL(rig_do(&rig, text), 0);
		}
		if (has_faults && step % 20 == 9)
			rig_do(&rig, "fault live segv");
		if (step % 20 == 15) {
			snprintf(text, sizeof(text), "stage env1.release_ms %d", 20 + step);
			rig_do(&rig, text);
			rig_do(&rig, "commit");
		}
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), has_faults ? N_STEPS / 20 : 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), N_STEPS / 20);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	*n = N_STEPS * STEP_BLOCKS * BLOCK;
	rig_stop(&rig);
	frames = malloc((size_t)*n * sizeof(*frames));
	memcpy(frames, rig.frames, (size_t)*n * sizeof(*frames));
	rig_close(&rig);
	return frames;
}

static void test_again(void)
{
	struct script script;
	struct diag diag;
	char path[300];
	v4f *plain, *failed;
	int n;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	plain = play(false, NULL, &n);
	failed = play(true, path, &n);
	CU_ASSERT_EQUAL(memcmp(plain, failed, (size_t)n * sizeof(*plain)), 0);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, instrument, &(struct rig_options){.is_render = true});
	rig_play(&rig, &script, n / BLOCK);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(plain, rig.frames, (size_t)n * sizeof(*plain)), 0);
	rig_close(&rig);
	script_free(&script);
	free(plain);
	free(failed);
}

/* A million bytes of anything: counted, and no note is left. */
static void test_anything(void)
{
	enum { N_LINES = 1000000 / 250 };
	unsigned seed = 4;
	char line[5 + 3 * 250 + 1];

	rig_open(&rig, instrument, &(struct rig_options){.max_blocks = 10000});
	for (int i = 0; i < N_LINES; i++) {
		strcpy(line, "midi");
		for (int k = 0; k < 250; k++)
			snprintf(line + 4 + 3 * k, 4, " %02x", (unsigned)rand_r(&seed) >> 8 & 255);
		CU_ASSERT_EQUAL_FATAL(rig_do(&rig, line), 0);
		rig_run(&rig, 1);
	}
	CU_ASSERT_TRUE(rig_count(&rig, STAT_MIDI_FAULTS) > 50000);
	for (int channel = 0; channel < 16; channel++) {
		snprintf(line, sizeof(line), "midi b%x 7b 00", (unsigned)channel);
		rig_do(&rig, line);
	}
	rig_run(&rig, 200);
	CU_ASSERT_TRUE(loudness(10) < 1e-6);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_RESETS), 0);
	rig_close(&rig);
}

/* At the end everything is let go, pedals and all. */
static void test_quit(void)
{
	rig_open(&rig, instrument, &(struct rig_options){0});
	rig_do(&rig, "midi b0 40 7f 90 3c 64 95 40 64");
	rig_run(&rig, 20);
	rig_do(&rig, "quit");
	rig_run(&rig, 100);
	CU_ASSERT_TRUE(loudness(10) < 1e-6);
	rig_close(&rig);
}

SUITE_MAIN("midi", {"heard", test_heard}, {"not heard", test_not_heard}, {"kept", test_kept},
	{"failovers and the journal", test_again}, {"a million bytes", test_anything},
	{"quit lets go", test_quit})
