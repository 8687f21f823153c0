/* The mirror: bit for bit the live slot, and found where it is not. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char patch_text[] = "[patch]\nname = Test\n[osc1]\ntype = osc\nlevel = 0.5\n"
				 "[env1]\ntype = adsr\nin = osc1\nsustain = 1\n[out]\nin = env1\n";
static struct rig rig;

/* The mirror is the live one bit for bit, block by block, also after commits and while values
 * move. */
static void check_mirror_is_equal(const char *text)
{
	int n_compared = 0;

	rig_open(&rig, text, &(struct rig_options){0});
	for (int i = 0; i < 400; i++) {
		uint64_t n = engine_clock(rig.engine);
		const struct block *a = block_ring_take(&rig.engine->slots[0].ring, n - 1);
		const struct block *b = block_ring_take(&rig.engine->slots[1].ring, n - 1);

		if (i % 7 == 0)
			rig_do(&rig, i % 2 ? "set osc1.freq_hz 300" : "set osc1.freq_hz 700");
		if (i % 31 == 0)
			rig_do(&rig, i % 2 ? "gate env1 on" : "gate env1 off");
		if (i % 100 == 50)
			rig_do(&rig, "commit");
		rig_run(&rig, 1);
		if (!a || !b ||
			engine_slot_state(rig.engine, 1 - engine_live(rig.engine)) != SLOT_MIRROR)
			continue;
		n_compared++;
		CU_ASSERT_EQUAL(a->checksum, b->checksum);
	}
	CU_ASSERT_TRUE(n_compared > 200);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_close(&rig);
}

/* Also when the last state taken over is an oscillator's phase. */
static void test_mirror_is_equal(void)
{
	check_mirror_is_equal(patch_text);
	check_mirror_is_equal(
		"[out]\nin = env1\n[env1]\ntype = adsr\nin = osc1\nsustain = 1\ngate = 1\n"
		"[osc1]\ntype = osc\nlevel = 0.5\n");
}

/* A mirror whose sound is another one, finite and on time, is found by its sum, counted, and built
 * anew. */
static void test_a_mirror_that_parts(void)
{
	struct slot *mirror;
	uint64_t *phase;

	rig_open(&rig, "[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1\n",
		&(struct rig_options){0});
	rig_run(&rig, 100);
	mirror = &rig.engine->slots[1 - engine_live(rig.engine)];
	CU_ASSERT_EQUAL_FATAL(slot_state(mirror), SLOT_MIRROR);
	phase = mirror->program->instances[1].parts[0].state;
	*phase += UINT64_C(1) << 44; /* a millionth of a cycle */
	rig_run(&rig, 200);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 0);
	CU_ASSERT_EQUAL(engine_slot_state(rig.engine, 1 - engine_live(rig.engine)), SLOT_MIRROR);
	rig_close(&rig);
}

/* At any lead, blocks that the slot held before are not taken for the new mirror's. */
static void test_old_blocks_are_not_compared(void)
{
	for (int lead = 1; lead <= 6; lead++) {
		rig_open(&rig, patch_text, &(struct rig_options){.lead = lead});
		rig_do(&rig, "gate env1 on");
		for (int i = 0; i < 6; i++) {
			rig_do(&rig, i % 2 ? "stage osc1.shape saw" : "stage osc1.shape square");
			rig_do(&rig, "commit");
			rig_run(&rig, 60);
		}
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 6);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
		rig_close(&rig);
	}
}

/* The live slot's block n is lost while the new mirror's ring still holds block n of the patch
 * before: nothing is played in its place, and the old patch is not heard again. Returns whether
 * that came up. */
static bool lose_block_before_mirror(void)
{
	struct slot *live = &rig.engine->slots[engine_live(rig.engine)];
	struct slot *mirror = &rig.engine->slots[1 - live->index];
	uint64_t n = engine_clock(rig.engine);
	struct block *lost = (struct block *)block_ring_take(&live->ring, n);

	if (slot_state(mirror) != SLOT_MIRROR || slot_is_of_now(mirror, n) ||
		!slot_take_good(mirror, n) || !lost)
		return false;
	lost->flags &= ~(unsigned)RENDER_FINITE;
	rig_run(&rig, 1);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_FAILOVERS), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 1);
	CU_ASSERT_EQUAL(engine_live(rig.engine), live->index);
	return true;
}

static void test_old_blocks_are_not_played(void)
{
	int n_lost = 0;

	for (int lead = 2; lead <= 6; lead++) {
		bool is_lost = false;

		rig_open(&rig, patch_text, &(struct rig_options){.lead = lead});
		rig_do(&rig, "gate env1 on");
		rig_run(&rig, 60);
		rig_do(&rig, "stage osc1.shape square");
		rig_do(&rig, "commit");
		for (int i = 0; i < 200 && !is_lost; i++) {
			rig_run(&rig, 1);
			is_lost = lose_block_before_mirror();
		}
		n_lost += is_lost;
		rig_close(&rig);
	}
	CU_ASSERT_TRUE(n_lost > 0);
}

SUITE_MAIN("mirror", {"it equals the live one", test_mirror_is_equal},
	{"one that parts is found", test_a_mirror_that_parts},
	{"old blocks are not compared", test_old_blocks_are_not_compared},
	{"old blocks are not played", test_old_blocks_are_not_played})
