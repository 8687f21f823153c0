/* cable.h - reading cables (struct cable in module.h), for every module.
 * Threads: [any], pure. */
#ifndef DSP_CABLE_H
#define DSP_CABLE_H

#include <stdbool.h>

#include "dsp/module.h"

static const v4f cable_silence;

/* The cable itself; 0 where nothing is plugged in. */
static inline struct cable cable_or_zero(struct cable cable)
{
	return cable.at ? cable : cable_of(&cable_silence, 0);
}

static inline v4f cable_at(struct cable cable, size_t frame)
{
	return cable.at[frame * cable.step];
}

/* Lane 0 of a frame, for a setting that all lanes share. */
static inline float cable_first(struct cable cable, int frame)
{
	return cable.at[(size_t)frame * cable.step][0];
}

/* The same cable from a later frame on. */
static inline struct cable cable_skip(struct cable cable, size_t n_frames)
{
	return (struct cable){cable.at + n_frames * cable.step, cable.step, cable.group_step};
}

/* 0: constant in this block, or nothing is plugged in. */
static inline size_t cable_step(struct cable cable)
{
	return cable.at ? cable.step : 0;
}

/* n frames from `at` on are equal. */
static inline bool cable_is_constant(struct cable cable, size_t at, size_t n)
{
	v4i differs = {0, 0, 0, 0};

	for (size_t i = at + 1; cable.step && i < at + n; i++)
		differs |= cable.at[i] != cable.at[at];
	return !lanes_any(differs);
}

/* Any of the parameters first..last moves within this block. */
static inline bool params_move(const struct module_io *io, int first, int last)
{
	size_t steps = 0;

	for (int p = first; p <= last; p++)
		steps |= io->params[p].step;
	return steps != 0;
}

/* How many frames from `at` on, at most n, have the choice they begin with (of lane 0). */
static inline int choice_frames(struct cable choice, int at, int n)
{
	int run = 1;

	if (!choice.step)
		return n;
	while (run < n && choice.at[at + run][0] == choice.at[at][0])
		run++;
	return run;
}

#endif
