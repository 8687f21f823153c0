/* adsr.c - envelope in straight lines, a gate a lane, accurate to the sample.
 *
 * A segment goes from the level where it began (`from`) to its target: 1 (attack), the sustain
 * level (decay), 0 (release). It takes its whole time from whatever level it began at, so a release
 * from half way up lasts release_ms, and so does an attack that catches a release half way down.
 * `part` is how much of the segment is done; its steps are summed with Kahan's compensation, so
 * 20 s at 192 kHz (4 million steps) still take 20 s. Times may move at any moment: the rest of the
 * segment then goes at the new speed. Decay at part 1 is the sustain stage, release at part 1 is
 * rest.
 * A gate nothing is plugged into is closed. A gate has to close for a frame to open again. */
#include <stdbool.h>

#include "dsp/modules.h"

enum { ADSR_ATTACK, ADSR_DECAY, ADSR_SUSTAIN, ADSR_RELEASE, ADSR_N_PARAMS };
enum { ADSR_IN, ADSR_GATE, ADSR_N_INS };

static const struct param_desc adsr_params[] = {
	[ADSR_ATTACK] = {"attack_ms", "Attack", UNIT_MS, 0.5f, 20000.0f, 10.0f, CURVE_EXP, 5.0f,
		NULL},
	[ADSR_DECAY] = {"decay_ms", "Decay", UNIT_MS, 1.0f, 20000.0f, 100.0f, CURVE_EXP, 5.0f,
		NULL},
	[ADSR_SUSTAIN] = {"sustain", "Sustain", UNIT_NORM, 0.0f, 1.0f, 0.7f, CURVE_LINEAR, 5.0f,
		NULL},
	[ADSR_RELEASE] = {"release_ms", "Release", UNIT_MS, 1.0f, 20000.0f, 200.0f, CURVE_EXP, 5.0f,
		NULL},
};
_Static_assert(ARRAY_LEN(adsr_params) == ADSR_N_PARAMS, "one row per parameter");

static const struct port_desc adsr_ins[] = {
	[ADSR_IN] = {"in", "In", PORT_AUDIO},
	[ADSR_GATE] = {"gate", "Gate", PORT_GATE},
};
static const struct port_desc adsr_outs[] = {{"out", "Out", PORT_AUDIO}};

#define PART_DONE (1.0f - 1e-6f) /* what may be missing after millions of steps */

struct adsr {
	v4f from;  /* level where the segment began */
	v4f part;  /* of the segment that is done, 0..1 */
	v4f error; /* what rounding added to part so far */
	v4f level;
	v4i is_open;   /* the gate of the latest frame */
	v4i is_attack; /* else decay, sustain (open) or release, rest (closed) */
	float frames_per_ms;
	float pad[3];
};

static void adsr_reset(void *state)
{
	struct adsr *adsr = state;

	*adsr = (struct adsr){.part = lanes_of(1.0f), .frames_per_ms = adsr->frames_per_ms};
}

static void adsr_init(void *state, float rate_hz)
{
	struct adsr *adsr = state;

	adsr->frames_per_ms = rate_hz / 1000.0f;
	adsr_reset(state);
}

static v4f lane_if(v4i mask, v4f x)
{
	return (v4f)(mask & (v4i)x);
}

/* Nothing will happen in these frames: all lanes sustain or rest, and no gate changes. */
static bool is_quiet(const struct adsr *adsr, struct cable gate, size_t n)
{
	if (lanes_any(adsr->is_attack | (adsr->part <= PART_DONE)))
		return false;
	for (size_t i = 0; i < (gate.step ? n : 1); i++) {
		if (lanes_any((gate.at[i] > GATE_ON) ^ adsr->is_open))
			return false;
	}
	return true;
}

/* The gates of this frame begin segments. */
static inline void take_gate(struct adsr *adsr, v4i is_open)
{
	v4i edge = is_open ^ adsr->is_open;

	adsr->from = lanes_select(edge, adsr->level, adsr->from);
	adsr->part = lane_if(~edge, adsr->part);
	adsr->error = lane_if(~edge, adsr->error);
	adsr->is_attack = (adsr->is_attack | edge) & is_open;
	adsr->is_open = is_open;
}

/* A finished attack becomes a decay from 1. */
static inline void end_attack(struct adsr *adsr, v4i is_done)
{
	adsr->from = lanes_select(is_done, lanes_of(1.0f), adsr->from);
	adsr->part = lane_if(~is_done, adsr->part);
	adsr->error = lane_if(~is_done, adsr->error);
	adsr->is_attack &= ~is_done;
}

static inline v4f at_frame(struct cable cable, size_t i)
{
	return cable.at[i * cable.step];
}

/* Where each lane is going, and how much of the way it goes in a frame. */
struct heading {
	v4f target, step;
};

static inline struct heading heading_of(
	const struct adsr *adsr, const struct cable *params, size_t i)
{
	v4f sustain = at_frame(params[ADSR_SUSTAIN], i);
	v4f open_ms = lanes_select(
		adsr->is_attack, at_frame(params[ADSR_ATTACK], i), at_frame(params[ADSR_DECAY], i));
	v4f ms = lanes_select(adsr->is_open, open_ms, at_frame(params[ADSR_RELEASE], i));

	return (struct heading){
		.target = lane_if(
			adsr->is_open, lanes_select(adsr->is_attack, lanes_of(1.0f), sustain)),
		.step = 1.0f / (ms * adsr->frames_per_ms),
	};
}

static void adsr_run(
	struct adsr *adsr, const struct cable *params, struct cable gate, v4f *out, size_t n)
{
	bool is_moving = params[ADSR_ATTACK].step || params[ADSR_DECAY].step ||
			 params[ADSR_SUSTAIN].step || params[ADSR_RELEASE].step;
	struct adsr now = *adsr; /* in registers */
	struct heading to = heading_of(&now, params, 0);

	for (size_t i = 0; i < n; i++) {
		v4i is_open = at_frame(gate, i) > GATE_ON, is_done;
		bool has_edge = lanes_any(is_open ^ now.is_open);
		v4f exact, sum;

		if (has_edge)
			take_gate(&now, is_open);
		if (has_edge || is_moving)
			to = heading_of(&now, params, i);
		exact = to.step - now.error;
		sum = now.part + exact;
		now.error = (sum - now.part) - exact;
		now.part = lanes_min(sum, lanes_of(1.0f));
		now.level = now.from + (to.target - now.from) * now.part;
		out[i] = now.level;
		is_done = now.is_attack & (now.part > PART_DONE);
		if (lanes_any(is_done)) {
			end_attack(&now, is_done);
			to = heading_of(&now, params, i);
		}
	}
	*adsr = now;
}

static void adsr_render(void *state, const struct module_io *io)
{
	static const v4f closed;
	struct adsr *adsr = state;
	struct cable gate = io->ins[ADSR_GATE].at ? io->ins[ADSR_GATE] : cable_of(&closed, 0);
	struct cable in = io->ins[ADSR_IN];
	v4f *out = io->outs[0];
	size_t n = (size_t)io->n_frames;

	if (is_quiet(adsr, gate, n)) {
		struct cable sustain = io->params[ADSR_SUSTAIN];
		v4i is_open = adsr->is_open;

		for (size_t i = 0; i < n; i++)
			out[i] = lane_if(is_open, at_frame(sustain, i));
		adsr->level = out[n - 1];
	} else {
		adsr_run(adsr, io->params, gate, out, n);
	}
	for (size_t i = 0; in.at && i < n; i++)
		out[i] *= at_frame(in, i);
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
