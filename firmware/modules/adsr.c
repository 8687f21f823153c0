/* adsr.c - envelope, a gate a lane, accurate to the sample.
 *
 * A segment goes from the level where it began (`from`) to its target: 1 (attack), the sustain
 * level (decay), 0 (release). It takes its whole time from whatever level it began at, so a release
 * from half way up lasts release_ms; so does an attack that catches a release half way down.
 * `rest` is how much of the segment is to come, in whole numbers of 2^-62: its steps add up
 * exactly, at any block size, and 20 s at 192 kHz (4 million steps) take 20 s. Times may move at
 * any moment: the rest of the segment then goes at the new speed. Decay at rest 0 is the sustain
 * stage, release at rest 0 is silence.
 * Curve: linear: level = target + (from - target) rest
 *        exponential: (2^(c rest) - 1) / (2^c - 1) takes the place of rest: a capacitor's curve
 *        that arrives, in the set time. c is 2 for the attack, else 6.64 (1 % at rest 0).
 *        Another curve goes on from the level where the envelope is.
 * A gate nothing is plugged into is closed. A gate has to close for a frame to open again.
 * Source: own; the exponential curve is that of a charging capacitor, cut so that it arrives. */
#include "modules/adsr.h"
#include "modules/modules.h"

static const char *const adsr_curves[] = {
	[CURVE_STRAIGHT] = "linear",
	[CURVE_BENT] = "exponential",
};
_Static_assert(ARRAY_LEN(adsr_curves) == N_CURVES, "one name per curve");

/* clang-format off */
static const struct param_desc adsr_params[] = {
	[ADSR_ATTACK] = {.key = "attack_ms", .label = "Attack", .unit = UNIT_MS, .min = 0.5f,
		.max = 20000.0f, .def = 10.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[ADSR_DECAY] = {.key = "decay_ms", .label = "Decay", .unit = UNIT_MS, .min = 1.0f,
		.max = 20000.0f, .def = 100.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[ADSR_SUSTAIN] = {.key = "sustain", .label = "Sustain", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[ADSR_RELEASE] = {.key = "release_ms", .label = "Release", .unit = UNIT_MS, .min = 1.0f,
		.max = 20000.0f, .def = 200.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[ADSR_CURVE] = {.key = "curve", .label = "Curve", .unit = UNIT_CHOICE, .max = N_CURVES - 1,
		.curve = CURVE_CHOICE, .choices = adsr_curves},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(adsr_params) == ADSR_N_PARAMS, "one row per parameter");

static const struct port_desc adsr_ins[] = {
	[ADSR_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
	[ADSR_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
};
static const struct port_desc adsr_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static void adsr_reset(void *state)
{
	struct adsr *adsr = state;

	*adsr = (struct adsr){.frames_per_ms = adsr->frames_per_ms};
}

static void adsr_init(void *state, float rate_hz)
{
	struct adsr *adsr = state;

	adsr->frames_per_ms = rate_hz / 1000.0f;
}

/* One frame in which a lane may arrive. A finished attack becomes a decay from 1. */
static void arrive(struct adsr *adsr, enum adsr_curve curve, const struct heading *to, v4f *out)
{
	struct cycles none = {{0, 0}, {0, 0}}, whole = {{WHOLE, WHOLE}, {WHOLE, WHOLE}}, rest;
	v4i arrives, ends;

	rest.a = adsr->rest.a - to->step.a;
	rest.b = adsr->rest.b - to->step.b;
	/* below 0: passed it */
	rest.a = (v2u)((v2i)rest.a > 0) & rest.a;
	rest.b = (v2u)((v2i)rest.b > 0) & rest.b;
	arrives = is_done(rest);
	rest = cycles_select(arrives, none, rest);
	*out = to->target + (adsr->from - to->target) * distance_at(curve, to, remaining(rest));
	adsr->level = *out;
	ends = arrives & adsr->is_attack;
	adsr->from = lanes_select(ends, lanes_of(1.0f), adsr->from);
	adsr->rest = cycles_select(ends, whole, rest);
	adsr->is_attack &= ~ends;
}

/* The reference: one frame, whatever moves. */
static void frame_run(
	struct adsr *adsr, const struct cable *params, struct cable gate, v4f *out, size_t i)
{
	struct heading to;

	take_gate(adsr, cable_at(gate, i) > GATE_ON);
	if (has_arrived(adsr->rest)) {
		out[i] = lane_if(adsr->is_open, cable_at(params[ADSR_SUSTAIN], i));
		adsr->level = out[i];
		return;
	}
	to = heading_of(adsr, params, i);
	take_curve(adsr, &to, (int32_t)cable_at(params[ADSR_CURVE], i)[0]);
	arrive(adsr, (enum adsr_curve)adsr->curve, &to, out + i);
}

/* A whole block at one level. */
static bool holds(const struct adsr *adsr, const struct cable *params, struct cable gate)
{
	return !gate.step && !params[ADSR_SUSTAIN].step && has_arrived(adsr->rest) &&
	       !lanes_any((gate.at[0] > GATE_ON) ^ adsr->is_open);
}

static void adsr_render(void *state, const struct module_io *io)
{
	struct adsr *adsr = state;
	struct cable gate = cable_or_zero(io->ins[ADSR_GATE]), in = io->ins[ADSR_IN];
	v4f *out = io->outs[0];

	if (!in.at && holds(adsr, io->params, gate)) {
		adsr->level = lane_if(adsr->is_open, io->params[ADSR_SUSTAIN].at[0]);
		out_constant(io, 0, adsr->level);
		return;
	}
	*io->constant_outs = 0;
	for (int i = 0, run; i < io->n_frames; i += run) {
		run = adsr_fast(adsr, io, gate, i);
		if (run)
			continue;
		frame_run(adsr, io->params, gate, out, (size_t)i);
		run = 1;
	}
	for (size_t i = 0; in.at && i < (size_t)io->n_frames; i++)
		out[i] *= cable_at(in, i);
}

const struct module_desc adsr_module = {
	.key = "adsr",
	.purpose = "envelope: attack, decay, sustain, release; shapes its input, or gives the "
		   "curve itself",
	.params = adsr_params,
	.n_params = ADSR_N_PARAMS,
	.ins = adsr_ins,
	.n_ins = ADSR_N_INS,
	.outs = adsr_outs,
	.n_outs = ARRAY_LEN(adsr_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct adsr),
	.init = adsr_init,
	.reset = adsr_reset,
	.render = adsr_render,
};
