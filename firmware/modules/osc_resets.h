/* osc_resets.h - where the phase of an oscillator is set to 0: at the frame a gate opens, and at
 * the moment between two frames where a sync signal rises through zero.
 * Threads: [worker]. */
#ifndef MODULES_OSC_RESETS_H
#define MODULES_OSC_RESETS_H

#include <stdbool.h>

#include "dsp/cycles.h"
#include "dsp/module.h"

/* Part of a module's state: signal and gate of the latest frame */
struct osc_resets {
	v4f sync;
	v4i is_open;
};

/* Fills age: how many frames before each frame the phase was reset, below 0 where it was not.
 * Returns whether it was anywhere. */
bool osc_resets_find(struct osc_resets *resets, struct cable sync, struct cable gate, size_t at,
	size_t n, v4f *age) RT_SAFE;

/* Puts the resets into n phases made without them (after phase[0], of the frame before); inc
 * becomes what is added at each frame but for them. Returns the last phase. */
struct cycles osc_resets_put(const v4f *age, v4u *phase, v4i *inc, size_t n) RT_SAFE;

#endif
