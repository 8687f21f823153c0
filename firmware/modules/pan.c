/* pan.c - places a signal between left and right at constant power.
 *
 * With the angle a = (1 + pan) pi / 4, left is multiplied by cos a and right by sin a: -3 dB both
 * in the middle. Of a stereo signal the far side is turned down and nothing crosses over.
 * Source: own; the sine law of panning. */
#include "dsp/effect.h"
#include "modules/modules.h"

enum { PAN_PAN, PAN_N_PARAMS };
enum { PAN_IN, PAN_N_INS };

/* clang-format off */
static const struct param_desc pan_params[] = {
	[PAN_PAN] = {.key = "pan", .label = "Pan", .unit = UNIT_NORM, .min = -1.0f, .max = 1.0f,
		.def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(pan_params) == PAN_N_PARAMS, "one row per parameter");

static const struct port_desc pan_ins[] = {
	[PAN_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc pan_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static inline v4f gains_of(v4f pan)
{
	const v4f side = {-1.0f, 1.0f, 0.0f, 0.0f};
	const v4f is_side = {1.0f, 1.0f, 0.0f, 0.0f};

	return lanes_sin_quarter((is_side + pan * side) * 0.785398163f);
}

static void pan_render(void *state, const struct module_io *io)
{
	struct cable in = cable_or_zero(io->ins[PAN_IN]), pan = io->params[PAN_PAN];
	v4f gains = gains_of(pan.at[0]);

	(void)state;
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		if (pan.step)
			gains = gains_of(pan.at[i]);
		io->outs[0][i] = cable_at(in, i) * gains;
	}
}

const struct module_desc pan_module = {
	.key = "pan",
	.purpose = "places a signal between left and right",
	.params = pan_params,
	.n_params = PAN_N_PARAMS,
	.ins = pan_ins,
	.n_ins = PAN_N_INS,
	.outs = pan_outs,
	.n_outs = ARRAY_LEN(pan_outs),
	.flow = FLOW_STEREO,
	.state_bytes = 0,
	.render = pan_render,
};
