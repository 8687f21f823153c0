/* Tests of dsp/fade.h: a counted fade and shares, both even and exact at their ends. */
#include "dsp/fade.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

static void a_counted_fade(void)
{
	struct fade fade = {.frames = fade_frames(5.0f, RATE_HZ)};
	float before = 0.0f;
	int n = 0;

	CU_ASSERT_EQUAL(fade.frames, 240);
	CU_ASSERT_EQUAL(fade_frames(5.0f, 44100.0f), 220); /* rounded down */
	CU_ASSERT_EQUAL(fade_frames(100.0f, 192000.0f), 19200);
	fade_begin(&fade);
	CU_ASSERT_EQUAL(fade_rest(&fade), 1.0f);
	for (; fade.left; n++) {
		float share = fade_next(&fade);

		CHECK_BELOW((double)(share - before), 1.001 / 240.0);
		CU_ASSERT_TRUE(share > before);
		CU_ASSERT_TRUE(share + fade_rest(&fade) == 1.0f);
		before = share;
	}
	CU_ASSERT_EQUAL(n, 240);
	CU_ASSERT_EQUAL(before, 1.0f);
}

/* Frames that a new source needs before it may be heard: its share is below 0 there. */
static void a_fade_that_waits(void)
{
	struct fade fade = {.left = 250, .frames = 240};

	for (int i = 0; i < 9; i++)
		CU_ASSERT_TRUE(fade_next(&fade) < 0.0f);
	CU_ASSERT_EQUAL(fade_next(&fade), 0.0f);
	CU_ASSERT_TRUE(fade_next(&fade) > 0.0f);
}

/* Lanes go their own ways, turn back at once, and arrive exactly. */
static void shares(void)
{
	v4f target = {0.0f, 1.0f, 0.5f, 0.25f}, x = {1.0f, 0.0f, 0.0f, 0.25f};
	v4f step = lanes_of(share_step(5.0f, RATE_HZ));

	for (int i = 0; i < 100; i++) {
		v4f next = lanes_approach(x, target, step);

		CU_ASSERT_TRUE(next[0] < x[0] && next[1] > x[1] && next[2] > x[2]);
		CU_ASSERT_EQUAL(next[3], 0.25f);
		x = next;
	}
	CHECK_BELOW((double)(x[1] - 100.0f / 240.0f), 1e-5);
	target[1] = 0.0f;
	CU_ASSERT_TRUE(lanes_approach(x, target, step)[1] < x[1]);
	for (int i = 0; i < 241; i++)
		x = lanes_approach(x, target, step);
	CU_ASSERT_FALSE(lanes_any(x != target));
}

SUITE_MAIN("fade", {"a counted fade", a_counted_fade}, {"a fade that waits", a_fade_that_waits},
	{"shares", shares})
