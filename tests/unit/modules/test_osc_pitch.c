/* test_osc_pitch.c - the oscillator at any pitch, and while its pitch moves. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { SINE, SAW, SQUARE, TRIANGLE, PULSE, N_SHAPES };

static void open_osc(struct bench *osc, int shape, float rate_hz)
{
	bench_open(osc, "osc", rate_hz);
	bench_set(osc, "shape", (float)shape);
	bench_set(osc, "width", 0.3f);
}

/* What cannot be had at every pitch: harmonics just above half the rate fold to just below it. So
 * the whole band has one limit, and what is heard another. */
static void aliases_at_any_pitch(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	enum { N = 32768 };
	v4f *out = series_new(N);
	double audible = JUDGE_SILENCE_DB, all = JUDGE_SILENCE_DB;

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (int shape = SAW; shape < N_SHAPES; shape++) {
			for (float hz = 103.0f; hz < 10000.0f; hz *= 1.2337f) {
				double rate_hz = (double)rates_hz[r], norm = (double)hz / rate_hz;
				struct bench osc;

				open_osc(&osc, shape, rates_hz[r]);
				bench_set(&osc, "freq_hz", hz);
				bench_render(&osc, out, 256, 64);
				bench_render(&osc, out, N, 64);
				audible = fmax(audible, judge_worst_inharmonic_db(out, 1, N, norm,
								20000.0 / rate_hz));
				all = fmax(all, judge_worst_inharmonic_db(out, 1, N, norm, 0.5));
				bench_close(&osc);
			}
		}
	}
	CHECK_FIGURE(
		"all shapes, 100 Hz to 10 kHz: worst alias below 20 kHz", "dB", audible, -80.0);
	CHECK_FIGURE("the same, up to half the rate", "dB", all, -58.0);
	free(out);
}

/* Exponential FM: the pitch swings by an octave either way, 200 times a second. The sine is the one
 * whose phase is the sum of its frequencies. */
static void pitch_is_exponential_fm(void)
{
	enum { N = 48000 };
	v4f *pitch = series_new(N), *out = series_new(N), *want = series_new(N);
	double phase = 0.0;
	struct bench osc;

	for (int i = 0; i < N; i++) {
		double octaves = sin(2.0 * M_PI * 200.0 / 48000.0 * i);

		pitch[i] = lanes_of((float)(69.0 + 12.0 * octaves));
		phase += 440.0 * exp2(((double)pitch[i][0] - 69.0) / 12.0) / 48000.0;
		want[i] = lanes_of((float)sin(2.0 * M_PI * fmod(phase, 1.0)));
	}
	open_osc(&osc, SINE, 48000.0f);
	bench_plug(&osc, "pitch", pitch);
	bench_render(&osc, out, N, 64);
	CHECK_FIGURE("exponential FM by an octave at 200 Hz: to the ideal", "dB",
		judge_difference_db(out, want, N), -100.0);
	bench_close(&osc);
	free(pitch);
	free(out);
	free(want);
}

/* FM deeper than half the rate ends at the same frequency whether the pitch stands or has just begun
 * to move: the block's size says which frames are which. */
static void deep_fm_is_the_same_in_any_block(void)
{
	enum { N = 9600 };
	v4f *pitch = series_new(N), *fm = series_noise(5, 9.0f, N);
	v4f *small = series_new(N), *large = series_new(N);
	struct bench osc;

	for (int i = 0; i < N; i++)
		pitch[i] = lanes_of(100.0f + (float)(i / 300 % 12));
	open_osc(&osc, SAW, 48000.0f);
	bench_set(&osc, "fm_hz", 10000.0f);
	bench_plug(&osc, "pitch", pitch);
	bench_plug(&osc, "fm", fm);
	bench_render(&osc, small, N, 16);
	bench_reset(&osc);
	bench_render(&osc, large, N, 64);
	CHECK_BELOW(judge_difference_db(small, large, N), -60.0);
	bench_close(&osc);
	free(pitch);
	free(fm);
	free(small);
	free(large);
}

/* A pitch that jumps by an octave, also at every moment of a cycle: edges stay band-limited. A sine
 * then has a kink, as it must (-68 dB). */
static void pitch_jumps_do_not_click(void)
{
	enum { N = 24000 };
	v4f *pitch = series_new(N), *out = series_new(N);

	for (int shape = SINE; shape < N_SHAPES; shape++) {
		double clean = JUDGE_SILENCE_DB;
		struct bench osc;

		open_osc(&osc, shape, 48000.0f);
		bench_plug(&osc, "pitch", pitch);
		for (int kind = 0; kind < 3; kind++) {
			double burst;

			for (int i = 0; i < N; i++)
				pitch[i] =
					lanes_of(45.0f + (kind < 2 ? 12.0f * (float)kind
								   : 12.0f * (float)(i / 601 % 2)));
			bench_reset(&osc);
			osc.at = 0;
			bench_render(&osc, out, N, 64);
			burst = judge_burst_db(out + 1000, 0, N - 1000);
			if (kind < 2)
				clean = fmax(clean, burst);
			else
				CHECK_BELOW(burst, fmax(clean + 3.0, -65.0));
		}
		bench_close(&osc);
	}
	free(pitch);
	free(out);
}

SUITE_MAIN("osc pitch", {"aliases at any pitch", aliases_at_any_pitch},
	{"pitch is exponential FM", pitch_is_exponential_fm},
	{"deep FM is the same in any block", deep_fm_is_the_same_in_any_block},
	{"pitch jumps do not click", pitch_jumps_do_not_click})
