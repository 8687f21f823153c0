/* mix.c - all voices to left and right: where a patch with voices becomes stereo.
 *
 * Voice k of n stands at pan + spread (2 k / (n - 1) - 1), at most 1 to either side; one voice at
 * pan. Constant power: with the angle a = (1 + place) pi / 4, left takes cos a and right sin a.
 * Gains are computed once a block while nothing moves.
 * Source: own; the sine law of panning. */
#include "dsp/effect.h"
#include "modules/mix.h"
#include "modules/modules.h"

/* clang-format off */
static const struct param_desc mix_params[] = {
	[MIX_LEVEL] = {.key = "level_db", .label = "Level", .unit = UNIT_DB, .min = -80.0f,
		.max = 12.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[MIX_SPREAD] = {.key = "spread", .label = "Spread", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[MIX_PAN] = {.key = "pan", .label = "Pan", .unit = UNIT_NORM, .min = -1.0f, .max = 1.0f,
		.def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(mix_params) == MIX_N_PARAMS, "one row per parameter");

static const struct port_desc mix_ins[] = {
	[MIX_IN] = {.key = "in", .label = "Voices", .kind = PORT_VOICES},
};
static const struct port_desc mix_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* The reference: one group after the other. */
static inline __attribute__((always_inline)) void add_group(
	const struct module_io *io, int group, const bool is_moving)
{
	struct cable in = io->ins[MIX_IN];
	const v4f *from = in.at + (size_t)group * in.group_step;
	struct gains g = gains_at(io, group, 0);
	v4f *out = io->outs[0];

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = from[i * in.step], sides;

		if (is_moving)
			g = gains_at(io, group, i);
		sides = to_sides(x * g.left, x * g.right);
		out[i] = group == 0 ? sides : out[i] + sides;
	}
}

static void mix_render(void *state, const struct module_io *io)
{
	bool is_moving = params_move(io, MIX_LEVEL, MIX_PAN);
	int group = 0;

	(void)state;
	if (!io->ins[MIX_IN].at) {
		memset(io->outs[0], 0, (size_t)io->n_frames * sizeof(v4f));
		return;
	}
	if (!is_moving)
		group = mix_fast(io);
	for (; group < io->n_groups; group++) {
		if (is_moving)
			add_group(io, group, true);
		else
			add_group(io, group, false);
	}
}

const struct module_desc mix_module = {
	.key = "mix",
	.purpose = "all voices to left and right: level in dB, spread, pan",
	.params = mix_params,
	.n_params = MIX_N_PARAMS,
	.ins = mix_ins,
	.n_ins = MIX_N_INS,
	.outs = mix_outs,
	.n_outs = ARRAY_LEN(mix_outs),
	.flow = FLOW_STEREO,
	.state_bytes = 0,
	.render = mix_render,
};
