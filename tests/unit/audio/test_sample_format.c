/* Floats to integers: rounding, full scale, dither, keeping awake, and the same bytes every time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sample_format.h"
#include "tests/support/suite.h"

enum { N = 48000 };
static float in[2 * N];
static int16_t out[2 * N], again[2 * N];

static void convert(enum sample_format format, const float *samples, void *to, int n)
{
	struct converter converter = {.format = format};

	converter_put(&converter, &(struct sample_run){.in = samples,
					  .in_step = 1,
					  .out = to,
					  .out_bytes = sample_bytes(format),
					  .n = n});
}

static void test_values(void)
{
	static const float values[] = {0.0f, 1.0f, -1.0f, 0.5f, -0.5f};
	int32_t s32[5];
	unsigned char s24_3[15];

	convert(FORMAT_S32, values, s32, 5);
	CU_ASSERT_EQUAL(s32[0], 0);
	CU_ASSERT_EQUAL(s32[1], INT32_MAX);
	CU_ASSERT_EQUAL(s32[2], INT32_MIN);
	CU_ASSERT_EQUAL(s32[3], 1 << 30);
	CU_ASSERT_EQUAL(s32[4], -(1 << 30));
	convert(FORMAT_S24, values, s32, 5);
	CU_ASSERT_EQUAL(s32[1], 8388607);
	CU_ASSERT_EQUAL(s32[2], -8388608);
	CU_ASSERT_EQUAL(s32[3], 4194304);
	convert(FORMAT_S24_3, values, s24_3, 5);
	CU_ASSERT_EQUAL(memcmp(s24_3, "\0\0\0\xff\xff\x7f\0\0\x80\0\0\x40\0\0\xc0", 15), 0);
}

/* Dither: the mean is the signal, full scale does not wrap, pieces of any size are the same. */
static void test_dither(void)
{
	struct converter converter = {.format = FORMAT_S16};
	double sum = 0.0, worst = 0.0;

	for (int i = 0; i < 2 * N; i++)
		in[i] = 0.3f / 32768.0f;
	converter_run(&converter, 1000, in, out, N);
	for (int i = 0, n = 1; i < N; i += n, n = n % 300 + 1)
		converter_run(&converter, 1000 + (uint64_t)i, in + 2 * i, again + 2 * i,
			int_min(n, N - i));
	CU_ASSERT_EQUAL(memcmp(out, again, sizeof(out)), 0);
	for (int i = 0; i < 2 * N; i++) {
		sum += out[i];
		worst = fmax(worst, fabs(out[i] - 0.3));
	}
	CU_ASSERT_DOUBLE_EQUAL(sum / (2 * N), 0.3, 0.01);
	CHECK_BELOW(worst, 2.0);
	for (int i = 0; i < 2 * N; i++)
		in[i] = i % 2 ? 1.0f : -1.0f;
	converter_run(&converter, 0, in, out, N);
	for (int i = 0; i < 2 * N; i++)
		if (abs(out[i]) < 32765 || (out[i] > 0) != (i % 2))
			CU_FAIL("full scale wrapped");
}

/* TPDF: the error's mean and power do not depend on the signal (power 1/4 LSB^2: 1/6 of the
 * dither, 1/12 of rounding), neighbours and channels have nothing in common. */
static void test_triangle(void)
{
	static const float levels[] = {0.0f, 0.25f, 0.5f, 0.77f, -3.4f};
	struct converter converter = {.format = FORMAT_S16};

	for (size_t k = 0; k < ARRAY_LEN(levels); k++) {
		double mean = 0.0, power = 0.0, next = 0.0, other = 0.0, last = 0.0;

		for (int i = 0; i < 2 * N; i++)
			in[i] = levels[k] / 32768.0f;
		converter_run(&converter, 0, in, out, N);
		for (int i = 0; i < N; i++) {
			double left = out[2 * i] - (double)levels[k];
			double right = out[2 * i + 1] - (double)levels[k];

			mean += left / N;
			power += left * left / N;
			next += left * last / N;
			other += left * right / N;
			last = left;
		}
		CU_ASSERT_DOUBLE_EQUAL(mean, 0.0, 0.012);
		CU_ASSERT_DOUBLE_EQUAL(power, 0.25, 0.012);
		CU_ASSERT_DOUBLE_EQUAL(next, 0.0, 0.008);
		CU_ASSERT_DOUBLE_EQUAL(other, 0.0, 0.008);
	}
}

/* What a wide format's sample is with a sign that keeps it awake. */
static int64_t awake_value(int64_t plain, int64_t lsb, int64_t top, uint64_t frame, int channel)
{
	int64_t s = plain + (sample_noise(frame, channel) & 1 ? lsb : -lsb);

	return s > top ? top : s < -top - 1 ? -top - 1 : s;
}

static void test_awake(void)
{
	enum { FRAMES = 2000 };
	static int32_t plain[2 * FRAMES], awake[2 * FRAMES];
	static const enum sample_format wide[] = {FORMAT_S24, FORMAT_S32, FORMAT_S32};
	static const int32_t lsbs[] = {1, 1, 256};

	for (size_t k = 0; k < ARRAY_LEN(wide); k++) {
		struct converter converter = {.format = wide[k]};
		int64_t top = wide[k] == FORMAT_S32 ? INT32_MAX : 0x7fffff;
		int n_zero = 0, n_wrong = 0;

		for (int i = 0; i < 2 * FRAMES; i++) /* silence, then full scale */
			in[i] = i < FRAMES ? 0.0f : i % 2 ? 1.0f : -1.0f;
		converter_run(&converter, 77, in, plain, FRAMES);
		converter.awake_lsb = lsbs[k];
		converter_run(&converter, 77, in, awake, FRAMES);
		for (int i = 0; i < 2 * FRAMES; i++) {
			n_zero += awake[i] == 0;
			n_wrong += awake[i] !=
				   awake_value(plain[i], lsbs[k], top, 77 + (uint64_t)i / 2, i % 2);
		}
		CU_ASSERT_EQUAL(n_zero, 0);
		CU_ASSERT_EQUAL(n_wrong, 0);
	}
}

SUITE_MAIN("sample_format", {"values", test_values}, {"dither", test_dither},
	{"TPDF", test_triangle}, {"no digital zero", test_awake})
