/* ramp.h - how a parameter moves: even steps a sample, from where it is to where it was sent.
 *
 * Shapes:  one number, broadcast to all lanes. CURVE_LINEAR moves by equal differences, CURVE_EXP
 *          by equal ratios, CURVE_CHOICE jumps; all arrive exactly on the target. That takes
 *          smooth_ms for a quarter of the range or less, as a hand turns, and in proportion for
 *          what only a command does: four times as long from end to end.
 * Memory:  no pointers; copied with the patch's state. The value is a double, so 20 s of steps add
 *          up to less than one float step.
 * Threads: ramp_init [desk] [worker]; the others [worker].
 * Errors:  none. Any split of n frames into ramp_fill() calls writes the same bits. */
#ifndef DSP_RAMP_H
#define DSP_RAMP_H

#include <stdbool.h>

#include "dsp/module.h"

#define RAMP_WAY 0.25 /* the part of its range that a parameter goes in smooth_ms */

enum { RAMP_MAX_WAITING = 4 };

struct ramp {
	v4f now; /* the latest value; while nothing moves it serves as a step-0 cable */
	double value;
	double step; /* added each sample, or multiplied by where is_ratio */
	float target;
	int32_t remaining; /* samples until the target */
	uint8_t is_ratio;
	uint8_t n_waiting; /* targets within the block to come, in the order of their frames */
	uint8_t pad[2];
	uint8_t frames[RAMP_MAX_WAITING];
	float targets[RAMP_MAX_WAITING];
};

void ramp_init(struct ramp *ramp, float value) RT_SAFE;

/* Sets off from the value of now, also in mid-move. An equal target leaves a move as it is. */
void ramp_set(
	struct ramp *ramp, const struct param_desc *param, float target, float rate_hz) RT_SAFE;

/* The same from that frame of the next n on, which ramp_fill_waiting() has to write. Of more than
 * RAMP_MAX_WAITING in a block the last one goes to the newest target. */
void ramp_set_at(struct ramp *ramp, const struct param_desc *param, float target, float rate_hz,
	int frame) RT_SAFE;

/* Writes the next n values. Holds the target once it is reached. */
void ramp_fill(struct ramp *ramp, v4f *out, int n) RT_SAFE;
/* The same where targets wait: none does after it. */
void ramp_fill_waiting(
	struct ramp *ramp, const struct param_desc *param, float rate_hz, v4f *out, int n) RT_SAFE;

static inline bool ramp_is_moving(const struct ramp *ramp)
{
	return ramp->remaining > 0 || ramp->n_waiting > 0;
}

#endif
