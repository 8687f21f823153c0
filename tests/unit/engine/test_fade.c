/* Fades: no step, whatever the length and wherever the block ends; what is starved is let go. */
#include <math.h>
#include <stdlib.h>

#include "engine/fade.h"
#include "tests/support/suite.h"

enum { N = 4096 };
static float a[2 * N], b[2 * N], out[2 * N];

static void fill(void)
{
	for (int i = 0; i < 2 * N; i++) {
		a[i] = 1.0f;
		b[i] = -0.5f;
	}
}

static void test_length_and_steps(void)
{
	static const int lengths[] = {0, 1, 63, 64, 65, 240, 1000};

	fill();
	for (int l = 0; l < 7; l++) {
		struct fade fade = {.shortest_frames = lengths[l]};
		/* the quintic's slope in its middle */
		float steepest = 1.5f * 1.875f / (float)(lengths[l] + 1) * 1.01f;

		CU_ASSERT_FALSE(fade_is_on(&fade));
		fade_begin(&fade,
			&(struct correlation){.step_old = 1.5f, .shortest_frames = lengths[l]});
		for (int at = 0; at < N; at += 64)
			fade_mix(&fade, a + 2 * at, b + 2 * at, out + 2 * at, 64);
		CU_ASSERT_FALSE(fade_is_on(&fade));
		for (int i = 0; i < N; i++) {
			float before = i ? out[2 * i - 2] : 1.0f;

			if (fabsf(out[2 * i] - before) > (lengths[l] ? steepest : 1.51f) ||
				(i >= lengths[l] && out[2 * i] != -0.5f))
				CU_FAIL("a step");
		}
	}
}

static void test_equal_signals_stay(void)
{
	struct fade fade = {.shortest_frames = 240, .n_frames = 240};

	for (int i = 0; i < 2 * N; i++)
		a[i] = (float)sin(i * 0.01) * 0.7f;
	fade_mix(&fade, a, a, out, 512);
	for (int i = 0; i < 1024; i++)
		CU_ASSERT_EQUAL(out[i], a[i]); /* to the bit */
}

/* A make-up gain where the two are at full scale goes through the limiter: what stands still
 * before and after comes back to the bit, in between nothing exceeds full scale, and no step is
 * made. */
static void test_never_above_full_scale(void)
{
	static const float levels[] = {0.5f, 0.89f, 0.9f, 0.97f, 1.0f};

	for (int l = 0; l < 5; l++) {
		struct fade fade = {0};
		float before = levels[l];

		for (int i = 0; i < 2 * N; i++)
			a[i] = i % 2 ? -levels[l] : levels[l];
		fade_begin_at(&fade, 100, 240, 0.6f);
		for (int at = 0; at < 512; at += 64)
			fade_mix(&fade, a, a, out + 2 * at, 64);
		for (int i = 0; i < 512; i++) {
			CU_ASSERT_TRUE(fabsf(out[2 * i]) <= 1.0f);
			CU_ASSERT_EQUAL(out[2 * i + 1], -out[2 * i]);
			CU_ASSERT_TRUE(fabsf(out[2 * i] - before) < 0.012f);
			CU_ASSERT_TRUE(i >= 100 && i < 340 ? out[2 * i] >= levels[l]
							   : out[2 * i] == levels[l]);
			before = out[2 * i];
		}
		CU_ASSERT_TRUE(out[2 * 220] > fminf(1.5f * levels[l], 0.95f));
	}
}

/* Two patches at once, each at any level: the sum is never above full scale; a small one is a
 * plain sum, and one that is added to silence stays as it is. */
static void test_tail_never_above_full_scale(void)
{
	for (int k = 0; k < 400; k++) {
		struct fade fade = {.n_frames = 10, .at = 10};
		struct tail tail = {.n_left = 1000};
		float x = (float)(k % 20) / 19.0f, y = (float)(k / 20) / 19.0f;
		float sum;

		for (int i = 0; i < 4; i += 2) {
			a[i] = -x;
			a[i + 1] = x;
			b[i] = b[i + 1] = y;
		}
		tail_mix(&tail, &fade, a, b, out, 2);
		sum = x + y;
		CU_ASSERT_TRUE(fabsf(out[0]) <= 1.0f && fabsf(out[1]) <= 1.0f);
		if (sum < 0.89f)
			CU_ASSERT_EQUAL(out[1], sum);
		CU_ASSERT_TRUE(out[1] >= fmaxf(x, y));
		CU_ASSERT_EQUAL(out[0], y - x);
	}
}

static void test_starve_and_return(void)
{
	struct shape shape;
	float last = 0.8f;

	fill();
	shape_init(&shape);
	CU_ASSERT_TRUE(shape_is_flat(&shape));
	a[126] = a[127] = 0.8f;
	shape_keep_last(&shape, a, 64);
	for (int k = 0; k < 16; k++) {
		shape_starve(&shape, out, 64);
		for (int i = 0; i < 64; i++) {
			CU_ASSERT_TRUE(fabsf(out[2 * i]) <= fabsf(last) &&
				       fabsf(out[2 * i] - last) < 0.03f);
			last = out[2 * i];
		}
	}
	CU_ASSERT_EQUAL(last, 0.0f);
	shape_begin_in(&shape);
	for (int k = 0; k < 3; k++) {
		shape_apply(&shape, b, out, 64);
		for (int i = 0; i < 64; i++) {
			CU_ASSERT_TRUE(fabsf(out[2 * i] - last) < 0.5f * 1.9f / SHAPE_FADE_FRAMES);
			last = out[2 * i];
		}
	}
	CU_ASSERT_TRUE(shape_is_flat(&shape));
	CU_ASSERT_EQUAL(last, -0.5f);
}

SUITE_MAIN("fade", {"length and steps", test_length_and_steps},
	{"equal signals stay", test_equal_signals_stay},
	{"a make-up gain is never above full scale", test_never_above_full_scale},
	{"nor a tail under the new one", test_tail_never_above_full_scale},
	{"starved and back", test_starve_and_return})
