/* test_drum.c - drums: decay, silence, hits. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 96000, KINDS = 4 };

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

SUITE_MAIN("drum", {"drums sound and fall silent", drums_sound_and_fall_silent},
	{"the kick has its pitch", the_kick_has_its_pitch},
	{"hits while it sounds do not click", hits_while_it_sounds_do_not_click},
	{"velocity and accent are loudness", velocity_and_accent_are_loudness})
