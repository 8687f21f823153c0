/* Notes and gates by hand, and letting go of all of them: `panic`, `note * off`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, N_STEPS = 60, STEP_BLOCKS = 8 };

static const char instrument[] =
	"[patch]\nvoices = 8\n[keys1]\ntype = keys\n"
	"[osc1]\ntype = osc\nshape = sine\npitch = keys1.pitch\n"
	"[env1]\ntype = adsr\nin = osc1\ngate = keys1.gate\nattack_ms = 1\nsustain = 1\n"
	"release_ms = 40\n"
	"[osc2]\ntype = osc\nshape = sine\nfreq_hz = 300\n"
	"[env2]\ntype = adsr\nin = osc2\nattack_ms = 1\nsustain = 1\nrelease_ms = 40\n"
	"[mix1]\ntype = mix\nin = env1\n[out]\nin = mix1 * 0.1 + env2 * 0.1\n";

static struct rig rig;

static double loudness(int n_blocks)
{
	double sum = 0.0;

	for (int i = rig.n_frames - n_blocks * BLOCK; i < rig.n_frames; i++)
		sum += (double)(rig.frames[i][0] * rig.frames[i][0]);
	return sqrt(sum / (n_blocks * BLOCK));
}

/* Ways in which something sounds though no finger is on it, or one is */
static const char *const ways[][3] = {
	{"note keys1 60 on"},
	{"gate env2 on"},
	{"set keys1.hold on", "note keys1 60 on", "note keys1 60 off"},
	{"midi b0 40 7f", "note keys1 60 on", "note keys1 60 off"},
	{"midi 93 3c 64"},
	{"midi b0 40 7f", "midi 90 3c 64", "midi 80 3c 00"},
	{"midi 90 3c 64 b0 42 7f", "midi 80 3c 00"},
	{"set keys1.hold on", "midi 95 3c 64", "midi 85 3c 00"},
	{"set keys1.channel 5", "midi 94 3c 64", "set keys1.channel 6"},
};

/* Whatever the way, `ends` ends it, and its release is heard. */
static void check_ends(int way, const char *ends)
{
	double held;

	rig_open(&rig, instrument, &(struct rig_options){0});
	for (int i = 0; i < 3 && ways[way][i]; i++) {
		CU_ASSERT_EQUAL(rig_do(&rig, ways[way][i]), 0);
		rig_run(&rig, 10);
	}
	rig_run(&rig, 20);
	held = loudness(10);
	CU_ASSERT_TRUE(held > 0.01);
	CU_ASSERT_EQUAL(rig_do(&rig, ends), 0);
	rig_run(&rig, 14);
	CU_ASSERT_TRUE(loudness(8) > 0.05 * held);
	rig_run(&rig, 200);
	CU_ASSERT_TRUE(loudness(10) < 1e-5);
	if (loudness(10) >= 1e-5)
		printf("\n  `%s` after way %d: %g", ends, way, loudness(10));
	/* and the next note plays as ever */
	rig_do(&rig, "set keys1.channel 0");
	rig_do(&rig, "note keys1 62 on");
	rig_run(&rig, 30);
	CU_ASSERT_TRUE(loudness(10) > 0.01);
	if (strcmp(ends, "panic") == 0) { /* no pedal is left down */
		rig_do(&rig, "set keys1.hold off");
		rig_do(&rig, "note keys1 62 off");
		rig_run(&rig, 200);
		CU_ASSERT_TRUE(loudness(10) < 1e-5);
	}
	rig_close(&rig);
}

static void test_panic(void)
{
	for (int way = 0; way < (int)ARRAY_LEN(ways); way++)
		check_ends(way, "panic");
}

/* Of hands alone, held by a key or by `hold`; what MIDI holds goes on. */
static void test_all_notes_off(void)
{
	static const char *const forms[] = {
		"note keys1 off", "note keys1 * off", "note * off", "note * * off"};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		check_ends(0, forms[i]);
		check_ends(2, forms[i]);
		check_ends(3, forms[i]);
	}
	rig_open(&rig, instrument, &(struct rig_options){0});
	rig_do(&rig, "midi 90 3c 64");
	rig_do(&rig, "note * off");
	rig_run(&rig, 60);
	CU_ASSERT_TRUE(loudness(10) > 0.01);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 * on") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note keys1 60") < 0);
	CU_ASSERT_TRUE(rig_do(&rig, "note env2 off") < 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "note gone off"), 0);
	rig_close(&rig);
}

/* ---- played, failed, played again */

static v4f *play(bool has_faults, const char *journal)
{
	struct diag diag;
	v4f *frames;
	const size_t n_bytes = (size_t)N_STEPS * STEP_BLOCKS * BLOCK * sizeof(*frames);

	rig_open(&rig, instrument, &(struct rig_options){0});
	desk_allow_faults(rig.desk);
	if (journal)
		CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	for (int step = 0; step < N_STEPS; step++) {
		const char *const *way = ways[step % (int)ARRAY_LEN(ways)];

		rig_run(&rig, STEP_BLOCKS);
		for (int i = 0; i < 3 && way[i]; i++)
			rig_do(&rig, way[i]);
		if (step % 4 == 3)
			rig_do(&rig, step % 8 == 3 ? "panic" : "note * off");
		if (has_faults && step % 20 == 9)
			rig_do(&rig, "fault live segv");
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), has_faults ? N_STEPS / 20 : 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_stop(&rig);
	frames = malloc(n_bytes);
	memcpy(frames, rig.frames, n_bytes);
	rig_close(&rig);
	return frames;
}

static void test_again(void)
{
	const size_t n_bytes = (size_t)N_STEPS * STEP_BLOCKS * BLOCK * sizeof(v4f);
	struct script script;
	struct diag diag;
	char path[300];
	v4f *plain, *failed;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	plain = play(false, NULL);
	failed = play(true, path);
	CU_ASSERT_EQUAL(memcmp(plain, failed, n_bytes), 0);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, instrument, &(struct rig_options){.is_render = true});
	rig_play(&rig, &script, N_STEPS * STEP_BLOCKS);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(plain, rig.frames, n_bytes), 0);
	rig_close(&rig);
	script_free(&script);
	free(plain);
	free(failed);
}

SUITE_MAIN("play", {"panic", test_panic}, {"all notes off", test_all_notes_off},
	{"played again", test_again})
