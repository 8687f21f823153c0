/* What is staged, by the thousand, is not heard before the commit. CHRONUS_SOAK=1 runs the long
 * form. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { BLOCK = 64 };

static const char voice[] =
	"[patch]\nname = Voice\n[osc1]\ntype = osc\nshape = saw\nfreq_hz = 110\nlevel = 0.4\n"
	"[env1]\ntype = adsr\nin = osc1\nattack_ms = 2\n[filter1]\ntype = svf\nin = env1\n"
	"[delay1]\ntype = delay\nin = filter1\n[out]\nin = delay1\n";
static const char other[] = "[patch]\nname = Other\n[osc1]\ntype = osc\n[env2]\ntype = adsr\nin = "
			    "osc1\n[out]\nin = env2\n";
static const char cycle[] = "[a]\ntype = mixer\nin1 = a\n[out]\nin = a\n";
static struct rig rig;

/* What a musician prepares: values, a shape, another patch, one that cannot be. */
static void stage_something(unsigned *seed)
{
	static const char *const commands[] = {"stage osc1.freq_hz 900", "stage osc1.shape sine",
		"stage env1.sustain 0.1", "stage delay1.feedback 0.9", "stage osc9.level 1"};
	char command[300], reply[DESK_REPLY_BYTES];
	int i = rand_r(seed) % 8, err;

	if (i < 5)
		snprintf(command, sizeof(command), "%s", commands[i]);
	else
		snprintf(command, sizeof(command), "load %s",
			i < 7 ? spawn_file("other.ini", other) : spawn_file("bad.ini", cycle));
	err = desk_command(rig.desk, command, reply, sizeof(reply)); /* some are refused */
	if (i == 7)
		CU_ASSERT_EQUAL(err, -ELOOP);
}

static v4f *play(int n_blocks, bool is_staging)
{
	v4f *frames = series_new(n_blocks * BLOCK);
	unsigned seed = 21;

	rig_open(&rig, voice, &(struct rig_options){.max_blocks = n_blocks + 20});
	rig_do(&rig, "gate env1 on");
	for (int i = 0; i < n_blocks; i++) {
		if (is_staging)
			stage_something(&seed);
		rig_run(&rig, 1);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 0);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Voice");
	rig_stop(&rig);
	memcpy(frames, rig.frames, (size_t)n_blocks * BLOCK * sizeof(v4f));
	rig_close(&rig);
	return frames;
}

static void test_staged_is_not_heard(void)
{
	int n_blocks = getenv("CHRONUS_SOAK") ? 20000 : 1000;
	v4f *want = play(n_blocks, false), *got = play(n_blocks, true);

	CHECK_BELOW(-judge_rms(want, 0, n_blocks * BLOCK), -0.01);
	CU_ASSERT_EQUAL(memcmp(want, got, (size_t)n_blocks * BLOCK * sizeof(v4f)), 0);
	free(want);
	free(got);
}

SUITE_MAIN("staged", {"what is staged is not heard", test_staged_is_not_heard})
