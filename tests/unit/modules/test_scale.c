/* test_scale.c - factor, offset, notes of scales. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 4000 };

static void it_is_offset_and_factor(void)
{
	v4f *in = series_noise(1, 1.0f, N), *out = series_new(N);
	struct bench scale;

	bench_open(&scale, "scale", 48000.0f);
	bench_set(&scale, "factor", -12.0f);
	bench_set(&scale, "offset", 60.0f);
	bench_plug(&scale, "in", in);
	bench_render(&scale, out, N, 64);
	for (int i = 0; i < N; i++)
		CU_ASSERT_EQUAL(out[i][1], 60.0f + -12.0f * in[i][1]);
	free(in);
	free(out);
	bench_close(&scale);
}

/* Every pitch from -20 to 140 goes to the nearest of the notes that are meant, in every root. */
static void check_scale(int name, const char *notes)
{
	v4f *in = series_new(N), *out = series_new(N);

	/* far from each other, one after the other: no note is held */
	for (int i = 0; i < N; i++)
		in[i] = lanes_of(-20.0f + 160.0f * ((float)(i * 1237 % N) + 0.3f) / N);
	for (int root = 0; root < 12; root++) {
		struct bench scale;

		bench_open(&scale, "scale", 48000.0f);
		bench_set(&scale, "scale", (float)name);
		bench_set(&scale, "root", (float)root);
		bench_plug(&scale, "in", in);
		bench_render(&scale, out, N, 64);
		for (int i = 0; i < N; i++) {
			double best = 1e9, x = (double)in[i][0];

			for (int note = -40; note < 170; note++) {
				if (notes[(note - root + 240) % 12] == 'x')
					best = fmin(best, fabs(note - x));
			}
			CHECK_BELOW(fabs(fabs((double)out[i][0] - x) - best), 1e-4);
			CU_ASSERT_EQUAL(notes[((int)out[i][0] - root + 240) % 12], 'x');
			CU_ASSERT_EQUAL(out[i][0], floorf(out[i][0]));
		}
		bench_close(&scale);
	}
	free(in);
	free(out);
}

static void pitches_go_to_the_nearest_note(void)
{
	static const char *const notes[] = {NULL, "xxxxxxxxxxxx", "x.x.xx.x.x.x", "x.xx.x.xx.x.",
		"x.xx.x.xx..x", "x.xx.x.x.xx.", "xx.x.x.xx.x.", "x.x.x.xx.x.x", "x.x.xx.x.xx.",
		"x.x.x..x.x..", "x..x.x.x..x.", "x..x.xxx..x.", "x.x.x.x.x.x.", "x......x....",
		"x..........."};

	for (int name = 1; name < (int)ARRAY_LEN(notes); name++)
		check_scale(name, notes[name]);
}

/* A pitch that trembles about the middle of two notes keeps its note; one that goes on leaves it
 * 0.1 semitones behind the middle, either way. */
static void a_note_is_held(void)
{
	v4f *in = series_new(N), *out = series_new(N);
	int n_changes = 0;
	struct bench scale;

	for (int i = 0; i < N; i++)
		in[i] = lanes_of(60.5f + 0.02f * (float)sin(0.13 * i));
	bench_open(&scale, "scale", 48000.0f);
	bench_set(&scale, "scale", 1.0f);
	bench_plug(&scale, "in", in);
	bench_render(&scale, out, N, 64);
	for (int i = 1; i < N; i++)
		n_changes += out[i][0] != out[i - 1][0];
	CU_ASSERT_EQUAL(n_changes, 0);
	for (int i = 0; i < N; i++)
		in[i] = lanes_of(60.0f + fabsf(2.0f - 4.0f * (float)i / N));
	bench_reset(&scale);
	bench_render(&scale, out, N, 64);
	for (int i = 0; i < N; i++) {
		float middle = i < N / 2 ? -0.1f : 0.1f;
		float want = floorf(in[i][0] + 0.5f - middle);

		if (fabsf(in[i][0] - middle - 60.5f - floorf(in[i][0] - middle - 60.0f)) > 1e-3f)
			CU_ASSERT_EQUAL(out[i][0], want);
	}
	bench_close(&scale);
	free(in);
	free(out);
}

SUITE_MAIN("scale", {"it is offset and factor", it_is_offset_and_factor},
	{"pitches go to the nearest note", pitches_go_to_the_nearest_note},
	{"a note is held", a_note_is_held})
