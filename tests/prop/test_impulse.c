/* The impulse response of every effect (an effect that heard nothing, a filter that was not in its
 * path): when it begins, what it adds up to (the gain of what stands still), its energy, when it
 * has fallen by 60 dB, and its gain at one frequency, each as its formula has it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 131072, MAX_SET = 5 };

#define RATE_HZ 48000.0
#define PULSE   0.001 /* where nothing saturates, and nothing is turned down */
#define ANY     -1.0  /* not judged */

static const struct response {
	const char *module;
	struct {
		const char *key;
		float value;
	} set[MAX_SET];
	int first, last; /* where it begins; by where it has ended, at the latest */
	double sum, energy;
	double at_hz, gain; /* ANY: nowhere */
} responses[] = {
	{"svf", {{"resonance", 0.0f}}, 0, 80, 1.0, ANY, 1000.0, 0.5},
	{"svf", {{"mode", 1.0f}, {"resonance", 0.0f}}, 0, 60, 0.0, ANY, 1000.0, 0.5},
	{"svf", {{"mode", 2.0f}, {"resonance", 0.9f}}, 0, 1800, 0.0, ANY, 1000.0, 1.0},
	{"svf", {{"mode", 3.0f}}, 0, 100, 1.0, ANY, 1000.0, 0.0},
	{"svf", {{"mode", 4.0f}}, 0, 100, 1.0, ANY, 1000.0, 4.0},
	{"svf", {{"mode", 5.0f}}, 0, 100, 1.0, 1.0, 1000.0, 1.0},
	{"ladder", {{"resonance", 0.0f}, {"cutoff_hz", 1000.0f}}, 0, 120, 1.0, ANY, 1000.0, 0.25},
	/* feedback 2, half of the bass given back */
	{"ladder", {{"resonance", 0.4f}, {"cutoff_hz", 1000.0f}}, 0, 400, 2.0 / 3.0, ANY, 1000.0,
		1.0},
	/* 100 frames, 0.8 each: as loud as noise, 0.6 / (1 -+ 0.8) at its multiples and between */
	{"comb", {{"freq_hz", 480.0f}, {"damping", 0.0f}}, 0, 3200, 3.0, 1.0, 240.0, 1.0 / 3.0},
	/* the mean of two quarters of a frame: 0.7 dB less at 24 kHz, 5 % of all energy */
	{"drive", {{"shape", 1.0f}, {"drive_db", 0.0f}}, 0, 150, 1.0, 0.95, 1000.0, 1.0},
	/* the level of a tanh is made up for at 0.35: 0.35 / tanh(0.35) */
	{"drive", {{"drive_db", 0.0f}, {"tone_hz", 1000.0f}}, 0, 300, 1.0405, ANY, 1000.0, 0.7357},
	/* echoes of 1, 1/2, 1/4 .., in phase at 10 Hz and its multiples; half by power is 0.70711 */
	{"delay", {{"time_ms", 100.0f}, {"feedback", 0.5f}, {"mix", 0.5f}}, 0, 48000, 0.70711 * 3.0,
		0.5 + 0.5 / 0.75, 1005.0, 0.70711 - 0.70711 / 1.5},
	/* the highpass in the feedback lets the first echo stand, and no other */
	{"delay", {{"time_ms", 100.0f}, {"feedback", 0.9f}, {"mix", 1.0f}, {"low_cut_hz", 200.0f}},
		4800, 131071, 1.0, ANY, ANY, ANY},
	/* 50 ms and the shortest way through the room; 60 dB in a second behind that */
	{"reverb", {{"mix", 1.0f}, {"decay_s", 1.0f}, {"damping", 0.0f}, {"predelay_ms", 50.0f}},
		3900, 56000, ANY, ANY, ANY, ANY},
	{"reverb", {{"mix", 0.0f}}, 0, 1, 1.0, 1.0, 1000.0, 1.0},
	/* 0.015 of both sides into eight combs of feedback 0.7, 2.47 sqrt(1 - 0.7^2) times
	 * their sum */
	{"freeverb", {{"mix", 1.0f}, {"room", 0.0f}, {"damping", 0.0f}}, 1200, 131071, 1.4111, ANY,
		ANY, ANY},
	{"freeverb", {{"mix", 0.0f}}, 0, 1, 1.0, 1.0, 1000.0, 1.0},
	{"chorus", {{"mix", 1.0f}, {"depth_ms", 0.0f}}, 470, 500, 1.0, ANY, 1000.0, 1.0},
	{"chorus", {{"mix", 0.5f}, {"depth_ms", 0.0f}}, 0, 500, 0.70711 + 0.94868, ANY, 1050.0,
		0.94868 - 0.70711},
	{"phaser", {{"mix", 1.0f}, {"depth_octaves", 0.0f}, {"feedback", 0.0f}}, 0, 600, 1.0, 1.0,
		1000.0, 1.0},
	/* four allpasses: half a turn at tan(22.5 degrees) of their corner, 700 Hz */
	{"phaser",
		{{"mix", 0.5f}, {"depth_octaves", 0.0f}, {"feedback", 0.0f}, {"spread", 0.0f},
			{"stages", 1.0f}},
		0, 600, 1.24035, ANY, 290.06, 0.0},
	{"compressor", {{NULL, 0.0f}}, 0, 1, 1.0, 1.0, 1000.0, 1.0},
	{"compressor", {{"makeup_db", 12.0f}}, 0, 1, 3.98107171, 15.8489319, 1000.0, 3.98107171},
	{"limiter", {{NULL, 0.0f}}, 97, 98, 1.0, 1.0, 1000.0, 1.0},
	{"limiter", {{"gain_db", 12.0f}}, 97, 98, 3.98107171, 15.8489319, 1000.0, 3.98107171},
	{"eq", {{NULL, 0.0f}}, 0, 1, 1.0, 1.0, 1000.0, 1.0},
	{"eq", {{"low_db", 12.0f}}, 0, 4000, 3.98107171, ANY, 100.0, 1.99526231},
	{"eq", {{"mid1_db", -12.0f}}, 0, 4000, 1.0, ANY, 400.0, 0.25118864},
	{"eq", {{"mid2_db", 12.0f}}, 0, 1000, 1.0, ANY, 2500.0, 3.98107171},
	{"eq", {{"high_db", 12.0f}}, 0, 4000, 1.0, ANY, 8000.0, 1.99526231},
	{"dcblock", {{"cutoff_hz", 100.0f}}, 0, 400, 0.0, ANY, 100.0, 0.70710678},
};

/* Begins in time, and nothing but rounding before. */
static int first_of(const v4f *out)
{
	for (int i = 0; i < N; i++) {
		if (fabs((double)out[i][0]) > PULSE * 1e-7)
			return i;
	}
	return N;
}

/* From here on a millionth of the energy is left. */
static int last_of(const v4f *out, double energy)
{
	double left = 0.0;
	int i = N;

	while (i > 0 && left < 1e-6 * energy * PULSE * PULSE) {
		i--;
		left += (double)out[i][0] * (double)out[i][0];
	}
	return i;
}

static double gain_at(const v4f *out, double freq_hz)
{
	double re = 0.0, im = 0.0;

	for (int i = 0; i < N; i++) {
		double turn = 2.0 * M_PI * fmod(freq_hz / RATE_HZ * i, 1.0);

		re += (double)out[i][0] * cos(turn);
		im += (double)out[i][0] * sin(turn);
	}
	return hypot(re, im) / PULSE;
}

static void judge_response(const struct response *want, const v4f *out)
{
	double sum = 0.0, energy = 0.0;
	int first = first_of(out), last;

	for (int i = 0; i < N; i++) {
		double x = (double)out[i][0] / PULSE;

		sum += x;
		energy += x * x;
	}
	last = last_of(out, energy);
	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n    %s: from %d to %d, sum %.4f, energy %.4f", want->module, first, last,
			sum, energy);
	/* the first sample of a filter may be next to nothing */
	CU_ASSERT_TRUE(first >= want->first && first <= want->first + 50);
	CU_ASSERT_TRUE(last <= want->last && energy > 0.001);
	if (want->sum != ANY)
		CHECK_BELOW(fabs(sum - want->sum), 0.005);
	if (want->energy != ANY)
		CHECK_BELOW(fabs(energy / want->energy - 1.0), 0.01);
	if (want->at_hz != ANY)
		CHECK_FIGURE("impulse responses of all effects: gain at one frequency", "off",
			fabs(gain_at(out, want->at_hz) - want->gain), 0.005);
}

static void impulses_return_as_they_should(void)
{
	v4f *in = series_new(N), *out = series_new(N);

	in[0] = lanes_of((float)PULSE);
	for (size_t r = 0; r < ARRAY_LEN(responses); r++) {
		const struct response *want = &responses[r];
		unsigned n_failed = CU_get_number_of_failures();
		struct bench bench;

		bench_open(&bench, want->module, (float)RATE_HZ);
		for (int k = 0; k < MAX_SET && want->set[k].key; k++)
			bench_set(&bench, want->set[k].key, want->set[k].value);
		bench_plug(&bench, "in", in);
		bench_render(&bench, out, N, 64);
		judge_response(want, out);
		if (CU_get_number_of_failures() > n_failed)
			printf("\n    row %d, %s: from %d", (int)r, want->module, first_of(out));
		bench_close(&bench);
	}
	free(in);
	free(out);
}

/* Of every module with an audio input `in` there is a row: what is no effect says so here. */
static void every_effect_has_a_row(void)
{
	static const char *const others[] = {"adsr", "pan", "out", "vca"};

	for (int m = 0; m < n_modules; m++) {
		int in = module_in_find(modules[m], "in"), n = 0;

		if (in < 0 || modules[m]->ins[in].kind != PORT_AUDIO)
			continue;
		for (size_t r = 0; r < ARRAY_LEN(responses); r++)
			n += strcmp(responses[r].module, modules[m]->key) == 0;
		for (size_t o = 0; o < ARRAY_LEN(others); o++)
			n += strcmp(others[o], modules[m]->key) == 0;
		if (!n)
			printf("\n    %s has none", modules[m]->key);
		CU_ASSERT_TRUE(n > 0);
	}
}

SUITE_MAIN("impulse", {"impulses return as they should", impulses_return_as_they_should},
	{"every effect has a row", every_effect_has_a_row})
