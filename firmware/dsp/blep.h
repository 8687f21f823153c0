/* blep.h - band-limited steps and corners: jumps in a waveform without aliases.
 *
 * A waveform is written BLEP_LATENCY frames late; at each jump the difference between the
 * band-limited step and the plain one is added around it, BLEP_TAPS frames long. A corner (a jump
 * of the slope) likewise, with the integral of that difference.
 *
 * Kernel:  sinc, cut at 0.448 of the rate, Kaiser window (beta 7): -0.3 dB at 18 kHz and -84 dB at
 *          25 kHz at 44.1 kHz. 64 positions between two frames, straight lines between those.
 * Threads: blep_init [desk], before the first waveform is rendered; any number of times.
 *          blep_add_* [worker].
 * Source:  Brandt, "Hard Sync Without Aliasing", ICMC 2001; Esqueda, Valimaki, Bilbao, "Rounding
 *          Corners with BLAMP", DAFx 2016. */
#ifndef DSP_BLEP_H
#define DSP_BLEP_H

#include "dsp/module.h"

enum { BLEP_TAPS = 36, BLEP_LATENCY = BLEP_TAPS / 2 };

#define BLEP_ALL_LANES (-1)

void blep_init(void);

/* Adds to BLEP_TAPS frames of one lane (or of all), from `at` on, the correction of a jump by
 * `height` (or of a slope that grows by `height` a frame) which happened `age` (0..1) frames
 * before the sample that the caller writes to at[BLEP_LATENCY]. */
void blep_add_step(v4f *at, int lane, float age, float height) RT_SAFE;
void blep_add_corner(v4f *at, int lane, float age, float height) RT_SAFE;

#endif
