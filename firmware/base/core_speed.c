/* core_speed.c - the cores' clock. See core_speed.h. */
#include "base/core_speed.h"

#include <stdint.h>

#include "base/clock.h"

enum { N_RUNS = 5, N_LOOPS = 128, ADDS_A_LOOP = 64 };

/* The compiler must not join two additions: each has a result that it cannot know. Cortex-A53, A72
 * and A76 take one cycle for it (Arm's software optimisation guides: ADD, latency 1). */
#define ADD_1(x, k) \
	(x) += (k); \
	__asm__ volatile("" : "+r"(x))
#define ADD_4(x, k)  \
	ADD_1(x, k); \
	ADD_1(x, k); \
	ADD_1(x, k); \
	ADD_1(x, k)
#define ADD_16(x, k) \
	ADD_4(x, k); \
	ADD_4(x, k); \
	ADD_4(x, k); \
	ADD_4(x, k)
#define ADD_64(x, k)  \
	ADD_16(x, k); \
	ADD_16(x, k); \
	ADD_16(x, k); \
	ADD_16(x, k)

static int64_t run_ns(void)
{
	uintptr_t x = 0, k = 3;
	int64_t begin_ns;

	__asm__ volatile("" : "+r"(k));
	begin_ns = clock_now_ns();
	for (int i = 0; i < N_LOOPS; i++) {
		ADD_64(x, k);
	}
	return clock_now_ns() - begin_ns;
}

int core_speed_mhz(void)
{
	int64_t best_ns = INT64_MAX;

	for (int i = 0; i < N_RUNS; i++) {
		int64_t ns = run_ns();

		if (ns > 0 && ns < best_ns)
			best_ns = ns;
	}
	return (int)(N_LOOPS * ADDS_A_LOOP * 1000LL / best_ns);
}
