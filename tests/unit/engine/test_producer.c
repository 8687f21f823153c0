/* The producer against a simulated card in virtual time: bursts, stalls, running dry. Nothing
 * here depends on how fast the machine is. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/rig.h"
#include "tests/support/suite.h"

#include "base/clock.h"

static const char tone[] = "[osc1]\ntype = osc\nlevel = 0.5\n[out]\nin = osc1\n";

static void check_burst(int burst, int lead)
{
	static struct rig rig;
	int n_bursts;

	rig_open(&rig, tone, &(struct rig_options){.burst = burst, .lead = lead});
	rig_run(&rig, 1200);
	n_bursts = 1200 / burst;
	if (burst <= lead) {
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	} else { /* each burst wants burst blocks and finds lead of them */
		int want = n_bursts * (burst - lead);

		CU_ASSERT_TRUE(abs((int)rig_count(&rig, STAT_NONE) - want) <= 2 * burst);
	}
	CU_ASSERT_EQUAL(atomic_load(&rig.stats->ahead.burst_max), (unsigned)burst);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_XRUN), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 0);
	rig_close(&rig);
}

static void test_bursts(void)
{
	for (int burst = 1; burst <= 4; burst++)
		for (int lead = 1; lead <= 4; lead++)
			check_burst(burst, lead);
}

static void test_stall_is_skipped(void)
{
	static struct rig rig;

	rig_open(&rig, tone,
		&(struct rig_options){.lead = 2, .jump_at_block = 300, .jump_ns = NS_PER_S});
	rig_run(&rig, 1000);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_XRUN), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REANCHORS), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_DROP), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	/* no catching-up: what was played after it took as long as it is */
	CU_ASSERT_TRUE(rig.sim.virtual_ns >= 1000 * 64 * NS_PER_S / 48000);
	rig_close(&rig);
}

static void test_device_stall(void)
{
	static struct rig rig;

	rig_open(&rig, tone,
		&(struct rig_options){.lead = 2, .stall_every_ms = 500, .stall_ms = 1000});
	rig_run(&rig, 1000);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_XRUN), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_DROP), 0);
	rig_close(&rig);
}

/* Each burst that finds too little must be let go to zero and come back softly: never a hole
 * with edges. */
static void test_none_is_soft(void)
{
	static struct rig rig;

	rig_open(&rig, "[osc1]\ntype = osc\nfreq_hz = 100\n[out]\nin = osc1\n",
		&(struct rig_options){.burst = 4, .lead = 2});
	rig_run(&rig, 1200);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_NONE) > 100);
	rig_stop(&rig);
	for (int i = 1; i < rig.n_frames; i++)
		if (fabsf(rig.frames[i][0] - rig.frames[i - 1][0]) > 0.05f) {
			CU_FAIL("a step in starved sound");
			break;
		}
	rig_close(&rig);
}

SUITE_MAIN("producer",
	{"none is counted exactly where the lead cannot cover the burst", test_bursts},
	{"a stall of 1 s is one xrun, one re-anchor, and no catching-up", test_stall_is_skipped},
	{"a device that stands still loses nothing", test_device_stall},
	{"missing blocks are let go softly", test_none_is_soft})
