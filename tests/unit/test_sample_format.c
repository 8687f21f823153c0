/* Floats to integers: rounding, full scale, dither, and the same bytes every time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sample_format.h"
#include "tests/support/suite.h"

static void test_values(void)
{
	static const float in[] = {0.0f, 1.0f, -1.0f, 0.5f, -0.5f};
	struct converter converter;
	int32_t s32[5];
	unsigned char s24_3[15];

	converter_init(&converter, FORMAT_S32);
	converter_run(&converter, in, s32, 5);
	CU_ASSERT_EQUAL(s32[0], 0);
	CU_ASSERT_EQUAL(s32[1], INT32_MAX);
	CU_ASSERT_EQUAL(s32[2], INT32_MIN);
	CU_ASSERT_EQUAL(s32[3], 1 << 30);
	CU_ASSERT_EQUAL(s32[4], -(1 << 30));
	converter_init(&converter, FORMAT_S24);
	converter_run(&converter, in, s32, 5);
	CU_ASSERT_EQUAL(s32[1], 8388607);
	CU_ASSERT_EQUAL(s32[2], -8388608);
	CU_ASSERT_EQUAL(s32[3], 4194304);
	converter_init(&converter, FORMAT_S24_3);
	converter_run(&converter, in, s24_3, 5);
	CU_ASSERT_EQUAL(memcmp(s24_3, "\0\0\0\xff\xff\x7f\0\0\x80\0\0\x40\0\0\xc0", 15), 0);
}

/* Dither: the mean is the signal, the error is white and about 1 LSB, full scale does not wrap. */
static void test_dither(void)
{
	enum { N = 48000 };
	static float in[N];
	static int16_t out[N], again[N];
	struct converter converter;
	double sum = 0.0, worst = 0.0;

	for (int i = 0; i < N; i++)
		in[i] = 0.3f / 32768.0f;
	converter_init(&converter, FORMAT_S16);
	converter_run(&converter, in, out, N);
	converter_init(&converter, FORMAT_S16);
	converter_run(&converter, in, again, N);
	CU_ASSERT_EQUAL(memcmp(out, again, sizeof(out)), 0);
	for (int i = 0; i < N; i++) {
		sum += out[i];
		worst = fmax(worst, fabs(out[i] - 0.3));
	}
	CU_ASSERT_DOUBLE_EQUAL(sum / N, 0.3, 0.02);
	CHECK_BELOW(worst, 2.0);
	for (int i = 0; i < N; i++)
		in[i] = i % 2 ? 1.0f : -1.0f;
	converter_run(&converter, in, out, N);
	for (int i = 0; i < N; i++)
		if (abs(out[i]) < 32765 || (out[i] > 0) != (i % 2))
			CU_FAIL("full scale wrapped");
}

SUITE_MAIN("sample_format", {"values", test_values}, {"dither", test_dither})
