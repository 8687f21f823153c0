#include "engine/time_base.h"

#include <math.h>

#include "base/clock.h"

#include "base/rt_poison.h"

#define BANDWIDTH_HZ 0.2
#define JUMP_S       0.05 /* farther off the line is not the same one */

void time_base_init(struct time_base *base, bool is_timeless, int rate_hz, int lead_frames)
{
	*base = (struct time_base){.is_timeless = is_timeless,
		.rate_hz = rate_hz,
		.latency_frames = lead_frames + time_base_slack_frames(rate_hz),
		.frame_ns = 1e9 / rate_hz};
}

void time_base_forget(struct time_base *base)
{
	base->is_set = false;
}

static void begin(struct time_base *base, int64_t now_ns, uint64_t frame)
{
	base->is_set = true;
	base->at_ns = now_ns;
	base->frame = (double)frame;
	base->frame_ns = 1e9 / base->rate_hz;
	base->noted_frame = frame;
}

void time_base_note(struct time_base *base, int64_t now_ns, uint64_t frame)
{
	double frames, due_ns, error_ns, turn;

	if (base->is_timeless || frame == base->noted_frame)
		return;
	if (!base->is_set) {
		begin(base, now_ns, frame);
		return;
	}
	frames = (double)(frame - base->noted_frame);
	due_ns = ((double)frame - base->frame) * base->frame_ns;
	error_ns = (double)(now_ns - base->at_ns) - due_ns;
	if (fabs(error_ns) > JUMP_S * 1e9) {
		begin(base, now_ns, frame);
		return;
	}
	/* critically damped */
	turn = 2.0 * M_PI * BANDWIDTH_HZ * frames / base->rate_hz;
	base->at_ns = now_ns;
	base->frame = (double)frame + (1.0 - M_SQRT2 * turn) * error_ns / base->frame_ns;
	base->frame_ns += turn * turn * error_ns / frames;
	base->noted_frame = frame;
}

uint64_t time_base_frame(const struct time_base *base, int64_t time_ns)
{
	double ago_ns = (double)(base->at_ns - time_ns), frame;

	if (time_ns <= 0)
		return 0;
	if (base->is_timeless)
		return (uint64_t)clock_frames(time_ns, base->rate_hz);
	if (!base->is_set)
		return 0;
	frame = base->frame - fmax(ago_ns, 0.0) / base->frame_ns + base->latency_frames;
	return frame > 0.0 ? (uint64_t)frame : 0;
}
