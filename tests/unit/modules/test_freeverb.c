/* test_freeverb.c - the room against Freeverb as it is usually written: a sample at a time. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 24000, N_COMBS = 8, N_STAGES = 4, LATE = 3 };

struct line {
	double *at, low;
	int n, i;
};

static struct line line_of(int frames, int side, double rate_hz)
{
	int n = (int)((float)(frames + 23 * side) * ((float)rate_hz / 44100.0f));

	return (struct line){.at = calloc((size_t)n, sizeof(double)), .n = n};
}

static void step(struct line *line, double write)
{
	line->at[line->i] = write;
	line->i = (line->i + 1) % line->n;
}

/* The wet signal of one side, room and damping at 0.5. */
static void reference(const v4f *in, int side, double rate_hz, double *out)
{
	static const int comb_frames[] = {1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617};
	static const int stage_frames[] = {556, 441, 341, 225};
	struct line combs[N_COMBS], stages[N_STAGES];

	for (int k = 0; k < N_COMBS; k++)
		combs[k] = line_of(comb_frames[k], side, rate_hz);
	for (int k = 0; k < N_STAGES; k++)
		stages[k] = line_of(stage_frames[k], side, rate_hz);
	for (int i = 0; i < N; i++) {
		double x = ((double)in[i][0] + (double)in[i][1]) * 0.015, sum = 0.0;

		for (int k = 0; k < N_COMBS; k++) {
			double y = combs[k].at[combs[k].i];

			combs[k].low = y * 0.8 + combs[k].low * 0.2;
			step(&combs[k], x + combs[k].low * 0.84);
			sum += y;
		}
		for (int k = 0; k < N_STAGES; k++) {
			double y = stages[k].at[stages[k].i];

			step(&stages[k], sum + y * 0.5);
			sum = y - sum;
		}
		out[i] = 2.47 * sqrt(1.0 - 0.84 * 0.84) * sum;
	}
	for (int k = 0; k < N_COMBS; k++)
		free(combs[k].at);
	for (int k = 0; k < N_STAGES; k++)
		free(stages[k].at);
}

static void is_freeverb(void)
{
	static const double rates_hz[] = {44100.0, 48000.0, 96000.0};
	v4f *in = series_noise(1, 0.5f, N), *out = series_new(N);
	double *wet = calloc(N, sizeof(*wet)), worst = 0.0, loudest = 0.0;

	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		struct bench room;

		bench_open(&room, "freeverb", (float)rates_hz[r]);
		bench_set(&room, "mix", 1.0f);
		bench_plug(&room, "in", in);
		bench_render(&room, out, N, 100);
		for (int side = 0; side < 2; side++) {
			reference(in, side, rates_hz[r], wet);
			for (int i = LATE; i < N; i++) {
				worst = fmax(worst, fabs((double)out[i][side] - wet[i - LATE]));
				loudest = fmax(loudest, fabs(wet[i - LATE]));
			}
		}
		bench_close(&room);
	}
	CU_ASSERT_TRUE(loudest > 0.1);
	CHECK_BELOW(worst, 1e-5);
	free(in);
	free(out);
	free(wet);
}

/* At width 0 both sides are the same; at mix 0 nothing of the room is heard. */
static void width_and_mix(void)
{
	v4f *in = series_noise(1, 0.5f, N), *out = series_new(N);
	struct bench room;

	bench_open(&room, "freeverb", 48000.0f);
	bench_set(&room, "width", 0.0f);
	bench_set(&room, "mix", 1.0f);
	bench_plug(&room, "in", in);
	bench_render(&room, out, N, 64);
	for (int i = 0; i < N; i += 97)
		CU_ASSERT_DOUBLE_EQUAL(out[i][0], out[i][1], 1e-6);
	bench_set(&room, "mix", 0.0f);
	bench_reset(&room);
	bench_render(&room, out, N, 64);
	for (int i = 0; i < N; i += 97)
		CU_ASSERT_EQUAL(out[i][1], in[i][1]);
	bench_close(&room);
	free(in);
	free(out);
}

SUITE_MAIN("freeverb", {"is freeverb", is_freeverb}, {"width and mix", width_and_mix})
