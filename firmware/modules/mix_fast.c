/* mix_fast.c - two groups of voices in one pass. It must equal the reference in mix.c, to rounding;
 * prop/test_fast compares them.
 * Source: see mix.c. */
#include "modules/mix.h"

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

int mix_fast(const struct module_io *io)
{
	int group = 0;

	for (; group + 1 < io->n_groups; group += 2) {
		if (group == 0)
			add_two_groups(io, group, true);
		else
			add_two_groups(io, group, false);
	}
	return group;
}
