/* vca.c - one signal times another: an amplifier that an envelope turns, or a ring modulator.
 * Source: own: a product. */
#include "modules/modules.h"
#include "modules/vca.h"
#include "dsp/voice.h"

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

/* The reference: any of the three may move. */
static void vca_render(void *state, const struct module_io *io)
{
	struct cable in = cable_or_zero(io->ins[VCA_IN]), by = cable_or_zero(io->ins[VCA_BY]);
	struct cable level = io->params[VCA_LEVEL];

	(void)state;
	if (vca_fast(io))
		return;
	for (size_t i = 0; i < (size_t)io->n_frames; i++)
		io->outs[0][i] = cable_at(in, i) * (cable_at(level, i) * cable_at(by, i));
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
