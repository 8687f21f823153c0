/* core_speed.h - how fast the cores are clocked, measured, and how fast a Pi's should be.
 *
 * Throttling, a firmware that left the cores at their idle clock, and a missing turbo all show as a
 * lower figure, whatever cpufreq believes.
 * Threads: [desk] [init] core_speed_mhz (30 us); [any] core_speed_of_board */
#ifndef BASE_CORE_SPEED_H
#define BASE_CORE_SPEED_H

/* The calling thread's core, by a loop whose additions wait for each other, one a cycle. The best
 * of a few short runs: being put aside does not count. */
int core_speed_mhz(void);

/* The full speed of the board of that name (/proc/device-tree/model); 0: not one that is known. */
int core_speed_of_board(const char *model);

/* Slower than it should be by more than measuring can err (7 %). */
static inline int core_speed_is_low(int mhz, int board_mhz)
{
	return mhz > 0 && mhz * 100 < board_mhz * 93;
}

#endif
