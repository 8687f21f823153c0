/* mixer.c - four inputs, each with its level, to one output. Free inputs cost nothing.
 * Source: own: a sum. */
#include <stdbool.h>

#include "modules/modules.h"

enum { MIXER_LEVEL1, MIXER_LEVEL2, MIXER_LEVEL3, MIXER_LEVEL4, MIXER_LEVEL, MIXER_N_PARAMS };
enum { MIXER_IN1, MIXER_IN2, MIXER_IN3, MIXER_IN4, MIXER_N_INS };

/* clang-format off */
static const struct param_desc mixer_params[] = {
	[MIXER_LEVEL1] = {.key = "level1", .label = "Level 1", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[MIXER_LEVEL2] = {.key = "level2", .label = "Level 2", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[MIXER_LEVEL3] = {.key = "level3", .label = "Level 3", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[MIXER_LEVEL4] = {.key = "level4", .label = "Level 4", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[MIXER_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(mixer_params) == MIXER_N_PARAMS, "one row per parameter");

static const struct port_desc mixer_ins[] = {
	[MIXER_IN1] = {.key = "in1", .label = "In 1", .kind = PORT_AUDIO},
	[MIXER_IN2] = {.key = "in2", .label = "In 2", .kind = PORT_AUDIO},
	[MIXER_IN3] = {.key = "in3", .label = "In 3", .kind = PORT_AUDIO},
	[MIXER_IN4] = {.key = "in4", .label = "In 4", .kind = PORT_AUDIO},
};
static const struct port_desc mixer_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

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

static void mixer_render(void *state, const struct module_io *io)
{
	struct cable level = io->params[MIXER_LEVEL];
	v4f *out = io->outs[0];
	size_t n = (size_t)io->n_frames;
	bool is_first = true;

	(void)state;
	for (int k = 0; k < MIXER_N_INS; k++) {
		struct cable in = io->ins[k], gain = io->params[MIXER_LEVEL1 + k];

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

const struct module_desc mixer_module = {
	.key = "mixer",
	.purpose = "adds up to four signals, each with its level",
	.params = mixer_params,
	.n_params = MIXER_N_PARAMS,
	.ins = mixer_ins,
	.n_ins = MIXER_N_INS,
	.outs = mixer_outs,
	.n_outs = ARRAY_LEN(mixer_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = 0,
	.render = mixer_render,
};
