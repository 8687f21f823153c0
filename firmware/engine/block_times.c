/* block_times.c - quantiles of block times. See block_times.h.
 * Tested by: unit/engine/test_block_times */
#include "engine/block_times.h"

static uint64_t middle_ns(int bin)
{
	uint64_t sixteenths = (uint64_t)(2 * (bin % BLOCK_TIME_PER_OCTAVE) + 1 + 16);

	return sixteenths << (bin / BLOCK_TIME_PER_OCTAVE + BLOCK_TIME_FIRST_OCTAVE - 4);
}

uint64_t block_times_quantile_ns(const uint32_t n[BLOCK_TIME_BINS], int percent)
{
	uint64_t total = 0, so_far = 0;
	int bin = 0;

	for (int i = 0; i < BLOCK_TIME_BINS; i++)
		total += n[i];
	if (total == 0)
		return 0;
	/* the least bin at whose end so many percent of all are counted */
	while ((so_far += n[bin]) * 100 < total * (uint64_t)percent)
		bin++;
	return middle_ns(bin);
}
