/* judge.h - judges samples: what the ear would notice, as numbers.
 *
 * All work on one lane of a signal. Levels in dB are relative to full scale 1, or to what is
 * said. */
#ifndef SUPPORT_JUDGE_H
#define SUPPORT_JUDGE_H

#include <stdbool.h>

#include "dsp/lanes.h"

#define JUDGE_SILENCE_DB (-400.0)

double judge_db(double ratio); /* of amplitudes; JUDGE_SILENCE_DB for 0 */
double judge_rms(const v4f *x, int lane, int n);
double judge_peak(const v4f *x, int lane, int n);
double judge_max_step(const v4f *x, int lane, int n);
bool judge_is_finite(const v4f *x, int n); /* all lanes */

/* What remains after the best sine of exactly this frequency (and DC) is taken away, to that
 * sine. */
double judge_sine_residual_db(const v4f *x, int lane, int n, double freq_norm);

/* Amplitude of the component at freq_norm (of the rate), through a Kaiser window. */
double judge_amplitude(const v4f *x, int lane, int n, double freq_norm);

/* The strongest component up to top_norm (at most 0.5) that is no multiple of freq_norm, to the
 * fundamental. n: a power of two. */
double judge_worst_inharmonic_db(const v4f *x, int lane, int n, double freq_norm, double top_norm);

/* All that is no multiple of n_cycles in n frames, which x repeats after: to the whole without its
 * mean. */
double judge_inharmonic_db(const v4f *x, int lane, int n, int n_cycles);

/* Loudness of lanes 0 and 1 together, ITU-R BS.1770 without gates: of an even sound. 48 kHz. */
double judge_lufs(const v4f *x, int n);

/* The longest run of frames below `level`. */
int judge_longest_silence(const v4f *x, int lane, int n, double level);

/* Clicks: the loudest 64 frames above about a third of the rate, to the rms of the whole signal. */
double judge_burst_db(const v4f *x, int lane, int n);

/* rms and peak of a - b, all lanes, to full scale 1. */
double judge_difference_db(const v4f *a, const v4f *b, int n);
double judge_max_difference(const v4f *a, const v4f *b, int n);

#endif
