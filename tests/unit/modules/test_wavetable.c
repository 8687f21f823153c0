/* test_wavetable.c - the wavetable: aliases, harmonics, pitch, and what moves without a click. */
#include <math.h>
#include <stdlib.h>

#include "dsp/wave_bands.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};

enum { N = 32768 };

static void render(v4f *out, float rate_hz, int table, float position, float freq_hz)
{
	struct bench bench;

	bench_open(&bench, "wavetable", rate_hz);
	bench_set(&bench, "table", (float)table);
	bench_set(&bench, "position", position);
	bench_set(&bench, "freq_hz", freq_hz);
	bench_set(&bench, "level", 1.0f);
	bench_render(&bench, out, N, 64);
	bench_close(&bench);
}

/* Each wave at one of the rates. */
static void nothing_folds(void)
{
	static const float freqs_hz[] = {61.7f, 1661.0f, 5003.0f, 12001.0f};
	v4f *out = series_new(N);
	double worst_db = JUDGE_SILENCE_DB;

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (size_t f = 0; f < ARRAY_LEN(freqs_hz); f++) {
			for (int w = (int)r; w < N_WAVE_TABLES * 4; w += 3) {
				double norm = (double)freqs_hz[f] / (double)rates_hz[r], db;

				render(out, rates_hz[r], w / 4, (float)(w % 4) / 3.0f, freqs_hz[f]);
				/* to full scale: the fundamental can be small */
				db = judge_worst_inharmonic_db(out, 1, N, norm, 0.5) +
				     judge_db(judge_amplitude(out, 1, N, norm));
				worst_db = fmax(worst_db, db);
			}
		}
	}
	CHECK_FIGURE("wavetable, all waves, 62 Hz to 12 kHz: worst alias, whole band", "dB",
		worst_db, -100.0);
	free(out);
}

/* Of a saw: those up to three quarters of half the rate, and not beyond the 512th. */
static void harmonics_are_there(void)
{
	static const float freqs_hz[] = {47.0f, 211.0f, 2500.0f, 5003.0f};
	v4f *out = series_new(N);

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (size_t f = 0; f < ARRAY_LEN(freqs_hz); f++) {
			double norm = (double)freqs_hz[f] / (double)rates_hz[r], first;

			render(out, rates_hz[r], TABLE_BASIC, 2.0f / 3.0f, freqs_hz[f]);
			first = judge_amplitude(out, 2, N, norm);
			for (int h = 1; h * norm < 0.75 * 0.5 && h <= WAVE_HARMONICS; h++) {
				double size = judge_amplitude(out, 2, N, h * norm);

				if (h > 12 && h % 19) /* a part of them is enough */
					continue;
				CHECK_FIGURE("the same: harmonics", "dB off",
					fabs(judge_db(size * h / first)), 0.1);
			}
		}
	}
	free(out);
}

static void waves_are_equally_loud(void)
{
	v4f *out = series_new(N);

	for (int w = 0; w < N_WAVE_TABLES * 4; w++) {
		render(out, 48000.0f, w / 4, (float)(w % 4) / 3.0f, 100.0f);
		CHECK_BELOW(fabs(judge_db(judge_rms(out, 0, 48 * 480) / WAVE_RMS)), 0.1);
		CHECK_BELOW(judge_peak(out, 0, N), 2.0);
	}
	free(out);
}

static void lanes_have_their_own_pitch(void)
{
	v4f *pitch = series_new(N), *out = series_new(N);
	struct bench bench;

	for (int i = 0; i < N; i++)
		pitch[i] = (v4f){57.0f, 69.0f, 81.0f, 93.0f};
	bench_open(&bench, "wavetable", 48000.0f);
	bench_set(&bench, "position", 0.0f);
	bench_plug(&bench, "pitch", pitch);
	bench_render(&bench, out, N, 64);
	for (int k = 0; k < N_LANES; k++)
		CHECK_BELOW(judge_sine_residual_db(out, k, N, 220.0 * (1 << k) / 48000.0), -110.0);
	bench_close(&bench);
	free(pitch);
	free(out);
}

/* What moves from end to end in 20 ms is no louder, far up, than what is still. */
static void nothing_clicks(void)
{
	static const struct {
		const char *key;
		float from, to;
	} moves[] = {{"position", 0.0f, 1.0f}, {"freq_hz", 300.0f, 1500.0f}, {"table", 0.0f, 2.0f}};
	v4f *move = series_new(N), *out = series_new(N);

	for (size_t m = 0; m < ARRAY_LEN(moves); m++) {
		double clean_db = JUDGE_SILENCE_DB;
		struct bench bench;

		bench_open(&bench, "wavetable", 48000.0f);
		for (int part = 0; part <= 8; part++) {
			float value =
				moves[m].from + (moves[m].to - moves[m].from) * (float)part / 8.0f;

			bench_reset(&bench);
			bench_set(&bench, moves[m].key, m == 2 ? floorf(value) : value);
			bench_render(&bench, out, N, 64);
			clean_db = fmax(clean_db, judge_burst_db(out, 0, N));
		}
		for (int i = 0; i < N; i++) {
			float part = fminf(1.0f, (float)(i % 2003) / 960.0f);

			part = i / 2003 % 2 ? part : 1.0f - part;
			move[i] = lanes_of(moves[m].from + (moves[m].to - moves[m].from) *
								   (m == 2 ? roundf(part) : part));
		}
		bench_reset(&bench);
		bench_move(&bench, moves[m].key, move);
		bench_render(&bench, out, N, 64);
		CHECK_BELOW(judge_burst_db(out, 0, N), clean_db + 2.0);
		bench_close(&bench);
	}
	free(move);
	free(out);
}

SUITE_MAIN("wavetable", {"nothing folds", nothing_folds},
	{"harmonics are there", harmonics_are_there},
	{"waves are equally loud", waves_are_equally_loud},
	{"each lane has its own pitch", lanes_have_their_own_pitch},
	{"nothing clicks", nothing_clicks})
