/* sum_fast.c - four or eight inputs in one pass over the frames. It must equal the reference in sum.c;
 * prop/test_fast compares them.
 * Source: see sum.c. */
#include "modules/sum.h"

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

bool sum_fast(const struct module_io *io)
{
	size_t n = (size_t)io->n_frames;
	struct sum_ins ins;
	const v4f *const *in = ins.moving, *const * end;
	bool is_first;

	if (all_move(io->ins)) {
		*io->fast_path = sum_eight;
		sum_eight(NULL, io);
		return true;
	}
	ins = sum_sort(io->ins);
	if (ins.n_moving == 0)
		return false;
	end = in + ins.n_moving;
	is_first = !ins.has_constant;
	for (size_t i = 0; !is_first && i < n; i++)
		io->outs[0][i] = ins.constant;
	for (; end - in >= 4; in += 4, is_first = false)
		add_as(in, 4, is_first, io->outs[0], n);
	for (; end > in; in++, is_first = false)
		add_as(in, 1, is_first, io->outs[0], n);
	return true;
}
