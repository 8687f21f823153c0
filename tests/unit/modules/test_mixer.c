/* test_mixer.c - the mixer. */
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 300 };

static void adds_what_is_plugged_in(void)
{
	v4f *a = series_noise(1, 1.0f, N), *b = series_noise(2, 1.0f, N);
	static v4f out[N];
	struct bench mix;

	bench_open(&mix, "mixer", 48000.0f);
	bench_render(&mix, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, N), 0.0);
	bench_plug(&mix, "in2", a);
	bench_plug(&mix, "in4", b);
	bench_set(&mix, "level2", 0.5f);
	bench_set(&mix, "level4", 2.0f);
	bench_set(&mix, "level", 0.25f);
	bench_reset(&mix);
	bench_render(&mix, out, N, 64);
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < N_LANES; k++)
			CU_ASSERT_EQUAL(out[i][k], (a[i][k] * 0.5f + b[i][k] * 2.0f) * 0.25f);
	}
	bench_close(&mix);
	free(a);
	free(b);
}

SUITE_MAIN("mixer", {"adds what is plugged in", adds_what_is_plugged_in})
