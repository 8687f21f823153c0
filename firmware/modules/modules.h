/* modules.h - the list of all modules, in the order of the manual: a row each, the key. For the
 * registry and the modules' own files; others call module_find().
 * Threads: [any], constant. */
#ifndef MODULES_MODULES_H
#define MODULES_MODULES_H

#include "dsp/module.h"

#define MODULES(X)    \
	X(osc)        \
	X(fm)         \
	X(wavetable)  \
	X(noise)      \
	X(drum)       \
	X(pluck)      \
	X(adsr)       \
	X(lfo)        \
	X(slew)       \
	X(sah)        \
	X(scale)      \
	X(svf)        \
	X(vca)        \
	X(mixer)      \
	X(sum)        \
	X(pan)        \
	X(mix)        \
	X(dcblock)    \
	X(comb)       \
	X(delay)      \
	X(chorus)     \
	X(phaser)     \
	X(reverb)     \
	X(freeverb)   \
	X(ladder)     \
	X(eq)         \
	X(limiter)    \
	X(compressor) \
	X(drive)      \
	X(clock)      \
	X(seq)        \
	X(euclid)     \
	X(keys)       \
	X(out)

#define DECLARE(key) extern const struct module_desc key##_module;
MODULES(DECLARE)
#undef DECLARE

#endif
