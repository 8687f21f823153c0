/* acceleration.c - a knob that is turned fast goes further. See acceleration.h. */
#include "board/acceleration.h"

#include <math.h>

#include "base/util.h"

static const double slow_hz = 12.5, fast_hz = 100.0;

int acceleration_detents(struct acceleration *acceleration, int detents, int64_t at_ns)
{
	int direction = detents < 0 ? -1 : 1;
	int64_t interval_ns = at_ns - acceleration->last_ns;
	int64_t before_ns = acceleration->interval_ns;
	double rate_hz, share;

	if (acceleration->max < 2 || detents == 0)
		return detents;
	acceleration->last_ns = at_ns;
	acceleration->interval_ns = direction == acceleration->direction ? interval_ns : INT64_MAX;
	if (direction != acceleration->direction)
		before_ns = INT64_MAX;
	acceleration->direction = direction;
	if (before_ns > interval_ns)
		interval_ns = before_ns;
	rate_hz = interval_ns > 0 ? 1e9 / (double)interval_ns : fast_hz;
	share = double_clamp((rate_hz - slow_hz) / (fast_hz - slow_hz), 0.0, 1.0);
	return detents * (1 + (int)lrint(share * (acceleration->max - 1)));
}
