/* sum.c - adds up to eight signals, as they are. Free inputs cost nothing.
 * Source: own: a sum. */
#include <stdbool.h>

#include "modules/modules.h"

enum { SUM_N_INS = 8 };

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

/* One pass over the frames for n_ins inputs: what was summed before is read and written once. */
static inline __attribute__((always_inline)) void add_moving(
	const v4f *const *in, const int n_ins, const bool is_first, v4f *out, size_t n)
{
#pragma GCC unroll 4
	for (size_t i = 0; i < n; i++) {
		v4f x = is_first ? in[0][i] : out[i] + in[0][i];

#pragma GCC unroll 8
		for (int k = 1; k < n_ins; k++)
			x += in[k][i];
		out[i] = x;
	}
}

static inline __attribute__((always_inline)) void add_as(
	const v4f *const *in, const int n_ins, bool is_first, v4f *out, size_t n)
{
	if (is_first)
		add_moving(in, n_ins, true, out, n);
	else
		add_moving(in, n_ins, false, out, n);
}

static bool all_move(const struct cable *in)
{
	return in[0].step & in[1].step & in[2].step & in[3].step & in[4].step & in[5].step &
	       in[6].step & in[7].step;
}

/* All eight move: what sums many is made of. */
static void sum_eight(void *state, const struct module_io *io)
{
	const struct cable *in = io->ins;
	const v4f *const at[SUM_N_INS] = {
		in[0].at, in[1].at, in[2].at, in[3].at, in[4].at, in[5].at, in[6].at, in[7].at};

	(void)state;
	add_moving(at, SUM_N_INS, true, io->outs[0], (size_t)io->n_frames);
}

static void sum_render(void *state, const struct module_io *io)
{
	const v4f *moving[SUM_N_INS], *const *in = moving, *const * end;
	size_t n = (size_t)io->n_frames;
	v4f still = {0.0f, 0.0f, 0.0f, 0.0f}, *out = io->outs[0];
	int n_moving = 0;
	bool is_first;

	if (all_move(io->ins)) {
		*io->fast_path = sum_eight;
		sum_eight(state, io);
		return;
	}
	for (int k = 0; k < SUM_N_INS; k++) {
		if (io->ins[k].step)
			moving[n_moving++] = io->ins[k].at;
		else if (io->ins[k].at)
			still += io->ins[k].at[0];
	}
	end = moving + n_moving;
	is_first = n_moving && !lanes_any(still != 0.0f);
	for (size_t i = 0; !is_first && i < n; i++)
		out[i] = still;
	for (; end - in >= 4; in += 4, is_first = false)
		add_as(in, 4, is_first, out, n);
	for (; end > in; in++, is_first = false)
		add_as(in, 1, is_first, out, n);
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
