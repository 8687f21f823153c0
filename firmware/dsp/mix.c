/* mix.c - four inputs, each with its level, to one output. Free inputs cost nothing.
 * Source: own: a sum. */
#include <stdbool.h>

#include "dsp/modules.h"

enum { MIX_LEVEL1, MIX_LEVEL2, MIX_LEVEL3, MIX_LEVEL4, MIX_LEVEL, MIX_N_PARAMS };
enum { MIX_IN1, MIX_IN2, MIX_IN3, MIX_IN4, MIX_N_INS };

static const struct param_desc mix_params[] = {
	[MIX_LEVEL1] = {"level1", "Level 1", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
	[MIX_LEVEL2] = {"level2", "Level 2", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
	[MIX_LEVEL3] = {"level3", "Level 3", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
	[MIX_LEVEL4] = {"level4", "Level 4", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
	[MIX_LEVEL] = {"level", "Level", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
};
_Static_assert(ARRAY_LEN(mix_params) == MIX_N_PARAMS, "one row per parameter");

static const struct port_desc mix_ins[] = {
	[MIX_IN1] = {"in1", "In 1", PORT_AUDIO},
	[MIX_IN2] = {"in2", "In 2", PORT_AUDIO},
	[MIX_IN3] = {"in3", "In 3", PORT_AUDIO},
	[MIX_IN4] = {"in4", "In 4", PORT_AUDIO},
};
static const struct port_desc mix_outs[] = {{"out", "Out", PORT_AUDIO}};

static void mix_reset(void *state)
{
	(void)state;
}

static void mix_init(void *state, float rate_hz)
{
	(void)rate_hz;
	mix_reset(state);
}

/* to (+)= in * gain, frame by frame */
static inline __attribute__((always_inline)) void add(
	struct cable in, struct cable gain, const bool is_first, v4f *out, size_t n)
{
#pragma GCC unroll 4
	for (size_t i = 0; i < n; i++) {
		v4f x = in.at[i * in.step] * gain.at[i * gain.step];

		out[i] = is_first ? x : out[i] + x;
	}
}

static inline __attribute__((always_inline)) void add_as(
	struct cable in, struct cable gain, const bool is_first, v4f *out, size_t n)
{
	if (in.step == 1 && gain.step == 1)
		add(cable_of(in.at, 1), cable_of(gain.at, 1), is_first, out, n);
	else if (in.step == 1)
		add(cable_of(in.at, 1), cable_of(gain.at, 0), is_first, out, n);
	else
		add(in, gain, is_first, out, n);
}

static void mix_render(void *state, const struct module_io *io)
{
	struct cable level = io->params[MIX_LEVEL];
	v4f *out = io->outs[0];
	size_t n = (size_t)io->n_frames;
	bool is_first = true;

	(void)state;
	for (int k = 0; k < MIX_N_INS; k++) {
		struct cable in = io->ins[k], gain = io->params[MIX_LEVEL1 + k];

		if (!in.at)
			continue;
		if (is_first)
			add_as(in, gain, true, out, n);
		else
			add_as(in, gain, false, out, n);
		is_first = false;
	}
	if (is_first)
		memset(out, 0, n * sizeof(*out));
	else if (level.step || lanes_any(level.at[0] != 1.0f))
		for (size_t i = 0; i < n; i++)
			out[i] *= level.at[i * level.step];
}

const struct module_desc mix_module = {
	.key = "mix",
	.purpose = "adds up to four signals",
	.params = mix_params,
	.n_params = MIX_N_PARAMS,
	.ins = mix_ins,
	.n_ins = MIX_N_INS,
	.outs = mix_outs,
	.n_outs = ARRAY_LEN(mix_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = 0,
	.init = mix_init,
	.reset = mix_reset,
	.render = mix_render,
};
