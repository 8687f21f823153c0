/* The best fade between two known signals: judged here by other means than it judges itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/quintic.h"
#include "engine/plan.h"
#include "tests/support/suite.h"

enum { BEFORE = 2560, KNOWN = 3584, WINDOW = 480, FADE = 240, STARTS = 320 };

static struct plan_table *table;
static float x[2 * KNOWN], y[2 * KNOWN], z[KNOWN];

static void fill(float *to, const double *freqs_hz, int n, unsigned *seed)
{
	memset(to, 0, sizeof(x));
	for (int k = 0; k < n; k++) {
		double phase = rand_r(seed) % 1000 / 1000.0;

		for (int i = 0; i < KNOWN; i++) {
			to[2 * i] +=
				(float)(0.2 * sin(2 * M_PI * (freqs_hz[k] * i / 48000 + phase)));
			to[2 * i + 1] = 0.5f * to[2 * i];
		}
	}
}

static struct plan choose(void)
{
	table->n_before = BEFORE;
	table->n_frames = KNOWN;
	table->n_window_frames = WINDOW;
	for (int at = 0; at < KNOWN; at += 64)
		plan_load(table, at, x + 2 * at, at < BEFORE ? NULL : y + 2 * at, 64);
	return plan_choose(table, BEFORE, BEFORE + STARTS, FADE);
}

static double power(const float *from, int stride)
{
	double sum = 0.0;

	for (int i = 0; i < WINDOW; i++)
		sum += (double)from[i * stride] * (double)from[i * stride];
	return sum;
}

static double worst_db(struct plan plan, double *step)
{
	double lo = 1e9, hi = 0.0, off = 0.0, own = 0.0;

	for (int i = 0; i < KNOWN; i++) {
		int k = i - plan.start;
		float g = k < 0               ? 0.0f
			  : k < plan.n_frames ? quintic((float)(k + 1) / (float)(plan.n_frames + 1))
					      : 1.0f;

		z[i] = (1.0f + plan.makeup * 4.0f * g * (1.0f - g)) *
		       (x[2 * i] + g * (y[2 * i] - x[2 * i]));
	}
	*step = 0.0;
	for (int i = 1; i < KNOWN; i++) {
		own = fmax(own, fabs((double)(i < BEFORE ? x[2 * i] - x[2 * i - 2]
							 : y[2 * i] - y[2 * i - 2])));
		*step = fmax(*step, fabs((double)(z[i] - z[i - 1])));
	}
	*step /= own;
	for (int i = 0; i + WINDOW <= KNOWN; i += 4) {
		lo = fmin(lo, fmin(power(x + 2 * i, 2), i < BEFORE ? 1e9 : power(y + 2 * i, 2)));
		hi = fmax(hi, fmax(power(x + 2 * i, 2), i < BEFORE ? 0.0 : power(y + 2 * i, 2)));
	}
	for (int i = plan.start - WINDOW; i + WINDOW <= KNOWN && i < plan.start + plan.n_frames;
		i += 4)
		off = fmax(off, 10 * log10(fmax(power(z + i, 1) / hi, lo / power(z + i, 1))));
	return off;
}

static void test_beating_tones(void)
{
	unsigned seed = 5;
	double worst = 0.0, step, step_worst = 0.0;

	for (int i = 0; i < 100; i++) {
		double a[] = {200 + rand_r(&seed) % 400, 300 + rand_r(&seed) % 600};
		double b[] = {200 + rand_r(&seed) % 400, 300 + rand_r(&seed) % 600};
		struct plan plan;

		fill(x, a, 1 + i % 2, &seed);
		fill(y, b, 1 + i / 2 % 2, &seed);
		plan = choose();
		CU_ASSERT_TRUE(plan.start >= BEFORE && plan.start <= BEFORE + STARTS);
		CU_ASSERT_EQUAL(plan.n_frames % FADE, 0);
		if (plan.n_frames == 0)
			continue;
		worst = fmax(worst, worst_db(plan, &step));
		step_worst = fmax(step_worst, step);
	}
	CHECK_BELOW(worst, 0.6); /* the best of two dozen starts is not always below 0.5 */
	CHECK_BELOW(step_worst, 1.04);
}

static void test_same_and_silent(void)
{
	unsigned seed = 7;
	double freq = 330, step;
	struct plan plan;

	fill(x, &freq, 1, &seed);
	memcpy(y, x, sizeof(y));
	plan = choose();
	CU_ASSERT_EQUAL(plan.start, BEFORE);
	CU_ASSERT_EQUAL(plan.n_frames, FADE);
	CU_ASSERT_EQUAL(plan.makeup, 0.0f);
	memset(y, 0, sizeof(y)); /* to silence, and from it */
	plan = choose();
	CU_ASSERT_TRUE(plan.n_frames >= FADE);
	CHECK_BELOW(worst_db(plan, &step), 0.5);
	CHECK_BELOW(step, 1.03);
	memcpy(y, x, sizeof(y));
	memset(x, 0, sizeof(x));
	plan = choose();
	if (plan.n_frames)
		CHECK_BELOW(worst_db(plan, &step), 0.5);
	memset(y, 0, sizeof(y));
	CU_ASSERT_EQUAL(choose().start, BEFORE);
}

/* A short fade between slow signals would be the steepest thing heard. */
static void test_slow_signals(void)
{
	unsigned seed = 9;

	for (int i = 0; i < 40; i++) {
		double a = 20 + rand_r(&seed) % 30, b = 20 + rand_r(&seed) % 30, step;
		struct plan plan;

		fill(x, &a, 1, &seed);
		fill(y, &b, 1, &seed);
		plan = choose();
		if (plan.n_frames == 0)
			continue; /* the fade's own law makes it longer still */
		worst_db(plan, &step);
		CHECK_BELOW(step, 1.05);
	}
}

static double peak_of(const float *from, int begin, int end)
{
	double peak = 0.0;

	for (int i = begin; i < end; i++)
		peak = fmax(peak, fabs((double)from[2 * i]));
	return peak;
}

/* Two that are near full scale: no make-up gain makes a peak much above their own, and little is
 * lost in loudness by that, for another start is found. */
static void test_loud_signals(void)
{
	unsigned seed = 11;
	double worst = 0.0, step;

	for (int i = 0; i < 100; i++) {
		double a[] = {200 + rand_r(&seed) % 400, 300 + rand_r(&seed) % 600};
		double b[] = {200 + rand_r(&seed) % 400, 300 + rand_r(&seed) % 600};
		double ceiling, peak = 0.0;
		struct plan plan;

		fill(x, a, 2, &seed);
		fill(y, b, 2, &seed);
		/* a high tone on top: steps alone do not hold the peaks down */
		for (int k = 0; k < 2 * KNOWN; k++) {
			float high = 0.1f * sinf((float)(k / 2) * 0.9f);

			x[k] = 2.0f * x[k] + high;
			y[k] = 2.0f * y[k] + high;
		}
		plan = choose();
		if (plan.n_frames == 0)
			continue;
		worst = fmax(worst, worst_db(plan, &step));
		ceiling = fmax(peak_of(x, 0, KNOWN), peak_of(y, BEFORE, KNOWN));
		for (int k = plan.start; k < plan.start + plan.n_frames; k++)
			peak = fmax(peak, fabs((double)z[k]));
		CHECK_BELOW(peak, fmin(1.02 * ceiling, 1.0));
	}
	CHECK_BELOW(worst, 1.0);
}

static void with_table(void (*test)(void))
{
	table = calloc(1, sizeof(*table));
	test();
	free(table);
}

static void beating(void)
{
	with_table(test_beating_tones);
}

static void same(void)
{
	with_table(test_same_and_silent);
}

static void slow(void)
{
	with_table(test_slow_signals);
}

static void loud(void)
{
	with_table(test_loud_signals);
}

SUITE_MAIN("plan", {"tones that beat", beating}, {"the same, and silence", same},
	{"slow signals", slow}, {"loud signals", loud})
