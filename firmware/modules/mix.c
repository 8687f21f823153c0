/* mix.c - all voices to left and right: where a patch with voices becomes stereo.
 *
 * Voice k of n stands at pan + spread (2 k / (n - 1) - 1), at most 1 to either side; one voice at
 * pan. Constant power: with the angle a = (1 + place) pi / 4, left takes cos a and right sin a.
 * Gains are computed once a block while nothing moves.
 * Source: own; the sine law of panning. */
#include "dsp/effect.h"
#include "modules/modules.h"

enum { MIX_LEVEL, MIX_SPREAD, MIX_PAN, MIX_N_PARAMS };
enum { MIX_IN, MIX_N_INS };

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

/* Of the four voices of a group. */
struct gains {
	v4f left, right;
};

static inline struct gains gains_at(const struct module_io *io, int group, size_t i)
{
	const v4f lane = {0.0f, 1.0f, 2.0f, 3.0f};
	v4f spread = cable_at(io->params[MIX_SPREAD], i);
	v4f level = lanes_gain_of_db(cable_at(io->params[MIX_LEVEL], i));
	v4f place = cable_at(io->params[MIX_PAN], i);

	if (io->n_voices > 1)
		place += spread *
			 ((lane + (float)(group * N_LANES)) * (2.0f / (float)(io->n_voices - 1)) -
				 1.0f);
	place = lanes_clamp(place, lanes_of(-1.0f), lanes_of(1.0f)) * 0.785398163f;
	return (struct gains){
		.left = lanes_sin_quarter(0.785398163f - place) * level,
		.right = lanes_sin_quarter(0.785398163f + place) * level,
	};
}

/* The sums of all lanes, side by side. */
static inline v4f to_sides(v4f left, v4f right)
{
	v4f pairs = lanes_add_pairs(left, right);

	return lane_if((v4i){-1, -1, 0, 0}, lanes_add_pairs(pairs, pairs));
}

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

/* Two groups in one pass: what most patches have. */
static inline __attribute__((always_inline)) void add_two_groups(
	const struct module_io *io, int group, const bool is_first)
{
	struct cable in = io->ins[MIX_IN];
	const v4f *a = in.at + (size_t)group * in.group_step, *b = a + in.group_step;
	struct gains ga = gains_at(io, group, 0), gb = gains_at(io, group + 1, 0);
	v4f *out = io->outs[0];

#pragma GCC unroll 2
	for (size_t i = 0; i < (size_t)io->n_frames; i++, a += in.step, b += in.step) {
		v4f sides = to_sides(*a * ga.left + *b * gb.left, *a * ga.right + *b * gb.right);

		out[i] = is_first ? sides : out[i] + sides;
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
	for (; !is_moving && group + 1 < io->n_groups; group += 2) {
		if (group == 0)
			add_two_groups(io, group, true);
		else
			add_two_groups(io, group, false);
	}
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
