/* Switches that are pressed short, long or twice, or held. */
#include "board/button.h"
#include "tests/support/suite.h"

static const int64_t ms = 1000000;

/* A press waits for a second one only where there is use for it. */
static void test_double(void)
{
	struct button button = {.has_double = true};

	CU_ASSERT_EQUAL(button_edge(&button, true, 1000 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_edge(&button, false, 1100 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), (1100 + BUTTON_DOUBLE_MS) * ms);
	CU_ASSERT_EQUAL(button_tick(&button, (1099 + BUTTON_DOUBLE_MS) * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_tick(&button, (1100 + BUTTON_DOUBLE_MS) * ms), BUTTON_SHORT);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), 0);
	button_edge(&button, true, 3000 * ms);
	button_edge(&button, false, 3100 * ms);
	CU_ASSERT_EQUAL(button_edge(&button, true, 3200 * ms), BUTTON_DOUBLE);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), 0);
	CU_ASSERT_EQUAL(button_edge(&button, false, 4500 * ms), BUTTON_NOTHING);
	/* a third one is the first again */
	CU_ASSERT_EQUAL(button_edge(&button, true, 4600 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_tick(&button, 5100 * ms), BUTTON_LONG);
	CU_ASSERT_EQUAL(button_edge(&button, false, 5200 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), 0);
	/* without use for it the press is there when it ends */
	button = (struct button){.has_double = false};
	button_edge(&button, true, 6000 * ms);
	CU_ASSERT_EQUAL(button_edge(&button, false, 6100 * ms), BUTTON_SHORT);
	CU_ASSERT_EQUAL(button_edge(&button, true, 6200 * ms), BUTTON_NOTHING);
}

/* Down and up at once, however long. */
static void test_held(void)
{
	struct button button = {.is_hold = true};

	CU_ASSERT_EQUAL(button_edge(&button, true, 1000 * ms), BUTTON_DOWN);
	CU_ASSERT_EQUAL(button_deadline_ns(&button), 0);
	CU_ASSERT_EQUAL(button_tick(&button, 9000 * ms), BUTTON_NOTHING);
	CU_ASSERT_EQUAL(button_edge(&button, false, 9100 * ms), BUTTON_UP);
	CU_ASSERT_EQUAL(button_edge(&button, false, 9200 * ms), BUTTON_NOTHING);
}

/* The chip is looked at anew: one that was let go meanwhile is let go, others begin anew. */
static void test_anew(void)
{
	struct button held = {.is_hold = true}, other = {.has_double = true};

	button_edge(&held, true, 1000 * ms);
	CU_ASSERT_FALSE(button_begin(&held, true));
	CU_ASSERT_TRUE(button_begin(&held, false));
	CU_ASSERT_EQUAL(button_edge(&held, false, 2000 * ms), BUTTON_UP);
	CU_ASSERT_FALSE(button_begin(&held, true)); /* down already at the start: no press */
	CU_ASSERT_EQUAL(button_edge(&held, false, 2000 * ms), BUTTON_NOTHING);
	button_edge(&other, true, 1000 * ms);
	button_edge(&other, false, 1100 * ms);
	CU_ASSERT_FALSE(button_begin(&other, true));
	CU_ASSERT_EQUAL(button_deadline_ns(&other), 0);
	CU_ASSERT_EQUAL(button_edge(&other, false, 1200 * ms), BUTTON_NOTHING);
}

SUITE_MAIN("button", {"double", test_double}, {"held", test_held}, {"anew", test_anew})
