/* wave_bands.c - what the waves are made of. See wave_bands.h.
 * Tested by: unit/modules/test_wavetable */
#include <math.h>
#include <stdbool.h>

#include "base/util.h"
#include "dsp/wave_bands.h"

#define VOICE_HZ        110.0 /* vowels are those of a voice this high */
#define FORMANT_HZ      90.0
#define LEAST_AMPLITUDE 1e-6

float waves[N_WAVE_TABLES][WAVES_A_TABLE][WAVE_SAMPLES];
uint32_t wave_first[WAVE_BANDS];
uint32_t wave_bits[WAVE_BANDS];

static double basic_harmonic(int wave, int h)
{
	bool is_odd = h % 2;

	if (wave == 0) /* sine */
		return h == 1;
	if (wave == 1) /* triangle */
		return is_odd ? (h % 4 == 1 ? 1.0 : -1.0) / h / h : 0.0;
	return wave == 2 || is_odd ? 1.0 / h : 0.0; /* saw, square */
}

/* Drawbars, from a flute to the full organ. */
static double organ_harmonic(int wave, int h)
{
	static const int drawbars[] = {1, 2, 3, 4, 6, 8, 10, 12, 16};

	for (int d = 0; d < 3 + 2 * wave; d++) {
		if (drawbars[d] == h)
			return 1.0 / (1.0 + 0.3 * d);
	}
	return 0.0;
}

/* a, e, o, u: harmonics under three formants (Peterson, Barney, "Control Methods Used in a Study
 * of the Vowels", JASA 1952: men). */
static double vowel_harmonic(int wave, int h)
{
	static const double at_hz[WAVES_A_TABLE][3] = {
		{730, 1090, 2440}, {530, 1840, 2480}, {570, 840, 2410}, {300, 870, 2240}};
	static const double gain[3] = {1.0, 0.6, 0.3};
	double sum = 0.1 / h;

	for (int f = 0; f < 3; f++) {
		double away = (VOICE_HZ * h - at_hz[wave][f]) / FORMANT_HZ;

		sum += gain[f] * exp(-0.5 * away * away);
	}
	return sum;
}

/* A fundamental and few, high partials. */
static double glass_harmonic(int wave, int h)
{
	static const int partials[WAVES_A_TABLE][5] = {
		{1, 4, 7, 10, 13}, {1, 5, 9, 14, 20}, {1, 6, 11, 17, 24}, {1, 8, 15, 23, 31}};

	for (int p = 0; p < 5; p++) {
		if (partials[wave][p] == h)
			return 1.0 / (1.0 + 0.8 * p);
	}
	return 0.0;
}

static double harmonic_of(enum wave_table table, int wave, int h)
{
	switch (table) {
	case TABLE_BASIC:
		return basic_harmonic(wave, h);
	case TABLE_ORGAN:
		return organ_harmonic(wave, h);
	case TABLE_VOWEL:
		return vowel_harmonic(wave, h);
	default:
		return glass_harmonic(wave, h);
	}
}

/* One cycle of 2^bits samples, and its guards. */
static void band_make(
	float *at, uint32_t bits, int n_harmonics, const double *amplitude, const double *sine)
{
	static double cycle[1 << WAVE_MAX_BITS];
	uint32_t size = 1u << bits, stride = 1u << (WAVE_MAX_BITS - bits);

	for (uint32_t i = 0; i < size; i++)
		cycle[i] = 0.0;
	for (uint32_t h = 1; h <= (uint32_t)n_harmonics; h++) {
		for (uint32_t i = 0; amplitude[h] != 0.0 && i < size; i++)
			cycle[i] += amplitude[h] * sine[i * h * stride % (1u << WAVE_MAX_BITS)];
	}
	for (uint32_t i = 0; i < size + WAVE_GUARD; i++)
		at[i] = (float)cycle[(i + size - 1) % size];
}

static void wave_make(enum wave_table table, int wave, const double *sine)
{
	static double amplitude[WAVE_HARMONICS + 1];
	double power = 0.0;

	for (int h = 1; h <= WAVE_HARMONICS; h++) {
		amplitude[h] = harmonic_of(table, wave, h);
		power += amplitude[h] * amplitude[h] / 2.0;
	}
	for (int h = 1; h <= WAVE_HARMONICS; h++) {
		amplitude[h] *= WAVE_RMS / sqrt(power);
		if (fabs(amplitude[h]) < LEAST_AMPLITUDE)
			amplitude[h] = 0.0;
	}
	for (int b = 0; b < WAVE_BANDS; b++) {
		double n = WAVE_HARMONICS * exp2(-(double)b / WAVE_BANDS_AN_OCTAVE);

		band_make(waves[table][wave] + wave_first[b], wave_bits[b], (int)(n + 1e-6),
			amplitude, sine);
	}
}

void wave_bands_init(void)
{
	static double sine[1 << WAVE_MAX_BITS];
	static bool is_done;
	uint32_t first = 0;

	if (is_done)
		return;
	for (int i = 0; i < 1 << WAVE_MAX_BITS; i++)
		sine[i] = sin(2.0 * M_PI * i / (1 << WAVE_MAX_BITS));
	for (uint32_t b = 0; b < WAVE_BANDS; b++) {
		wave_bits[b] = b < 3   ? WAVE_MAX_BITS
			       : b < 6 ? WAVE_MAX_BITS - 1
				       : WAVE_MAX_BITS - 2;
		wave_first[b] = first;
		first += (1u << wave_bits[b]) + WAVE_GUARD;
	}
	for (int t = 0; t < N_WAVE_TABLES; t++) {
		for (int w = 0; w < WAVES_A_TABLE; w++)
			wave_make((enum wave_table)t, w, sine);
	}
	is_done = true;
}
