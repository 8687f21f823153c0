/* clock.c - pulses in time with the patch, and the way from one to the next.
 *
 * The phase runs evenly from 0 to 1 over each division, without swing; pulses have it.
 * Source: own. */
#include <math.h>

#include "modules/modules.h"
#include "dsp/steps.h"

enum { CLOCK_DIVISION, CLOCK_GATE_LENGTH, CLOCK_SWING, CLOCK_N_PARAMS };
enum { CLOCK_GATE, CLOCK_PHASE, CLOCK_N_OUTS };

#define ROUNDING 1e-9 /* of a division */
#define BELOW_1  (1.0f - 0x1p-24f)

static const struct param_desc clock_params[] = {
	[CLOCK_DIVISION] = STEP_LENGTH_PARAM("division", "Division", STEP_QUARTER),
	[CLOCK_GATE_LENGTH] = STEP_GATE_PARAM(0.5f),
	[CLOCK_SWING] = STEP_SWING_PARAM,
};
_Static_assert(ARRAY_LEN(clock_params) == CLOCK_N_PARAMS, "one row per parameter");

static const struct port_desc clock_outs[] = {
	[CLOCK_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[CLOCK_PHASE] = {.key = "phase", .label = "Phase", .kind = PORT_CONTROL},
};

struct clock {
	struct stepper stepper;
	float phase; /* of the latest frame */
	uint32_t pad[3];
};

static void clock_reset(void *state)
{
	struct clock *clock = state;

	*clock = (struct clock){0};
	stepper_reset(&clock->stepper);
}

/* The same length from `from` to `to` */
static void phase_run(struct clock *clock, const struct module_io *io, int from, int to)
{
	double length = step_length_beats(cable_first(io->params[CLOCK_DIVISION], from));
	double begin = io->transport->beat / length + ROUNDING;
	double step = io->transport->beats_per_frame / length;
	v4f *out = io->outs[CLOCK_PHASE];

	if (io->transport->is_stopped) {
		fill(out, from, to, clock->phase);
		return;
	}
	for (int i = from; i < to; i++) {
		double phase = begin + i * step;
		float part = (float)(phase - floor(phase));

		out[i] = lanes_of(part < 1.0f ? part : BELOW_1);
	}
	clock->phase = out[to - 1][0];
}

static void clock_render(void *state, const struct module_io *io)
{
	struct clock *clock = state;
	struct stepper *stepper = &clock->stepper;
	struct cable division = io->params[CLOCK_DIVISION], swing = io->params[CLOCK_SWING];

	for (int at = 0, to; at < io->n_frames; at = to) {
		if (stepper_is_due(stepper, io, division, swing, at))
			stepper_begin(stepper, io, at, BEAT_HIT, false, cable_first(swing, at),
				cable_first(io->params[CLOCK_GATE_LENGTH], at));
		to = stepper_until(stepper, io, division, at);
		fill(io->outs[CLOCK_GATE], at, to, stepper->is_open ? 1.0f : 0.0f);
		phase_run(clock, io, at, to);
	}
}

const struct module_desc clock_module = {
	.key = "clock",
	.purpose = "pulses in time with the patch, and the way from one to the next",
	.params = clock_params,
	.n_params = CLOCK_N_PARAMS,
	.outs = clock_outs,
	.n_outs = CLOCK_N_OUTS,
	.flow = FLOW_MONO,
	.state_bytes = sizeof(struct clock),
	.reset = clock_reset,
	.render = clock_render,
};
