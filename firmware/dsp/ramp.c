/* ramp.c - parameter smoothing. See ramp.h. */
#include <math.h>

#include "dsp/ramp.h"

void ramp_init(struct ramp *ramp, float value)
{
	*ramp = (struct ramp){.now = lanes_of(value), .value = (double)value, .target = value};
}

/* The part of the parameter's range that a move crosses. */
static double way_of(const struct param_desc *param, double octaves, double difference)
{
	double min = (double)param->min, max = (double)param->max;

	return octaves != 0.0 ? fabs(octaves) / log2(max / min) : fabs(difference) / (max - min);
}

void ramp_set(struct ramp *ramp, const struct param_desc *param, float target, float rate_hz)
{
	bool is_ratio = param->curve == CURVE_EXP && ramp->value > 0.0 && target > 0.0f;
	double octaves = is_ratio ? log2((double)target / ramp->value) : 0.0;
	double way = way_of(param, octaves, (double)target - ramp->value);
	double frames = (double)(param->smooth_ms * rate_hz) * 1e-3 * fmax(way / RAMP_WAY, 1.0);
	int n = (int)lrint(double_clamp(frames, 0.0, 1e9));

	if (target == ramp->target)
		return;
	if (param->curve == CURVE_CHOICE || n == 0) {
		ramp_init(ramp, target);
		return;
	}
	ramp->target = target;
	ramp->remaining = n;
	ramp->is_ratio = is_ratio;
	if (is_ratio)
		ramp->step = exp2(octaves / n);
	else
		ramp->step = ((double)target - ramp->value) / n;
}

void ramp_fill(struct ramp *ramp, v4f *out, int n)
{
	int n_moving = int_min(n, ramp->remaining);
	double value = ramp->value;

	if (ramp->is_ratio) {
		for (int i = 0; i < n_moving; i++)
			out[i] = lanes_of((float)(value *= ramp->step));
	} else {
		for (int i = 0; i < n_moving; i++)
			out[i] = lanes_of((float)(value += ramp->step));
	}
	ramp->value = value;
	ramp->remaining -= n_moving;
	if (n_moving > 0 && ramp->remaining == 0) {
		ramp->value = (double)ramp->target;
		out[n_moving - 1] = lanes_of(ramp->target);
	}
	ramp->now = lanes_of((float)ramp->value);
	for (int i = n_moving; i < n; i++)
		out[i] = ramp->now;
}
