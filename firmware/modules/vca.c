/* vca.c - one signal times another: an amplifier that an envelope turns, or a ring modulator.
 * Source: own: a product. */
#include "modules/modules.h"
#include "dsp/voice.h"

enum { VCA_LEVEL, VCA_N_PARAMS };
enum { VCA_IN, VCA_BY, VCA_N_INS };

/* clang-format off */
static const struct param_desc vca_params[] = {
	[VCA_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(vca_params) == VCA_N_PARAMS, "one row per parameter");

static const struct port_desc vca_ins[] = {
	[VCA_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
	[VCA_BY] = {.key = "by", .label = "By", .kind = PORT_CONTROL},
};
static const struct port_desc vca_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static void vca_render(void *state, const struct module_io *io)
{
	struct cable in = cable_or_zero(io->ins[VCA_IN]), by = cable_or_zero(io->ins[VCA_BY]);
	struct cable level = io->params[VCA_LEVEL];
	size_t n = (size_t)io->n_frames;
	v4f still = level.at[0] * by.at[0], *out = io->outs[0];

	(void)state;
	if (level.step || !in.step) {
		for (size_t i = 0; i < n; i++)
			out[i] = cable_at(in, i) * (cable_at(level, i) * cable_at(by, i));
	} else if (by.step) {
#pragma GCC unroll 4
		for (size_t i = 0; i < n; i++)
			out[i] = in.at[i] * (level.at[0] * by.at[i]);
	} else {
#pragma GCC unroll 4
		for (size_t i = 0; i < n; i++)
			out[i] = in.at[i] * still;
	}
}

const struct module_desc vca_module = {
	.key = "vca",
	.purpose = "one signal times another: amplifier, ring modulator",
	.params = vca_params,
	.n_params = VCA_N_PARAMS,
	.ins = vca_ins,
	.n_ins = VCA_N_INS,
	.outs = vca_outs,
	.n_outs = ARRAY_LEN(vca_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = 0,
	.render = vca_render,
};
