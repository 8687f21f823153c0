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
#include <stdbool.h>

#include "dsp/cycles.h"
#include "modules/modules.h"
#include "dsp/voice.h"

enum { ADSR_ATTACK, ADSR_DECAY, ADSR_SUSTAIN, ADSR_RELEASE, ADSR_CURVE, ADSR_N_PARAMS };
enum { ADSR_IN, ADSR_GATE, ADSR_N_INS };
enum adsr_curve { CURVE_STRAIGHT, CURVE_BENT, N_CURVES };
enum { PIECE_FRAMES = 16 };

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

#define WHOLE        (1ull << 62)
#define REST_TO_PART 0x1p-30f          /* of the upper 32 bits */
#define REST_DONE    (WHOLE / 1000000) /* what may be left after millions of steps */

struct adsr {
	struct cycles rest; /* of the segment */
	v4f from;           /* level where the segment began */
	v4f level;
	v4i is_open;   /* the gate of the latest frame */
	v4i is_attack; /* else decay, sustain (open) or release, silence (closed) */
	float frames_per_ms;
	int32_t curve;
	int32_t is_started;
	float pad;
};

/* Where each lane is going, and how much of the way it goes in a frame. */
struct heading {
	struct cycles step; /* 0 where it has arrived */
	v4f target;
	v4f bend, scale; /* of the exponential curve: c, and 1 / (2^c - 1) */
};

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

static struct cycles cycles_select(v4i mask, struct cycles if_set, struct cycles if_clear)
{
	struct cycles x = cycles_clear(if_set, ~mask), y = cycles_clear(if_clear, mask);

	return (struct cycles){x.a | y.a, x.b | y.b};
}

static bool has_arrived(struct cycles rest)
{
	v2u any = rest.a | rest.b;

	return !(any[0] | any[1]);
}

static v4i is_done(struct cycles rest)
{
	v2i a = (v2i)(rest.a <= REST_DONE), b = (v2i)(rest.b <= REST_DONE);

	return __builtin_shufflevector((v4i)a, (v4i)b, 0, 2, 4, 6);
}

static struct heading heading_of(const struct adsr *adsr, const struct cable *params, size_t i)
{
	v4f sustain = cable_at(params[ADSR_SUSTAIN], i), one = lanes_of(1.0f);
	v4f open_ms = lanes_select(
		adsr->is_attack, cable_at(params[ADSR_ATTACK], i), cable_at(params[ADSR_DECAY], i));
	v4f ms = lanes_select(adsr->is_open, open_ms, cable_at(params[ADSR_RELEASE], i));
	struct cycles step = cycles_of_hz(1.0f / (ms * adsr->frames_per_ms), 0.25);

	return (struct heading){
		.target = lane_if(adsr->is_open, lanes_select(adsr->is_attack, one, sustain)),
		.step = cycles_clear(step, is_done(adsr->rest)),
		.bend = lanes_select(adsr->is_attack, lanes_of(2.0f), lanes_of(6.64385619f)),
		.scale = lanes_select(
			adsr->is_attack, lanes_of(1.0f / 3.0f), lanes_of(1.0f / 99.0f)),
	};
}

static inline v4f part_left(struct cycles rest)
{
	return lanes_from_int((v4i)cycles_high(rest)) * REST_TO_PART;
}

/* What takes the place of x, the rest of the segment as a part of it. */
static inline v4f part_of(enum adsr_curve curve, const struct heading *to, v4f x)
{
	return curve == CURVE_BENT ? (lanes_exp2(x * to->bend) - 1.0f) * to->scale : x;
}

/* n frames of a segment, at most PIECE_FRAMES: steps are rounded to 2^-32 of it. */
static inline __attribute__((always_inline)) void piece_run(const struct adsr *adsr,
	enum adsr_curve curve, const struct heading *to, v4u step, v4f *out, int n)
{
	v4u rest = cycles_high(adsr->rest);
	v4f way = adsr->from - to->target, target = to->target;
	v4f way_of_rest = way * REST_TO_PART;

#pragma GCC unroll 4
	for (int i = 0; i < n; i++) {
		v4f x = lanes_from_int((v4i)(rest -= step));

		if (curve == CURVE_STRAIGHT)
			out[i] = target + way_of_rest * x;
		else
			out[i] = target + way * part_of(curve, to, x * REST_TO_PART);
	}
}

/* n frames in which no segment begins or ends. The exact rest is taken again after each piece. */
static inline __attribute__((always_inline)) void segment_run(
	struct adsr *adsr, enum adsr_curve curve, const struct heading *to, v4f *out, int n)
{
	const struct cycles half = {{1u << 31, 1u << 31}, {1u << 31, 1u << 31}};
	struct cycles piece = cycles_times(to->step, PIECE_FRAMES);
	v4u step = cycles_high(cycles_add(to->step, half));
	int i = 0;

	for (; i + PIECE_FRAMES <= n; i += PIECE_FRAMES) {
		piece_run(adsr, curve, to, step, out + i, PIECE_FRAMES);
		adsr->rest.a -= piece.a;
		adsr->rest.b -= piece.b;
	}
	if (i < n) {
		piece = cycles_times(to->step, (uint32_t)(n - i));
		piece_run(adsr, curve, to, step, out + i, n - i);
		adsr->rest.a -= piece.a;
		adsr->rest.b -= piece.b;
	}
	adsr->level = out[n - 1];
}

/* How many of n frames it takes no lane to arrive. */
static int frames_on_the_way(const struct adsr *adsr, const struct heading *to, int n)
{
	for (int k = 0; k < N_LANES; k++) {
		uint64_t rest = k < 2 ? adsr->rest.a[k] : adsr->rest.b[k - 2];
		uint64_t step = k < 2 ? to->step.a[k] : to->step.b[k - 2];

		if (step && (rest - REST_DONE - 1) / step < (uint64_t)n)
			n = (int)((rest - REST_DONE - 1) / step);
	}
	return n;
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
	*out = to->target + (adsr->from - to->target) * part_of(curve, to, part_left(rest));
	adsr->level = *out;
	ends = arrives & adsr->is_attack;
	adsr->from = lanes_select(ends, lanes_of(1.0f), adsr->from);
	adsr->rest = cycles_select(ends, whole, rest);
	adsr->is_attack &= ~ends;
}

/* The gates of this frame begin segments. */
static void take_gate(struct adsr *adsr, v4i is_open)
{
	struct cycles whole = {{WHOLE, WHOLE}, {WHOLE, WHOLE}};
	v4i edge = is_open ^ adsr->is_open;

	adsr->from = lanes_select(edge, adsr->level, adsr->from);
	adsr->rest = cycles_select(edge, whole, adsr->rest);
	adsr->is_attack = (adsr->is_attack | edge) & is_open;
	adsr->is_open = is_open;
}

/* The curve of this frame; a new one begins where the old one is. */
static void take_curve(struct adsr *adsr, const struct heading *to, int32_t curve)
{
	v4f way = adsr->level - to->target;
	v4f part = part_of((enum adsr_curve)curve, to, part_left(adsr->rest));
	v4i can = part > 1e-5f;

	if (adsr->is_started && curve != adsr->curve)
		adsr->from = lanes_select(can,
			to->target + way / lanes_select(can, part, lanes_of(1.0f)), adsr->from);
	adsr->curve = curve;
	adsr->is_started = 1;
}

/* How many of n frames from `at` on have the gates as they are. */
static int frames_without_edges(const struct adsr *adsr, struct cable gate, int at, int n)
{
	v4i edges = {0, 0, 0, 0}, is_open = adsr->is_open;

	if (!gate.step)
		return lanes_any((gate.at[0] > GATE_ON) ^ is_open) ? 0 : n;
#pragma GCC unroll 4
	for (int i = 0; i < n; i++)
		edges |= (gate.at[at + i] > GATE_ON) ^ is_open;
	if (!lanes_any(edges))
		return n;
	n = 0;
	while (!lanes_any((gate.at[at + n] > GATE_ON) ^ is_open))
		n++;
	return n;
}

static bool is_still(const struct cable *params)
{
	return !(params[ADSR_ATTACK].step | params[ADSR_DECAY].step | params[ADSR_SUSTAIN].step |
		 params[ADSR_RELEASE].step | params[ADSR_CURVE].step);
}

/* All lanes sustain or are silent. */
static void hold(struct adsr *adsr, struct cable sustain, v4f *out, int at, int n)
{
	v4i is_open = adsr->is_open;

	for (int i = at; i < at + n; i++)
		out[i] = lane_if(is_open, cable_at(sustain, (size_t)i));
	adsr->level = out[at + n - 1];
}

static void adsr_run(
	struct adsr *adsr, const struct cable *params, struct cable gate, v4f *out, int n)
{
	struct heading to;
	int run;

	for (int at = 0; at < n; at += run) {
		int calm = frames_without_edges(adsr, gate, at, n - at);
		v4f *frames = out + at;

		if (!calm)
			take_gate(adsr, cable_at(gate, (size_t)at) > GATE_ON);
		run = calm ? calm : 1;
		if (calm && has_arrived(adsr->rest)) {
			hold(adsr, params[ADSR_SUSTAIN], out, at, run);
			continue;
		}
		to = heading_of(adsr, params, (size_t)at);
		take_curve(adsr, &to, (int32_t)cable_first(params[ADSR_CURVE], at));
		run = is_still(params) ? frames_on_the_way(adsr, &to, run) : 0;
		if (run && adsr->curve == CURVE_STRAIGHT)
			segment_run(adsr, CURVE_STRAIGHT, &to, frames, run);
		else if (run)
			segment_run(adsr, CURVE_BENT, &to, frames, run);
		else
			arrive(adsr, (enum adsr_curve)adsr->curve, &to, frames);
		run += !run;
	}
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
	adsr_run(adsr, io->params, gate, out, io->n_frames);
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
