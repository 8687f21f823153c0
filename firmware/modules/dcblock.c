/* dcblock.c - takes away what stands still: a one-pole highpass.
 *
 * out = (1 - p) (in - in before) + (1 - 2 p) out before, p = g / (1 + g),
 * g = tan(pi cutoff / rate): the trapezoidal rule, so the corner (-3 dB) is at the cutoff at any
 * rate; in this form rounding leaves nothing of a standing value.
 * Source: Zavalishin, The Art of VA Filter Design, ch. 3. */
#include "dsp/effect.h"
#include "modules/modules.h"

enum { DCBLOCK_CUTOFF, DCBLOCK_N_PARAMS };
enum { DCBLOCK_IN, DCBLOCK_N_INS };

/* clang-format off */
static const struct param_desc dcblock_params[] = {
	[DCBLOCK_CUTOFF] = {.key = "cutoff_hz", .label = "Cutoff", .unit = UNIT_HZ, .min = 1.0f,
		.max = 200.0f, .def = 10.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(dcblock_params) == DCBLOCK_N_PARAMS, "one row per parameter");

static const struct port_desc dcblock_ins[] = {
	[DCBLOCK_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc dcblock_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct dcblock {
	v4f in, out; /* of the frame before */
};

static void dcblock_render(void *state, const struct module_io *io)
{
	struct dcblock *dcblock = state;
	struct cable in = cable_or_zero(io->ins[DCBLOCK_IN]), cutoff = io->params[DCBLOCK_CUTOFF];
	v4f part = one_pole_highpass_of_hz(cutoff.at[0], io->rate_hz);
	struct dcblock now = *dcblock;

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i);

		if (cutoff.step)
			part = one_pole_highpass_of_hz(cutoff.at[i], io->rate_hz);
		now.out = (1.0f - part) * (x - now.in) + (1.0f - 2.0f * part) * now.out;
		now.in = x;
		io->outs[0][i] = now.out;
	}
	*dcblock = now;
}

const struct module_desc dcblock_module = {
	.key = "dcblock",
	.purpose = "takes away what stands still",
	.params = dcblock_params,
	.n_params = DCBLOCK_N_PARAMS,
	.ins = dcblock_ins,
	.n_ins = DCBLOCK_N_INS,
	.outs = dcblock_outs,
	.n_outs = ARRAY_LEN(dcblock_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct dcblock),
	.render = dcblock_render,
};
