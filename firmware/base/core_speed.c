/* core_speed.c - the cores' clock. See core_speed.h. */
#include "base/core_speed.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

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

/* Raspberry Pi documentation, config.txt, "Overclocking options": arm_freq of each model. A 4B from
 * revision 1.4 on does 1800 with arm_boost=1, older ones do not: 1500 is right for all. */
int core_speed_of_board(const char *model)
{
	static const struct {
		const char *model; /* begins with */
		int mhz;
	} rows[] = {
		{"Raspberry Pi 3 Model B Plus", 1400},
		{"Raspberry Pi 3 Model A Plus", 1400},
		{"Raspberry Pi 3 Model B", 1200},
		{"Raspberry Pi Compute Module 3", 1200},
		{"Raspberry Pi Zero 2", 1000},
		{"Raspberry Pi 400", 1800},
		{"Raspberry Pi 4", 1500},
		{"Raspberry Pi Compute Module 4", 1500},
		{"Raspberry Pi 5", 2400}, /* and 500 */
		{"Raspberry Pi Compute Module 5", 2400},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strncmp(model, rows[i].model, strlen(rows[i].model)) == 0)
			return rows[i].mhz;
	return 0;
}
