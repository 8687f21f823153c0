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
	double frames = (double)(param->smooth_ms * rate_hz) * 1e-3;
	double difference = (double)target - ramp->value, octaves = 0.0;

	if (target == ramp->target)
		return;
	if (param->curve == CURVE_CHOICE || frames < 0.5) {
		ramp_init(ramp, target);
		return;
	}
	ramp->is_ratio = param->curve == CURVE_EXP && ramp->value > 0.0 && target > 0.0f;
	if (ramp->is_ratio)
		octaves = log2((double)target / ramp->value);
	frames *= fmax(way_of(param, octaves, difference) / RAMP_WAY, 1.0);
	ramp->target = target;
	ramp->remaining = (int)lrint(fmin(frames, 1e9));
	ramp->step =
		ramp->is_ratio ? exp2(octaves / ramp->remaining) : difference / ramp->remaining;
}

void ramp_set_at(
	struct ramp *ramp, const struct param_desc *param, float target, float rate_hz, int frame)
{
	int last = ramp->n_waiting - 1;

	if (frame <= 0 && last < 0) {
		ramp_set(ramp, param, target, rate_hz);
		return;
	}
	if (last + 1 == RAMP_MAX_WAITING) {
		ramp->targets[last] = target;
		return;
	}
	if (last >= 0)
		frame = int_max(frame, ramp->frames[last]);
	ramp->frames[last + 1] = (uint8_t)frame;
	ramp->targets[last + 1] = target;
	ramp->n_waiting++;
}

void ramp_fill_waiting(
	struct ramp *ramp, const struct param_desc *param, float rate_hz, v4f *out, int n)
{
	const struct ramp told = *ramp;
	int at = 0;

	ramp->n_waiting = 0;
	for (int w = 0; w < told.n_waiting; w++) {
		int frame = int_min(told.frames[w], n);

		ramp_fill(ramp, out + at, frame - at);
		ramp_set(ramp, param, told.targets[w], rate_hz);
		at = frame;
	}
	ramp_fill(ramp, out + at, n - at);
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
