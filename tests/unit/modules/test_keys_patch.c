/* keys in an engine, in a cycle with the voices that they play. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

static const char patch[] =
	"[patch]\nvoices = 6\n[keys1]\ntype = keys\nsteal = quietest\nlevel = env1\n"
	"[env1]\ntype = adsr\ngate = keys1.gate\nattack_ms = 1\ndecay_ms = 1\n"
	"sustain = 1\nrelease_ms = 50\n"
	"[mix1]\ntype = mixer\nin1 = env1\nlevel1 = 0.1\n[out]\nin = mix1\n";

/* Voices whose loudness says who is taken: a cycle, cut at keys. Notes sound, and end. */
static void test_patch(void)
{
	static struct rig rig;
	char command[64];
	float chord;

	rig_open(&rig, patch, &(struct rig_options){0});
	rig_run(&rig, 20);
	for (int note = 60; note < 68; note++) {
		snprintf(command, sizeof(command), "note keys1 %d on", note);
		CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
		rig_run(&rig, 30);
	}
	chord = rig.frames[rig.n_frames - 1][0];
	rig_do(&rig, "note keys1 67 off"); /* one that had been taken comes back */
	rig_run(&rig, 100);
	CU_ASSERT_DOUBLE_EQUAL(rig.frames[rig.n_frames - 1][0], chord, 1e-6);
	for (int note = 60; note < 64; note++) {
		snprintf(command, sizeof(command), "note keys1 %d off", note);
		rig_do(&rig, command);
	}
	rig_run(&rig, 100);
	CU_ASSERT_DOUBLE_EQUAL(rig.frames[rig.n_frames - 1][0], chord * 0.5f, 1e-6);
	CU_ASSERT_TRUE(chord > 0.05f);
	rig_do(&rig, "note keys1 64 off");
	rig_do(&rig, "note keys1 65 off");
	rig_do(&rig, "note keys1 66 off");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig.frames[rig.n_frames - 1][0], 0.0f);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_close(&rig);
}

static const char lead[] =
	"[patch]\nvoices = 4\n[keys1]\ntype = keys\n[osc1]\ntype = osc\npitch = keys1.pitch\n"
	"[env1]\ntype = adsr\ngate = keys1.gate\nattack_ms = 5\nsustain = 0.8\nrelease_ms = 300\n"
	"in = osc1\n[vca1]\ntype = vca\nin = env1\nby = keys1.velocity * 0.2\n[out]\nin = vca1\n";

/* A new note every 20 ms or so on four voices, each held and at a frame of its own: all but the
 * first ones steal, low and high, soft and loud. */
static void test_stolen(void)
{
	static struct rig rig;
	unsigned seed = 4;

	rig_open(&rig, lead, &(struct rig_options){.is_render = true});
	for (int block = 20; block < 1500; block += 10 + rand_r(&seed) % 10) {
		char command[64];

		rig_run(&rig, block - (int)engine_clock(rig.engine));
		desk_set_time(
			rig.desk, (int64_t)(block * 64 + rand_r(&seed) % 64) * NS_PER_S / 48000);
		snprintf(command, sizeof(command), "midi 90 %02x %02x", 36 + rand_r(&seed) % 49,
			1 + rand_r(&seed) % 127);
		CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	}
	rig_stop(&rig);
	CHECK_BELOW(-judge_rms(rig.frames + 48000, 0, 44000), -0.05);
	CHECK_FIGURE("notes that steal voices: bursts above 8 kHz", "dB",
		judge_burst_db(rig.frames, 0, rig.n_frames), -80.0);
	rig_close(&rig);
}

SUITE_MAIN("keys_patch", {"a patch with keys", test_patch}, {"a stolen voice", test_stolen})
