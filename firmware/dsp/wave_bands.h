/* wave_bands.h - single cycles of waves as sums of harmonics, stored with fewer and fewer of them.
 *
 * Shapes:  a wave is WAVE_SAMPLES floats: its bands one after the other. Band b has 512 / 2^(b / 3)
 *          harmonics, the last one 1; its cycle is 2^wave_bits[b] samples from wave_first[b] on,
 *          preceded by its last sample and followed by its first two, for a cubic through four.
 *          All waves have the same loudness (WAVE_RMS with all harmonics).
 * Threads: [desk] wave_bands_init, once, before any worker renders; the rest is then constant. */
#ifndef DSP_WAVE_BANDS_H
#define DSP_WAVE_BANDS_H

#include <stdint.h>

enum {
	WAVE_BANDS = 28,
	WAVE_BANDS_AN_OCTAVE = 3,
	WAVE_HARMONICS = 512, /* of band 0 */
	WAVE_MAX_BITS = 12,
	WAVE_GUARD = 3,
	/* 8 samples or more for the highest harmonic, and at least 1024 */
	WAVE_SAMPLES = 3 * 4096 + 3 * 2048 + (WAVE_BANDS - 6) * 1024 + WAVE_BANDS * WAVE_GUARD,
	WAVES_A_TABLE = 4,
};

enum wave_table { TABLE_BASIC, TABLE_ORGAN, TABLE_VOWEL, TABLE_GLASS, N_WAVE_TABLES };

#define WAVE_RMS 0.4

/* writer: [desk], wave_bands_init */
extern float waves[N_WAVE_TABLES][WAVES_A_TABLE][WAVE_SAMPLES];
extern uint32_t wave_first[WAVE_BANDS];
extern uint32_t wave_bits[WAVE_BANDS];

void wave_bands_init(void);

#endif
