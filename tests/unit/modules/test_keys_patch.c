/* keys in an engine, in a cycle with the voices that they play. */
#include <stdio.h>

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

SUITE_MAIN("keys_patch", {"a patch with keys", test_patch})
