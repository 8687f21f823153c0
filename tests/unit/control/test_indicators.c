/* test_indicators.c - the four signs, against an engine that plays, waits, stops and fails. */
#include "control/indicators.h"

#include <string.h>

#include "base/clock.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

static const char patch_text[] = "[osc1]\ntype = osc\nlevel = 0.5\n[out]\nin = osc1\n";
static struct rig rig;
static struct indicators indicators;
static enum board_pattern shown[BOARD_N_INDICATORS];
static int64_t now_ns;

static void look(int ms)
{
	now_ns += ms * NS_PER_MS;
	indicators_look(&indicators, rig.desk, now_ns, shown);
}

static void begin(const struct rig_options *options)
{
	rig_open(&rig, patch_text, options);
	memset(&indicators, 0, sizeof(indicators));
	now_ns = NS_PER_S;
}

static void test_running(void)
{
	begin(&(struct rig_options){0});
	look(0);
	rig_run(&rig, 10);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_OFF);
	look(INDICATORS_IDLE_MS - 1);
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_STEADY);
	look(1); /* the block clock stands */
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_SLOW);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_FAST);
	rig_run(&rig, 1);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_OFF);
	rig_close(&rig);
}

/* No device, and something wrong with the files: told apart from a fault of the engine. */
static void test_two_flashes(void)
{
	begin(&(struct rig_options){0});
	rig_run(&rig, 10);
	indicators.has_warning = true;
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_TWICE);
	stats_add(rig.stats, WRITER_DESK, STAT_XRUN, 1);
	rig_run(&rig, 1);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_STEADY);
	atomic_store(&rig.stats->away_since_ns, 1);
	look(INDICATORS_IDLE_MS);
	CU_ASSERT_EQUAL(shown[BOARD_RUNNING], BOARD_PATTERN_TWICE);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_FAST);
	rig_close(&rig);
}

static void test_staged_and_standby(void)
{
	begin(&(struct rig_options){0});
	rig_run(&rig, 40);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_STAGED], BOARD_PATTERN_OFF);
	CU_ASSERT_EQUAL(shown[BOARD_STANDBY], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(rig_do(&rig, "stage osc1.level 0.3"), 0);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_STAGED], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(rig_do(&rig, "commit"), 0);
	rig_run(&rig, 1);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_STAGED], BOARD_PATTERN_FAST);
	CU_ASSERT_EQUAL(shown[BOARD_STANDBY], BOARD_PATTERN_SLOW);
	rig_run(&rig, 400);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_STAGED], BOARD_PATTERN_OFF);
	CU_ASSERT_EQUAL(shown[BOARD_STANDBY], BOARD_PATTERN_STEADY);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_OFF);
	rig_close(&rig);
	begin(&(struct rig_options){.is_solo = true});
	rig_run(&rig, 40);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_STANDBY], BOARD_PATTERN_OFF);
	rig_close(&rig);
}

static void test_fault(void)
{
	begin(&(struct rig_options){0});
	rig_run(&rig, 10);
	look(10);
	stats_add(rig.stats, WRITER_DESK, STAT_COMMITS, 1); /* none of those */
	stats_add(rig.stats, WRITER_DESK, STAT_REFUSED, 1);
	rig_run(&rig, 1);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_OFF);
	stats_add(rig.stats, WRITER_DESK, STAT_FAILOVERS, 1);
	rig_run(&rig, 1);
	look(10);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_STEADY);
	for (int ms = 100; ms < INDICATORS_FAULT_MS; ms += 100) {
		rig_run(&rig, 1);
		look(100);
		CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_STEADY);
	}
	rig_run(&rig, 1);
	look(100);
	CU_ASSERT_EQUAL(shown[BOARD_FAULT], BOARD_PATTERN_OFF);
	rig_close(&rig);
}

SUITE_MAIN("indicators", {"running", test_running}, {"staged and standby", test_staged_and_standby},
	{"fault", test_fault}, {"two flashes", test_two_flashes})
