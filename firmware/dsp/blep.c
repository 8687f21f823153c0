/* blep.c - band-limited steps and corners. See blep.h. */
#include <math.h>
#include <stdbool.h>

#include "dsp/blep.h"
#include "dsp/kaiser.h"

enum {
	N_POSITIONS = 64, /* of a jump between two frames */
	N_PARTS = 4,      /* Simpson intervals between two positions */
	N_POINTS = BLEP_TAPS * N_POSITIONS,
};

#define CUT_NORM    0.448 /* of the rate */
#define KAISER_BETA 7.0

/* writer: [desk], once, before any worker renders an oscillator */
static float step_rows[N_POSITIONS + 1][BLEP_TAPS];
static float corner_rows[N_POSITIONS + 1][BLEP_TAPS];

/* x in frames from the middle */
static double kernel(double x)
{
	double r = x / (BLEP_TAPS / 2.0);
	double window = kaiser_window(KAISER_BETA, r);

	return window *
	       (fabs(x) < 1e-12 ? 2.0 * CUT_NORM : sin(2.0 * M_PI * CUT_NORM * x) / (M_PI * x));
}

/* step[i], ramp[i]: the kernel integrated once and twice, up to i positions from its beginning. */
static void integrate_kernel(double *step, double *ramp)
{
	double dx = 1.0 / (N_POSITIONS * N_PARTS);
	double sum = 0.0, sum2 = 0.0;

	for (int i = 0; i < N_POINTS; i++) {
		step[i] = sum;
		ramp[i] = sum2;
		for (int k = 0; k < N_PARTS; k++) {
			double x = (double)i / N_POSITIONS + k * dx - BLEP_TAPS / 2.0;
			double part = dx / 6.0 *
				      (kernel(x) + 4.0 * kernel(x + dx / 2.0) + kernel(x + dx));

			sum2 += dx * (sum + part / 2.0);
			sum += part;
		}
	}
	step[N_POINTS] = sum;
	ramp[N_POINTS] = sum2;
}

void blep_init(void)
{
	static double step[N_POINTS + 1], ramp[N_POINTS + 1];
	static bool is_done;

	if (is_done)
		return;
	integrate_kernel(step, ramp);
	for (int p = 0; p <= N_POSITIONS; p++) {
		for (int k = 0; k < BLEP_TAPS; k++) {
			int i = k * N_POSITIONS + p;
			double x = (double)i / N_POSITIONS -
				   BLEP_TAPS / 2.0; /* frames since the jump */
			bool is_after = k >= BLEP_LATENCY;
			double corner = ramp[i] * (BLEP_TAPS / 2.0) / ramp[N_POINTS];

			step_rows[p][k] = (float)(step[i] / step[N_POINTS] - is_after);
			corner_rows[p][k] = (float)(corner - (is_after ? x : 0.0));
		}
	}
	is_done = true;
}

static inline __attribute__((always_inline)) void row_add(
	const float rows[][BLEP_TAPS], v4f *at, int lane, float age, float height)
{
	float position = fminf(fmaxf(age, 0.0f), 1.0f) * N_POSITIONS;
	int p = int_min((int)position, N_POSITIONS - 1);
	const float *a = rows[p], *b = rows[p + 1];
	float to_b = (position - (float)p) * height, to_a = height - to_b;
	float residual[BLEP_TAPS];

	for (int k = 0; k < BLEP_TAPS; k++)
		residual[k] = a[k] * to_a + b[k] * to_b;
	if (lane == BLEP_ALL_LANES)
		for (int k = 0; k < BLEP_TAPS; k++)
			at[k] += residual[k];
	else
		for (int k = 0; k < BLEP_TAPS; k++)
			at[k][lane] += residual[k];
}

void blep_add_step(v4f *at, int lane, float age, float height)
{
	row_add(step_rows, at, lane, age, height);
}

void blep_add_corner(v4f *at, int lane, float age, float height)
{
	row_add(corner_rows, at, lane, age, height);
}
