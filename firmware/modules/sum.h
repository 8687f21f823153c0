/* sum.h - the inputs of the module sum, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_SUM_H
#define MODULES_SUM_H

#include <stdbool.h>

#include "dsp/module.h"

enum { SUM_N_INS = 8 };

struct sum_ins {
	const v4f *moving[SUM_N_INS];
	int n_moving;
	bool has_constant; /* and it is not 0: else the first that moves is taken as it is */
	v4f constant;      /* the sum of those that do not move */
};

static inline struct sum_ins sum_sort(const struct cable *in)
{
	struct sum_ins ins = {.n_moving = 0};

	for (int k = 0; k < SUM_N_INS; k++) {
		if (in[k].step)
			ins.moving[ins.n_moving++] = in[k].at;
		else if (in[k].at)
			ins.constant += in[k].at[0];
	}
	ins.has_constant = lanes_any(ins.constant != 0.0f);
	return ins;
}

/* A block in which some input moves. Must equal the reference, sum_render(). false: none moves, and
 * nothing is done. */
bool sum_fast(const struct module_io *io) RT_SAFE;

#endif
