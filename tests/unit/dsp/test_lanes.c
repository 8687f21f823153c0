/* test_lanes.c - four floats side by side, and the functions of lanes_math.h. */
#include <math.h>

#include "dsp/lanes_math.h"
#include "tests/support/suite.h"

static void selects_and_limits(void)
{
	v4f x = {-2.0f, 0.5f, NAN, 3.0f};
	v4f y = lanes_clamp(x, lanes_of(-1.0f), lanes_of(1.0f));
	v4f s = lanes_select((v4i){-1, 0, 0, -1}, lanes_of(7.0f), lanes_of(8.0f));

	CU_ASSERT_EQUAL(y[0], -1.0f);
	CU_ASSERT_EQUAL(y[1], 0.5f);
	CU_ASSERT_EQUAL(y[2], -1.0f);
	CU_ASSERT_EQUAL(y[3], 1.0f);
	CU_ASSERT_EQUAL(s[0], 7.0f);
	CU_ASSERT_EQUAL(s[1], 8.0f);
	CU_ASSERT_EQUAL(s[3], 7.0f);
	CU_ASSERT_EQUAL(lanes_sum((v4f){1.0f, 2.0f, 3.0f, 4.0f}), 10.0f);
}

static void rounds(void)
{
	v4f f = lanes_floor((v4f){-1.5f, -2.0f, 2.75f, 0.0f});
	v4f a = lanes_abs((v4f){-1.5f, -0.0f, 2.75f, INFINITY});

	CU_ASSERT_EQUAL(f[0], -2.0f);
	CU_ASSERT_EQUAL(f[1], -2.0f);
	CU_ASSERT_EQUAL(f[2], 2.0f);
	CU_ASSERT_EQUAL(f[3], 0.0f);
	CU_ASSERT_EQUAL(a[0], 1.5f);
	CU_ASSERT_FALSE(signbit(a[1]));
	CU_ASSERT_EQUAL(a[3], INFINITY);
}

static void any_sees_every_lane(void)
{
	CU_ASSERT_FALSE(lanes_any((v4i){0, 0, 0, 0}));
	for (int k = 0; k < N_LANES; k++) {
		v4i mask = {0, 0, 0, 0};

		mask[k] = -1;
		CU_ASSERT_TRUE(lanes_any(mask));
	}
}

static void sine_is_accurate(void)
{
	double worst = 0.0;

	for (int i = -100000; i <= 100000; i++) {
		float x = (float)(i * (M_PI / 2.0 / 100000.0));

		worst = fmax(worst,
			fabs((double)lanes_sin_quarter(lanes_of(x))[i & 3] - sin((double)x)));
	}
	CHECK_BELOW(worst, 1.2e-7);
}

static void exp2_is_accurate(void)
{
	double worst = 0.0;

	for (int i = -150000; i <= 150000; i++) {
		float x = (float)i * 1e-4f;
		double ideal = exp2((double)x);

		worst = fmax(worst, fabs((double)lanes_exp2(lanes_of(x))[i & 3] / ideal - 1.0));
	}
	CHECK_BELOW(worst, 3e-7);
	for (int i = -20; i <= 20; i++)
		CU_ASSERT_EQUAL(lanes_exp2(lanes_of((float)i))[1], exp2f((float)i));
}

SUITE_MAIN("lanes", {"selects and limits", selects_and_limits}, {"rounds", rounds},
	{"any() sees every lane", any_sees_every_lane}, {"sine is accurate", sine_is_accurate},
	{"exp2 is accurate, and exact at whole numbers", exp2_is_accurate})
