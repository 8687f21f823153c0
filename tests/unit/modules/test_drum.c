/* test_drum.c - drums: decay, silence, hits. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 96000, KINDS = 5, HAT = 2, CLAP = 4 };

static v4f *hits_at(int first, int second)
{
	v4f *gate = series_new(N);

	for (int i = 0; i < 100; i++)
		gate[first + i] = gate[second + i] = lanes_of(1.0f);
	return gate;
}

static void drums_sound_and_fall_silent(void)
{
	v4f *gate = hits_at(1000, 1000), *out = series_new(N);

	for (int kind = 0; kind < KINDS; kind++) {
		struct bench drum;
		int end = 0;

		bench_open(&drum, "drum", 48000.0f);
		bench_set(&drum, "kind", (float)kind);
		bench_set(&drum, "decay_ms", 500.0f);
		bench_plug(&drum, "gate", gate);
		bench_render(&drum, out, N, 64);
		CU_ASSERT_EQUAL(judge_peak(out, 0, 1000), 0.0);
		CU_ASSERT_TRUE(judge_peak(out + 1000, 0, 4800) > 0.2);
		CHECK_BELOW(judge_peak(out, 0, N), 1.5);
		for (int i = 0; i < N; i++)
			end = out[i][0] != 0.0f ? i : end;
		CHECK_BELOW(fabs(end - 1000 - 24000 * 5.0 / 3.0), 200.0); /* -100 dB, then zeros */
		/* -60 dB after decay_ms, to what it was at a tenth */
		CHECK_BELOW(fabs(judge_db(judge_rms(out + 1000 + 21600, 0, 2400) /
					  judge_rms(out + 1000 + 2400, 0, 2400)) +
				    48.0),
			6.0);
		bench_close(&drum);
	}
	free(gate);
	free(out);
}

static void the_kick_has_its_pitch(void)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N), *pitch = series_of(45.0f, N);
	double best_hz = 0.0, best = 0.0;
	struct bench drum;

	bench_open(&drum, "drum", 48000.0f);
	bench_set(&drum, "decay_ms", 5000.0f);
	bench_set(&drum, "tone", 0.0f);
	bench_set(&drum, "tune_semis", -12.0f);
	bench_plug(&drum, "gate", gate);
	bench_plug(&drum, "pitch", pitch);
	bench_render(&drum, out, N, 64);
	for (double hz = 50.0; hz < 60.0; hz += 0.1) {
		double x = judge_amplitude(out + 30000, 0, 65536, hz / 48000.0);

		best_hz = x > best ? hz : best_hz;
		best = fmax(best, x);
	}
	CHECK_BELOW(fabs(best_hz - 55.0), 0.2);
	free(gate);
	free(pitch);
	free(out);
	bench_close(&drum);
}

/* A long kick is hit again at any moment of its cycle: no step is larger than within a hit. */
static void hits_while_it_sounds_do_not_click(void)
{
	v4f *out = series_new(N);

	for (int again = 20000; again < 20960; again += 53) {
		v4f *gate = hits_at(1000, again);
		struct bench drum;
		double clean;

		bench_open(&drum, "drum", 48000.0f);
		bench_set(&drum, "decay_ms", 5000.0f);
		bench_plug(&drum, "gate", gate);
		bench_render(&drum, out, N, 64);
		clean = judge_max_step(out, 0, 19000);
		CHECK_BELOW(judge_max_step(out, 0, N), 1.1 * clean + 1.0 / 144.0);
		free(gate);
		bench_close(&drum);
	}
	free(out);
}

static void velocity_and_accent_are_loudness(void)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N);
	v4f *velocity = series_new(N), *accent = series_new(N);
	double peak[N_LANES];
	struct bench drum;

	for (int i = 0; i < N; i++) {
		velocity[i] = (v4f){1.0f, 0.5f, 1.0f, 0.25f};
		accent[i] = (v4f){1.0f, 1.0f, 0.0f, 0.0f};
	}
	bench_open(&drum, "drum", 48000.0f);
	bench_plug(&drum, "gate", gate);
	bench_plug(&drum, "velocity", velocity);
	bench_plug(&drum, "accent", accent);
	bench_render(&drum, out, N, 64);
	for (int k = 0; k < N_LANES; k++)
		peak[k] = judge_peak(out, k, N);
	CHECK_BELOW(fabs(peak[1] / peak[0] - 0.5), 1e-3);
	CHECK_BELOW(fabs(peak[2] / peak[0] - 0.7), 1e-3);
	CHECK_BELOW(fabs(peak[3] / peak[0] - 0.7 * 0.25), 1e-3);
	free(gate);
	free(velocity);
	free(accent);
	free(out);
	bench_close(&drum);
}

static void accents_are_as_large_as_set(void)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N), *accent = series_new(N);
	struct bench drum;

	for (int i = 0; i < N; i++)
		accent[i] = (v4f){1.0f, 0.0f, 0.5f, 0.0f};
	bench_open(&drum, "drum", 48000.0f);
	bench_set(&drum, "accent_amount", 0.9f);
	bench_plug(&drum, "gate", gate);
	bench_plug(&drum, "accent", accent);
	bench_render(&drum, out, N, 64);
	CHECK_BELOW(fabs(judge_peak(out, 1, N) / judge_peak(out, 0, N) - 0.1), 1e-3);
	CHECK_BELOW(fabs(judge_peak(out, 2, N) / judge_peak(out, 0, N) - 0.55), 1e-3);
	free(gate);
	free(accent);
	free(out);
	bench_close(&drum);
}

/* Counted by its cycles in the first tenth of the sweep, in which half of it goes. */
static void the_sweep_takes_its_time(void)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N);

	for (float sweep_ms = 100.0f; sweep_ms < 1001.0f; sweep_ms *= 3.1f) {
		int at = (int)(sweep_ms * 4.8f), n_up = 0;
		double n_cycles;
		struct bench drum;

		bench_open(&drum, "drum", 48000.0f);
		bench_set(&drum, "decay_ms", 5000.0f);
		bench_set(&drum, "snap", 1.0f);
		bench_set(&drum, "sweep_ms", sweep_ms);
		bench_plug(&drum, "gate", gate);
		bench_render(&drum, out, N, 64);
		for (int i = 1; i < at + 1; i++)
			n_up += out[i - 1][0] < 0.0f && out[i][0] >= 0.0f;
		/* cycles so far: the pitch's integral, 50 Hz and a fall of 6 times that */
		n_cycles = 50.0 * (double)sweep_ms / 10000.0 +
			   300.0 * (1.0 - exp2(-0.996578)) * (double)sweep_ms / 1000.0 / 6.907755;
		CHECK_BELOW(fabs(n_up - n_cycles), 1.0);
		bench_close(&drum);
	}
	free(gate);
	free(out);
}

/* Of a hit: the middle of its spectrum, and the part of its power above 14 kHz */
static void hat_shares(float tone, double *middle_hz, double *above_14, double *rms_db)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N);
	double all = 0.0, above = 0.0, sum_hz = 0.0;
	struct bench drum;

	bench_open(&drum, "drum", 48000.0f);
	bench_set(&drum, "kind", (float)HAT);
	bench_set(&drum, "tone", tone);
	bench_plug(&drum, "gate", gate);
	bench_render(&drum, out, N, 64);
	for (double hz = 100.0; hz < 24000.0; hz += 50.0) {
		double power = pow(judge_amplitude(out, 0, 4096, hz / 48000.0), 2.0);

		all += power;
		above += hz > 14000.0 ? power : 0.0;
		sum_hz += power * hz;
	}
	*middle_hz = sum_hz / all;
	*above_14 = above / all;
	*rms_db = judge_db(judge_rms(out, 0, 4096));
	bench_close(&drum);
	free(gate);
	free(out);
}

/* Of an 808's: a band near 3.4 kHz, one near 7.1, and tone between them is no level. */
static void hats_are_where_they_are_heard(void)
{
	double least_db = 0.0, most_db = -100.0;

	for (float tone = 0.0f; tone < 1.01f; tone += 0.25f) {
		double middle_hz, above, rms_db;

		hat_shares(tone, &middle_hz, &above, &rms_db);
		CHECK_FIGURE("hat: share of its power above 14 kHz", "", above, 0.1);
		if (tone == 0.0f)
			CHECK_BELOW(fabs(middle_hz - 3700.0), 900.0);
		if (tone == 1.0f)
			CHECK_BELOW(fabs(middle_hz - 7400.0), 900.0);
		least_db = fmin(least_db, rms_db);
		most_db = fmax(most_db, rms_db);
	}
	CHECK_FIGURE("hat, any tone: level", "dB apart", most_db - least_db, 6.0);
}

/* In a bandpass at hz, of all voices together */
static double band_db(const v4f *x, int n, float hz, float rate_hz)
{
	v4f *out = series_new(n);
	struct bench band;
	double power = 0.0;

	bench_open(&band, "svf", rate_hz);
	bench_set(&band, "mode", 2.0f);
	bench_set(&band, "cutoff_hz", hz);
	bench_plug(&band, "in", x);
	bench_render(&band, out, n, 64);
	for (int k = 0; k < N_LANES; k++)
		power += pow(judge_rms(out, k, n), 2.0);
	bench_close(&band);
	free(out);
	return 0.5 * judge_db(power);
}

static void drums_sound_the_same_at_any_rate(void)
{
	static const float bands_hz[] = {100.0f, 400.0f, 1600.0f, 6400.0f};

	for (int kind = 0; kind < KINDS; kind++) {
		double level_db[2][ARRAY_LEN(bands_hz)], loudest_db = -200.0;

		for (int r = 0; r < 2; r++) {
			float rate_hz = r ? 192000.0f : 44100.0f;
			int n = 2 * (int)rate_hz;
			v4f *gate = series_new(n), *out = series_new(n);
			struct bench drum;

			for (int i = 0; i < n; i++)
				gate[i] = lanes_of(i % (n / 16) < 100 ? 1.0f : 0.0f);
			bench_open(&drum, "drum", rate_hz);
			bench_set(&drum, "kind", (float)kind);
			bench_set(&drum, "decay_ms", 200.0f);
			bench_plug(&drum, "gate", gate);
			bench_render(&drum, out, n, 64);
			for (size_t k = 0; k < ARRAY_LEN(bands_hz); k++)
				level_db[r][k] = band_db(out, n, bands_hz[k], rate_hz);
			bench_close(&drum);
			free(gate);
			free(out);
		}
		for (size_t k = 0; k < ARRAY_LEN(bands_hz); k++)
			loudest_db = fmax(loudest_db, level_db[0][k]);
		for (size_t k = 0; k < ARRAY_LEN(bands_hz); k++) {
			if (level_db[0][k] > loudest_db - 15.0)
				CHECK_FIGURE("drums, 192 kHz to 44.1 kHz: level of each part",
					"dB off", fabs(level_db[1][k] - level_db[0][k]), 1.5);
		}
	}
}

/* A closed hat ends the open one: within 12 ms, and the next hit is whole again. */
static void an_open_hat_is_choked(void)
{
	v4f *gate = hits_at(0, 24000), *choke = series_new(N), *out = series_new(N);
	struct bench drum;

	for (int i = 12000; i < 12100; i++)
		choke[i] = lanes_of(1.0f);
	bench_open(&drum, "drum", 48000.0f);
	bench_set(&drum, "kind", (float)HAT);
	bench_set(&drum, "decay_ms", 5000.0f);
	bench_plug(&drum, "gate", gate);
	bench_plug(&drum, "choke", choke);
	bench_render(&drum, out, N, 64);
	CHECK_BELOW(0.02, judge_rms(out + 11000, 0, 1000));
	CHECK_BELOW(
		judge_db(judge_rms(out + 12576, 0, 1000) / judge_rms(out + 11000, 0, 1000)), -50.0);
	CU_ASSERT_EQUAL(judge_peak(out + 14000, 0, 10000), 0.0);
	CHECK_BELOW(0.02, judge_rms(out + 35000, 0, 1000));
	free(gate);
	free(choke);
	free(out);
	bench_close(&drum);
}

/* Each of the three is there, 10 ms after the other, and nearly gone before the next. */
static void a_clap_is_three(void)
{
	v4f *gate = hits_at(0, 0), *out = series_new(N);
	struct bench drum;

	bench_open(&drum, "drum", 48000.0f);
	bench_set(&drum, "kind", (float)CLAP);
	bench_set(&drum, "snap", 1.0f);
	bench_plug(&drum, "gate", gate);
	bench_render(&drum, out, N, 64);
	for (int k = 0; k < 3; k++) {
		double loud = 0.0, quiet = 0.0;

		for (int lane = 0; lane < N_LANES; lane++) {
			loud += judge_rms(out + 480 * k + 24, lane, 168);
			quiet += judge_rms(out + 480 * k + 360, lane, 110);
		}
		CHECK_BELOW(0.2, loud);
		CHECK_BELOW(judge_db(quiet / loud), -6.0);
	}
	free(gate);
	free(out);
	bench_close(&drum);
}

SUITE_MAIN("drum", {"drums sound and fall silent", drums_sound_and_fall_silent},
	{"the kick has its pitch", the_kick_has_its_pitch},
	{"hits while it sounds do not click", hits_while_it_sounds_do_not_click},
	{"velocity and accent are loudness", velocity_and_accent_are_loudness},
	{"accents are as large as set", accents_are_as_large_as_set},
	{"the sweep takes its time", the_sweep_takes_its_time},
	{"hats are where they are heard", hats_are_where_they_are_heard},
	{"drums sound the same at any rate", drums_sound_the_same_at_any_rate},
	{"an open hat is choked", an_open_hat_is_choked}, {"a clap is three", a_clap_is_three})
