/* A thousand updates and a hundred gates a second, for a minute (5 s without CHRONUS_SOAK): no
 * block is missing, nothing falls silent, the workers agree, and what stands at the end is what was
 * sent last. In virtual time: nothing depends on the machine's speed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patch/program.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, SECOND_BLOCKS = 750, BEGIN_BLOCKS = 20 };

static const char acid[] =
	"[osc1]\ntype = osc\nshape = saw\nfreq_hz = 110\n"
	"[filter1]\ntype = ladder\nin = osc1\ncutoff_hz = 900\nresonance = 0.7\nenv = env1\n"
	"[drive1]\ntype = drive\nin = filter1\n[amp1]\ntype = adsr\nin = drive1\n"
	"[env1]\ntype = adsr\n[delay1]\ntype = delay\nin = amp1\ntime_ms = 90\nfeedback = 0.6\n"
	"[out]\nin = delay1 * 0.5\n";

static const struct turned {
	const char *target;
	float from, to;
} turned[] = {{"osc1.freq_hz", 50.0f, 400.0f}, {"filter1.cutoff_hz", 200.0f, 8000.0f},
	{"filter1.resonance", 0.0f, 0.9f}, {"filter1.drive_db", 0.0f, 36.0f},
	{"drive1.drive_db", 0.0f, 40.0f}, {"amp1.sustain", 0.5f, 1.0f},
	{"amp1.release_ms", 50.0f, 300.0f}, {"delay1.feedback", 0.3f, 0.9f},
	{"delay1.time_ms", 20.0f, 300.0f}};

static struct rig rig;
static float last[ARRAY_LEN(turned)];

static void update(unsigned *seed)
{
	size_t k = (size_t)rand_float(seed, 0.0f, ARRAY_LEN(turned) - 0.01f);
	char command[80];

	last[k] = rand_float(seed, turned[k].from, turned[k].to);
	snprintf(command, sizeof(command), "set %s %.9g", turned[k].target, (double)last[k]);
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

static void check_values(void)
{
	static const int indices[] = {1, 2, 2, 2, 3, 4, 4, 6, 6};

	for (size_t k = 0; k < ARRAY_LEN(turned); k++) {
		for (int s = 0; s < N_SLOTS; s++) {
			const struct instance *instance =
				&engine_program(rig.engine, s)->instances[indices[k]];
			int p = module_param_find(
				instance->desc, strchr(turned[k].target, '.') + 1);

			CU_ASSERT_EQUAL(instance->ramps[p].target, last[k]);
		}
	}
}

static void hands_never_rest(void)
{
	int n_blocks = SECOND_BLOCKS * (getenv("CHRONUS_SOAK") ? 60 : 5), second = 48000 / 4;
	unsigned seed = 3;

	rig_open(&rig, acid,
		&(struct rig_options){
			.max_blocks = n_blocks + 4 * BEGIN_BLOCKS, .begins_softly = true});
	for (size_t k = 0; k < 9 * ARRAY_LEN(turned); k++)
		update(&seed);
	for (int b = 0; b < n_blocks; b++) {
		for (int k = 0; k < 1 + b % 3 % 2; k++) /* 4 in 3 blocks */
			update(&seed);
		if (b % 7 == 0)
			rig_do(&rig, b % 14 ? "gate amp1 off" : "gate amp1 on");
		if (b % 7 == 3)
			rig_do(&rig, b % 14 == 3 ? "gate env1 on" : "gate env1 off");
		rig_run(&rig, 1);
	}
	rig_run(&rig, BEGIN_BLOCKS);
	check_values();
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_RESETS), 0);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_EVENTS) > (uint64_t)n_blocks);
	rig_stop(&rig);
	CU_ASSERT_TRUE(judge_is_finite(rig.frames, rig.n_frames));
	for (int at = BEGIN_BLOCKS * BLOCK; at + second <= rig.n_frames; at += second)
		CHECK_BELOW(-judge_rms(rig.frames + at, 0, second), -0.001);
	rig_close(&rig);
}

SUITE_MAIN("updates", {"hands never rest", hands_never_rest})
