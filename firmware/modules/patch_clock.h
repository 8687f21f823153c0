/* patch_clock.h - the section [patch] as a module: the tempo, and where the music is.
 *
 * Every patch has one, under the id "patch", as its first module; it has no ports and is in no list
 * of types. What it leaves in its state is the transport that all others read.
 * Threads: as module.h says. */
#ifndef MODULES_PATCH_CLOCK_H
#define MODULES_PATCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/module.h"

enum { PATCH_CLOCK_TEMPO_BPM, PATCH_CLOCK_N_PARAMS };

/* The beat is counted from the last change of tempo in frames, so that nothing adds up: it is the
 * same in blocks of any size, for ever. */
struct patch_clock {
	struct transport transport; /* of the block rendered last */
	double anchor_beat;         /* where the tempo changed last */
	uint64_t n_frames;          /* since then, at the end of that block */
	double anchor_beats_per_frame;
};

extern const struct module_desc patch_clock_module;

/* The transport of the next block at this tempo; state is not changed. */
struct transport patch_clock_next(
	const struct patch_clock *clock, float tempo_bpm, float rate_hz) RT_SAFE;

double patch_clock_beats_per_frame(float tempo_bpm, float rate_hz) RT_SAFE;

/* From where on the first multiple of unit_beats after `beat` is met: a rounding error before it,
 * as in patch_clock_passes. */
double patch_clock_next_multiple(double beat, double unit_beats) RT_SAFE;
/* Was a multiple of unit_beats passed since `before`, or is it met right now? A unit of 0:
 * always. */
bool patch_clock_passes(double before, double beat, double unit_beats) RT_SAFE;

#endif
