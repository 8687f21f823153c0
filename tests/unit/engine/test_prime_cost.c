/* A patch's price: the second dearest block once the caches are warm. */
#include <string.h>

#include "engine/prime_cost.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

static const char tone[] = "[patch]\nname = Tone\n[osc1]\ntype = osc\nfreq_hz = 440\nlevel = 0.4\n"
			   "[out]\nin = osc1\n";
static struct rig rig;

static enum slot_state standby_state(void)
{
	return engine_slot_state(rig.engine, 1 - engine_live(rig.engine));
}

static uint64_t price(const uint64_t *ns, int n)
{
	struct prime_cost cost = {0};

	for (int i = 0; i < n; i++)
		prime_cost_note(&cost, ns[i]);
	return prime_cost_ns(&cost);
}

static void test_price(void)
{
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 5, 9, 7, 8, 6}, 8), 8);
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 9, 8, 7, 6, 5}, 8), 8);
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 5, 6, 7, 8, 900}, 8), 8);
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 5, 900, 900, 8, 9}, 8), 900);
	CU_ASSERT_EQUAL(price((uint64_t[]){1, 1, 1, 7, 7, 7, 7, 7}, 8), 7);
}

/* Nothing is said of a patch before it is known. */
static void test_too_few(void)
{
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 60}, 4), 0);
	CU_ASSERT_EQUAL(price((uint64_t[]){90, 80, 70, 60, 50}, 5), 50);
}

/* 120 % of a block is refused, 79 % is taken. In lockstep a block costs what is
 * planted. */

static void test_budget(void)
{
	const char *outcome;

	rig_open(&rig, tone, &(struct rig_options){.budget_percent = 80});
	rig_run(&rig, 30);
	rig_do(&rig, "fault standby late 1600"); /* a block lasts 1333 us */
	rig_do(&rig, "stage osc1.freq_hz 500");
	rig_do(&rig, "commit");
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 1);
	outcome = desk_take_outcome(rig.desk);
	CU_ASSERT_PTR_NOT_NULL_FATAL(outcome);
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome, "costs 120.0 % of a block, the budget is 80 %"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig.stats->texts.refused_why, "costs 120.0 %"));
	CU_ASSERT_PTR_NULL(desk_take_outcome(rig.desk)); /* told once */
	CU_ASSERT_EQUAL(standby_state(), SLOT_MIRROR);
	rig_do(&rig, "fault standby late 1053");
	rig_do(&rig, "commit"); /* the edit still waits */
	rig_run(&rig, 100);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	outcome = desk_take_outcome(rig.desk);
	CU_ASSERT_PTR_NOT_NULL_FATAL(outcome);
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome, "ok \"Tone\" is heard from block"));
	rig_close(&rig);
}

/* Blocks that are dear because they are the first ones, and one more: the same patch is taken. */
static int refusals_with_dear_blocks(int n_dear)
{
	int primed = 0, n_refused;

	rig_open(&rig, tone, &(struct rig_options){.budget_percent = 80, .lead = 1});
	rig_run(&rig, 30);
	rig_do(&rig, "fault standby late 5000");
	rig_do(&rig, "stage osc1.freq_hz 500");
	rig_do(&rig, "commit");
	for (int i = 0; i < 100; i++) {
		rig_run(&rig, 1);
		primed += standby_state() == SLOT_PRIMING;
		if (primed == n_dear)
			rig_do(&rig, "fault standby late 500");
	}
	n_refused = (int)rig_count(&rig, STAT_REFUSED);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), (uint64_t)(1 - n_refused));
	rig_close(&rig);
	return n_refused;
}

static void test_cold_blocks(void)
{
	CU_ASSERT_EQUAL(refusals_with_dear_blocks(1), 0);
	CU_ASSERT_EQUAL(refusals_with_dear_blocks(PRIME_COLD_BLOCKS), 0);
	CU_ASSERT_EQUAL(refusals_with_dear_blocks(PRIME_COLD_BLOCKS + 1), 0);
	CU_ASSERT_EQUAL(refusals_with_dear_blocks(PRIME_COLD_BLOCKS + 2), 1);
}

SUITE_MAIN("prime cost", {"the second dearest warm block", test_price},
	{"too few blocks", test_too_few}, {"a patch that costs too much is refused", test_budget},
	{"cold blocks are not its price", test_cold_blocks})
