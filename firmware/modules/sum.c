/* sum.c - adds up to eight signals, as they are. Free inputs cost nothing.
 * Source: own: a sum. */
#include "modules/modules.h"
#include "modules/sum.h"

static const struct port_desc sum_ins[SUM_N_INS] = {
	{.key = "in1", .label = "In 1", .kind = PORT_AUDIO},
	{.key = "in2", .label = "In 2", .kind = PORT_AUDIO},
	{.key = "in3", .label = "In 3", .kind = PORT_AUDIO},
	{.key = "in4", .label = "In 4", .kind = PORT_AUDIO},
	{.key = "in5", .label = "In 5", .kind = PORT_AUDIO},
	{.key = "in6", .label = "In 6", .kind = PORT_AUDIO},
	{.key = "in7", .label = "In 7", .kind = PORT_AUDIO},
	{.key = "in8", .label = "In 8", .kind = PORT_AUDIO},
};
static const struct port_desc sum_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* The reference: constant inputs, then those that move, in their order. */
static void sum_render(void *state, const struct module_io *io)
{
	struct sum_ins ins;

	(void)state;
	if (sum_fast(io))
		return;
	ins = sum_sort(io->ins);
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = ins.constant;

		for (int k = 0; k < ins.n_moving; k++)
			x = k == 0 && !ins.has_constant ? ins.moving[k][i] : x + ins.moving[k][i];
		io->outs[0][i] = x;
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
	.render = sum_render,
};
