/* mixdown.h - lanes of a source to lanes of a port, four frames at a time.
 * Threads: [worker]. */
#ifndef PATCH_MIXDOWN_H
#define PATCH_MIXDOWN_H

#include "patch/program.h"

enum { AT_ONCE = 4 }; /* frames; every block is a multiple of it */

/* The sum of each of 4 frames' voices, frame k's in lane k. */
static inline __attribute__((always_inline)) v4f sum_voices(const struct program *program,
	size_t group_step, const v4f *at, int n_groups, const bool must_mask)
{
	v4f x[AT_ONCE] = {at[0], at[1], at[2], at[3]};

	for (int k = 0; must_mask && n_groups == 1 && k < AT_ONCE; k++)
		x[k] = (v4f)((v4i)x[k] & program->voice_masks[0]);
	for (int g = 1; g < n_groups; g++) {
		at += group_step;
		for (int k = 0; k < AT_ONCE; k++)
			x[k] += must_mask ? (v4f)((v4i)at[k] & program->voice_masks[g]) : at[k];
	}
	return lanes_add_pairs(lanes_add_pairs(x[0], x[1]), lanes_add_pairs(x[2], x[3]));
}

/* 4 frames of a source at `at`. */
static inline void mixdown_frames(const struct program *program, const struct source *source,
	enum mixdown mixdown, const v4f *at, v4f x[AT_ONCE])
{
	bool must_mask = program->n_voices % N_LANES != 0;
	v4f sums;

	switch (mixdown) {
	case MIXDOWN_LANES:
		for (int k = 0; k < AT_ONCE; k++)
			x[k] = at[k];
		break;
	case MIXDOWN_FIRST_VOICE:
		for (int k = 0; k < AT_ONCE; k++)
			x[k] = (v4f)__builtin_shufflevector((v4i)at[k], (v4i)at[k], 0, 0, 0, 0);
		break;
	case MIXDOWN_MIDDLE:
		for (int k = 0; k < AT_ONCE; k++)
			x[k] = lanes_of(0.5f * (at[k][0] + at[k][1]));
		break;
	case MIXDOWN_SUM_OF_VOICES:
		sums = sum_voices(program, source->group_step, at, program->n_groups, must_mask);
		for (int k = 0; k < AT_ONCE; k++)
			x[k] = lanes_of(sums[k]);
		break;
	}
}

#endif
