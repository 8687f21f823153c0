#include "audio/lap.h"

#include "base/clock.h"

void lap_reset(struct lap *lap)
{
	*lap = (struct lap){0};
}

bool lap_is_missed(struct lap *lap, int64_t at_ns, uint64_t taken, int rate_hz, int limit_frames)
{
	struct lap last = *lap;
	double due;

	*lap = (struct lap){.at_ns = at_ns, .taken = taken};
	if (last.at_ns == 0)
		return false;
	due = (double)(at_ns - last.at_ns) * rate_hz / (double)NS_PER_S;
	return due - (double)(int64_t)(taken - last.taken) >= limit_frames;
}
