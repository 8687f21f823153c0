/* core_speed.h - how fast the cores are clocked, measured.
 *
 * Throttling, a firmware that left the cores at their idle clock, and a missing turbo all show as a
 * lower figure, whatever cpufreq believes.
 * Threads: [desk] [init] core_speed_mhz (30 us); [any] core_speed_is_low */
#ifndef BASE_CORE_SPEED_H
#define BASE_CORE_SPEED_H

/* The calling thread's core, by a loop whose additions wait for each other, one a cycle. The best
 * of a few short runs: being put aside does not count. */
int core_speed_mhz(void);

/* Slower than it should be by more than measuring can err (7 %). */
static inline int core_speed_is_low(int mhz, int board_mhz)
{
	return mhz > 0 && mhz * 100 < board_mhz * 93;
}

#endif
