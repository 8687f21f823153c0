/* Starting and stopping: nothing stays behind. And what the engine looks after beside the sound. */

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

#include "base/clock.h"

static struct rig rig;

/* A joined thread may be listed for a moment longer. */
static int settled_threads(int wanted)
{
	int n = folder_entries("/proc/self/task");

	for (int tries = 0; tries < 200 && n != wanted; tries++) {
		clock_sleep_until_ns(clock_now_ns() + (wanted ? 10 : 1) * NS_PER_MS);
		n = folder_entries("/proc/self/task");
	}
	return n;
}

static void test_fifty_times(void)
{
	int n_files = 0, n_threads = 0;

	for (int i = 0; i < 51; i++) {
		/* what the first start made for good (a sanitizer's thread) is there now */
		if (i == 1) {
			n_files = folder_entries("/proc/self/fd");
			n_threads = settled_threads(0);
		}
		rig_open(&rig, "[osc1]\ntype = osc\n[out]\nin = osc1\n",
			&(struct rig_options){.is_solo = i % 2});
		rig_run(&rig, i % 7);
		rig_close(&rig);
	}
	CU_ASSERT_EQUAL(folder_entries("/proc/self/fd"), n_files);
	CU_ASSERT_EQUAL(settled_threads(n_threads), n_threads);
}

/* An engine that is given up before it was started. */
static void test_close_without_start(void)
{
	struct engine_config config = {
		.rate_hz = 48000, .block_frames = 64, .lead_blocks = 2, .arena_bytes = 1 << 20};
	struct engine *engine;
	struct stats_page *stats;
	struct sink sink = {.name = "none"};
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(stats_open(&stats, NULL, &diag), 0);
	CU_ASSERT_EQUAL_FATAL(engine_open(&engine, &config, &sink, stats, &diag), 0);
	engine_close(engine);
	stats_close(stats, NULL);
}

/* Too loud for a float, and a limiter makes numbers of it again: what is heard says nothing of it. It
 * is found all the same, in both patches at once. */
static void test_unheard_breakage(void)
{
	static const char text[] = "[a]\ntype = mixer\nin1 = 3e38\nin2 = 3e38\n"
				   "[h]\ntype = limiter\nin = a\n[out]\nin = h\n";

	rig_open(&rig, text, &(struct rig_options){0});
	rig_run(&rig, 800);
	CU_ASSERT_TRUE(rig_count(&rig, STAT_RESETS) > 4);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 0);
	rig_close(&rig);
}

SUITE_MAIN("engine", {"50 starts and stops leave nothing", test_fifty_times},
	{"closed without a start", test_close_without_start},
	{"broken and not heard", test_unheard_breakage})
