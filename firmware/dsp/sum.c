/* sum.c - adds up to eight signals, as they are. Free inputs cost nothing.
 * Source: own: a sum. */
#include "dsp/modules.h"

enum { SUM_N_INS = 8 };

static const struct port_desc sum_ins[SUM_N_INS] = {
	{"in1", "In 1", PORT_AUDIO},
	{"in2", "In 2", PORT_AUDIO},
	{"in3", "In 3", PORT_AUDIO},
	{"in4", "In 4", PORT_AUDIO},
	{"in5", "In 5", PORT_AUDIO},
	{"in6", "In 6", PORT_AUDIO},
	{"in7", "In 7", PORT_AUDIO},
	{"in8", "In 8", PORT_AUDIO},
};
static const struct port_desc sum_outs[] = {{"out", "Out", PORT_AUDIO}};

static void sum_reset(void *state)
{
	(void)state;
}

static void sum_init(void *state, float rate_hz)
{
	(void)rate_hz;
	sum_reset(state);
}

static void sum_render(void *state, const struct module_io *io)
{
	size_t n = (size_t)io->n_frames;
	v4f *out = io->outs[0];

	(void)state;
	memset(out, 0, n * sizeof(*out));
	for (int k = 0; k < SUM_N_INS; k++) {
		struct cable in = io->ins[k];

		for (size_t i = 0; in.at && i < n; i++)
			out[i] += in.at[i * in.step];
	}
}

const struct module_desc sum_module = {
	.key = "sum",
	.purpose = "adds up to eight signals",
	.ins = sum_ins,
	.n_ins = SUM_N_INS,
	.outs = sum_outs,
	.n_outs = ARRAY_LEN(sum_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = 0,
	.init = sum_init,
	.reset = sum_reset,
	.render = sum_render,
};
