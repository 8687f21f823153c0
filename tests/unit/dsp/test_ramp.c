/* test_ramp.c - parameter smoothing. */
#include <math.h>
#include <string.h>

#include "dsp/ramp.h"
#include "tests/support/suite.h"

static const struct param_desc gain = {
	.min = 0.0f, .max = 4.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f};
static const struct param_desc freq = {
	.min = 0.01f, .max = 2e4f, .curve = CURVE_EXP, .smooth_ms = 1.25f};
static const struct param_desc choice = {.max = 3.0f, .curve = CURVE_CHOICE, .smooth_ms = 5.0f};
static const struct param_desc at_once = {.max = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 0.0f};

enum { N = 600, N_RAMP = 240 };

static void fill(struct ramp *ramp, v4f *out, int n, int block)
{
	for (int done = 0; done < n; done += block)
		ramp_fill(ramp, out + done, int_min(block, n - done));
}

static void linear_goes_in_even_steps(void)
{
	struct ramp ramp;
	static v4f out[N];

	ramp_init(&ramp, 0.1f);
	CU_ASSERT_FALSE(ramp_is_moving(&ramp));
	ramp_set(&ramp, &gain, 1.0f, 48000.0f);
	CU_ASSERT_TRUE(ramp_is_moving(&ramp));
	ramp_fill(&ramp, out, N);
	for (int i = 0; i < N_RAMP; i++)
		CHECK_BELOW(fabs((double)out[i][3] - (0.1 + 0.9 * (i + 1) / N_RAMP)), 1e-7);
	CU_ASSERT_EQUAL(out[N_RAMP - 1][0], 1.0f);
	CU_ASSERT_EQUAL(out[N - 1][2], 1.0f);
	CU_ASSERT_EQUAL(ramp.now[0], 1.0f);
	CU_ASSERT_FALSE(ramp_is_moving(&ramp));
}

static void exp_goes_in_even_ratios(void)
{
	struct ramp ramp;
	static v4f out[N];

	ramp_init(&ramp, 20000.0f);
	ramp_set(&ramp, &freq, 0.01f, 48000.0f);
	ramp_fill(&ramp, out, N);
	for (int i = 0; i < N_RAMP; i++) {
		double ideal = 20000.0 * pow(0.01 / 20000.0, (i + 1.0) / N_RAMP);

		CHECK_BELOW(fabs((double)out[i][0] / ideal - 1.0), 1e-6);
	}
	CU_ASSERT_EQUAL(out[N - 1][0], 0.01f);
	ramp_init(&ramp, 0.0f); /* cannot be a ratio: stays finite */
	ramp_set(&ramp, &freq, 100.0f, 48000.0f);
	ramp_fill(&ramp, out, N);
	for (int i = 0; i < N; i++)
		CU_ASSERT_TRUE(isfinite(out[i][0]));
	CU_ASSERT_EQUAL(out[N - 1][0], 100.0f);
}

/* Up to a quarter of the range takes smooth_ms, half of it twice that. */
static void far_takes_longer(void)
{
	struct ramp ramp;
	static v4f out[N];

	ramp_init(&ramp, 3.0f);
	ramp_set(&ramp, &gain, 2.5f, 48000.0f);
	CU_ASSERT_EQUAL(ramp.remaining, N_RAMP);
	ramp_init(&ramp, 0.5f);
	ramp_set(&ramp, &gain, 2.5f, 48000.0f);
	CU_ASSERT_EQUAL(ramp.remaining, 2 * N_RAMP);
	ramp_fill(&ramp, out, N);
	CU_ASSERT_TRUE(out[2 * N_RAMP - 2][0] < 2.5f);
	CU_ASSERT_EQUAL(out[2 * N_RAMP - 1][0], 2.5f);
	ramp_init(&ramp, 0.01f);
	ramp_set(&ramp, &freq, 20000.0f, 48000.0f);
	CU_ASSERT_EQUAL(ramp.remaining, N_RAMP);
	ramp_init(&ramp, 100.0f);
	ramp_set(&ramp, &freq, 200.0f, 48000.0f);
	CU_ASSERT_EQUAL(ramp.remaining, N_RAMP / 4);
}

static void blocks_do_not_matter(void)
{
	static const int blocks[] = {1, 7, 16, 64, 256};
	static const struct param_desc *const kinds[] = {&gain, &freq};

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		for (size_t b = 0; b < ARRAY_LEN(blocks); b++) {
			struct ramp one, many;
			static v4f out[N], again[N];

			ramp_init(&one, 0.3f);
			ramp_set(&one, kinds[k], 0.9f, 44100.0f);
			many = one;
			ramp_fill(&one, out, N);
			fill(&many, again, N, blocks[b]);
			CU_ASSERT_EQUAL(memcmp(out, again, sizeof(out)), 0);
			CU_ASSERT_EQUAL(memcmp(&one, &many, sizeof(one)), 0);
		}
	}
}

static void turns_round_in_mid_move(void)
{
	struct ramp ramp;
	static v4f out[N];

	ramp_init(&ramp, 0.0f);
	ramp_set(&ramp, &gain, 1.0f, 48000.0f);
	ramp_fill(&ramp, out, 100);
	ramp_set(&ramp, &gain, 0.0f, 48000.0f);
	ramp_fill(&ramp, out + 100, N - 100);
	for (int i = 1; i < N; i++)
		CHECK_BELOW(fabs((double)out[i][0] - (double)out[i - 1][0]), 1.0 / N_RAMP + 1e-6);
	CU_ASSERT_TRUE(out[100 + N_RAMP - 2][0] > 0.0f);
	CU_ASSERT_EQUAL(out[100 + N_RAMP - 1][0], 0.0f);
}

static void choices_and_unsmoothed_jump(void)
{
	struct ramp ramp;
	v4f out[4];

	ramp_init(&ramp, 0.0f);
	ramp_set(&ramp, &choice, 3.0f, 48000.0f);
	CU_ASSERT_FALSE(ramp_is_moving(&ramp));
	ramp_fill(&ramp, out, 4);
	CU_ASSERT_EQUAL(out[0][0], 3.0f);
	ramp_set(&ramp, &at_once, 0.5f, 48000.0f);
	CU_ASSERT_EQUAL(ramp.now[1], 0.5f);
}

static void same_target_keeps_the_move(void)
{
	struct ramp ramp;
	static v4f out[N];

	ramp_init(&ramp, 0.0f);
	ramp_set(&ramp, &gain, 1.0f, 48000.0f);
	for (int i = 0; i < N; i++) { /* a knob that repeats itself does not hold the move up */
		ramp_set(&ramp, &gain, 1.0f, 48000.0f);
		ramp_fill(&ramp, out + i, 1);
	}
	CU_ASSERT_EQUAL(out[N_RAMP - 1][0], 1.0f);
}

SUITE_MAIN("ramp", {"linear goes in even steps", linear_goes_in_even_steps},
	{"exp goes in even ratios", exp_goes_in_even_ratios},
	{"far takes longer", far_takes_longer}, {"blocks do not matter", blocks_do_not_matter},
	{"turns round in mid-move", turns_round_in_mid_move},
	{"choices and unsmoothed parameters jump", choices_and_unsmoothed_jump},
	{"the same target keeps the move", same_target_keeps_the_move})
