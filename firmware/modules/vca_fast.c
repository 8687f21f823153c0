/* vca_fast.c - the product with fewer instructions a frame. It must equal the reference in vca.c;
 * prop/test_fast compares them.
 * Source: see vca.c. */
#include "dsp/cable.h"
#include "modules/vca.h"

bool vca_fast(const struct module_io *io)
{
	struct cable in = io->ins[VCA_IN], by = cable_or_zero(io->ins[VCA_BY]);
	struct cable level = io->params[VCA_LEVEL];
	v4f constant, *out = io->outs[0];
	size_t n = (size_t)io->n_frames;

	if (level.step || !cable_step(in))
		return false;
	constant = level.at[0] * by.at[0];
	if (by.step) {
#pragma GCC unroll 4
		for (size_t i = 0; i < n; i++)
			out[i] = in.at[i] * (level.at[0] * by.at[i]);
	} else {
#pragma GCC unroll 4
		for (size_t i = 0; i < n; i++)
			out[i] = in.at[i] * constant;
	}
	return true;
}
