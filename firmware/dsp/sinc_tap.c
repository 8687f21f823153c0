/* sinc_tap.c - see sinc_tap.h.
 * Tested by: unit/modules/test_delay */
#include "dsp/sinc_tap.h"

#include <math.h>

#include "dsp/kaiser.h"

enum { N_PLACES = 256 }; /* between two frames */

#define KAISER_BETA 9.0

/* writer: [desk], once, before any worker reads a delay line */
static v4f rows[N_PLACES + 1][SINC_TAPS / N_LANES];

void sinc_tap_init(void)
{
	static bool is_done;

	if (is_done)
		return;
	for (int p = 0; p <= N_PLACES; p++) {
		double row[SINC_TAPS];

		sinc_row(row, SINC_TAPS, (double)p / N_PLACES, KAISER_BETA);
		for (int k = 0; k < SINC_TAPS; k++)
			rows[p][k / N_LANES][k % N_LANES] = (float)row[k];
	}
	is_done = true;
}

struct sinc_tap sinc_tap_at(double frames)
{
	uint32_t whole = (uint32_t)frames;
	float place = (float)(frames - (double)whole) * N_PLACES;
	int p = int_min((int)place, N_PLACES - 1);
	const v4f *a = rows[p], *b = rows[p + 1];
	struct sinc_tap tap = {.frames = (float)frames, .back = whole + SINC_HALF};

	for (int k = 0; k < SINC_TAPS / N_LANES; k++) {
		v4f four = a[k] + (b[k] - a[k]) * (place - (float)p),
		    *to = tap.weight + k * N_LANES;

		to[0] = __builtin_shufflevector(four, four, 0, 0, 0, 0);
		to[1] = __builtin_shufflevector(four, four, 1, 1, 1, 1);
		to[2] = __builtin_shufflevector(four, four, 2, 2, 2, 2);
		to[3] = __builtin_shufflevector(four, four, 3, 3, 3, 3);
	}
	return tap;
}
