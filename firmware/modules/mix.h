/* mix.h - the gains of the module mix, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_MIX_H
#define MODULES_MIX_H

#include "dsp/effect.h"
#include "dsp/module.h"

enum { MIX_LEVEL, MIX_SPREAD, MIX_PAN, MIX_N_PARAMS };
enum { MIX_IN, MIX_N_INS };

/* Of the four voices of a group. */
struct gains {
	v4f left, right;
};

static inline struct gains gains_at(const struct module_io *io, int group, size_t i)
{
	const v4f lane = {0.0f, 1.0f, 2.0f, 3.0f};
	v4f spread = cable_at(io->params[MIX_SPREAD], i);
	v4f level = lanes_gain_of_db(cable_at(io->params[MIX_LEVEL], i));
	v4f place = cable_at(io->params[MIX_PAN], i);

	if (io->n_voices > 1)
		place += spread *
			 ((lane + (float)(group * N_LANES)) * (2.0f / (float)(io->n_voices - 1)) -
				 1.0f);
	place = lanes_clamp(place, lanes_of(-1.0f), lanes_of(1.0f)) * 0.785398163f;
	return (struct gains){
		.left = lanes_sin_quarter(0.785398163f - place) * level,
		.right = lanes_sin_quarter(0.785398163f + place) * level,
	};
}

/* The sums of all lanes, side by side. */
static inline v4f to_sides(v4f left, v4f right)
{
	v4f pairs = lanes_add_pairs(left, right);

	return lane_if((v4i){-1, -1, 0, 0}, lanes_add_pairs(pairs, pairs));
}

/* The groups from the first on that are added in pairs, while no parameter moves. Must equal the
 * reference, add_group(). Returns how many they are; the rest is left to the reference. */
int mix_fast(const struct module_io *io) RT_SAFE;

#endif
