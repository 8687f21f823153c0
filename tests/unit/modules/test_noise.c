/* test_noise.c - noise: slope, level, lanes, fades; and what is random in any module. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "patch/program.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 1 << 20 };

/* Mean power in a narrow band. */
static double power_of(const v4f *x, double freq_hz, double rate_hz)
{
	int size = (int)(24.0 * rate_hz / freq_hz), hop = size / 2;
	double sum = 0.0;
	int n = 0;

	size = size > N / 8 ? N / 8 : size;
	for (int at = 0; at + size <= N && n < 3000; at += hop, n++) {
		double re = 0.0, im = 0.0, c = 1.0, s = 0.0;
		double wc = cos(2.0 * M_PI * freq_hz / rate_hz);
		double ws = sin(2.0 * M_PI * freq_hz / rate_hz);

		for (int i = 0; i < size; i++) {
			double window = i < size / 2 ? i : size - i, next = c * wc - s * ws;
			double v = window / size * (double)x[at + i][1];

			re += v * c;
			im += v * s;
			s = c * ws + s * wc;
			c = next;
		}
		sum += (re * re + im * im) / size;
	}
	return sum / n;
}

/* A straight line through the levels at 5 points an octave, 40 Hz to 16 kHz, and how far its ends
 * and its middle are from the ideal line through all. */
static void check_slope(int colour, double ideal_db)
{
	enum { POINTS = 44 };
	v4f *out = series_new(N);
	double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, y[POINTS], slope;
	struct bench noise;

	bench_open(&noise, "noise", 48000.0f);
	bench_set(&noise, "colour", (float)colour);
	bench_render(&noise, out, N, 64);
	for (int p = 0; p < POINTS; p++) {
		double x = 8.64 * p / (POINTS - 1);

		y[p] = 10.0 * log10(power_of(out, 40.0 * exp2(x), 48000.0));
		sx += x;
		sy += y[p];
		sxx += x * x;
		sxy += x * y[p];
	}
	slope = (POINTS * sxy - sx * sy) / (POINTS * sxx - sx * sx);
	CHECK_FIGURE("white, pink, brown noise, 40 Hz to 16 kHz: slope", "dB an octave off",
		fabs(slope - ideal_db), 0.15);
	for (int part = 0; part < 4; part++) { /* each quarter's mean lies on the line */
		double off = 0.0;

		for (int p = part * POINTS / 4; p < (part + 1) * POINTS / 4; p++)
			off += y[p] - sy / POINTS -
			       ideal_db * (8.64 * p / (POINTS - 1) - sx / POINTS);
		CHECK_BELOW(fabs(off / (POINTS / 4)), 0.5);
	}
	CHECK_BELOW(judge_peak(out, 0, N), 1.0);
	CU_ASSERT_TRUE(judge_rms(out, 0, N) > 0.05);
	free(out);
	bench_close(&noise);
}

static void white_is_flat(void)
{
	check_slope(0, 0.0);
}

static void pink_falls_by_3_db(void)
{
	check_slope(1, -3.0103);
}

static void brown_falls_by_6_db(void)
{
	check_slope(2, -6.0206);
}

static void lanes_are_strangers(void)
{
	enum { SHORT = 48000 };
	v4f *out = series_new(SHORT);
	struct bench noise;

	bench_open(&noise, "noise", 48000.0f);
	bench_set(&noise, "level", 1.0f);
	bench_render(&noise, out, SHORT, 64);
	for (int a = 0; a < N_LANES; a++) {
		for (int b = 0; b < a; b++) {
			double dot = 0.0;

			for (int i = 0; i < SHORT; i++)
				dot += (double)out[i][a] * (double)out[i][b];
			CHECK_BELOW(fabs(dot / SHORT * 3.0), 0.02);
		}
	}
	free(out);
	bench_close(&noise);
}

/* n blocks of what is heard of a patch, left. */
static void play(const char *text, float *out, int n)
{
	struct program_config config = {.rate_hz = 48000.0f, .block_frames = 64, .generation = 1};
	static struct arena arena;
	struct program *program;
	struct patch *patch;
	struct diag diag;
	float stereo[128];

	if (!arena.base && arena_open(&arena, 16u << 20) < 0)
		abort();
	if (patch_read_text(text, strlen(text), "test", &patch, &diag) < 0 ||
		program_compile(patch, &config, &arena, &program, &diag) < 0)
		CU_FAIL_FATAL(diag.text);
	for (int b = 0; b < n; b++) {
		program_render(program, stereo);
		for (int i = 0; i < 64; i++)
			out[64 * b + i] = stereo[2 * i];
	}
	patch_free(patch);
}

/* Two of a kind in one patch have nothing in common: their difference is as loud as both together. */
static void two_of_a_kind_are_strangers(void)
{
	static const char *const kinds[] = {"type = noise\n", "type = noise\ncolour = pink\n",
		"type = lfo\nshape = sample_hold\nrate_hz = 100\n", "type = sah\ngate = gate\n",
		"type = drum\nkind = snare\nsnap = 1\ngate = gate\n",
		"type = pluck\ngate = gate\n"};
	enum { BLOCKS = 1500 };
	static float one[64 * BLOCKS], both[64 * BLOCKS];

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		double own = 0.0, left = 0.0;
		char text[400];

		for (int is_both = 0; is_both < 2; is_both++) {
			snprintf(text, sizeof(text),
				"[gate]\ntype = clock\ndivision = 1/32\n[a]\n%s[b]\n%s"
				"[out]\nin = %s\n",
				kinds[k], kinds[k], is_both ? "a * 0.2 + b * -0.2" : "a * 0.2");
			play(text, is_both ? both : one, BLOCKS);
		}
		for (int i = 0; i < 64 * BLOCKS; i++) {
			own += (double)one[i] * (double)one[i];
			left += (double)both[i] * (double)both[i];
		}
		CU_ASSERT_TRUE(own > 1.0);
		CHECK_BELOW(fabs(judge_db(sqrt(left / own)) - 3.0), 1.0);
	}
}

/* Brown to white and back: the low sound goes on while the high one comes. */
static void colours_are_faded(void)
{
	enum { SHORT = 4800 };
	v4f *out = series_new(SHORT), *colour = series_new(SHORT);
	struct bench noise;

	for (int i = 0; i < SHORT; i++)
		colour[i] = lanes_of(i < 2400 ? 2.0f : 1.0f);
	bench_open(&noise, "noise", 48000.0f);
	bench_set(&noise, "level", 1.0f);
	bench_move(&noise, "colour", colour);
	bench_render(&noise, out, SHORT, 64);
	for (int i = 2400; i < 2400 + 24; i++) /* a tenth of the fade */
		CHECK_BELOW(fabs((double)(out[i][0] - out[i - 1][0])), 0.2);
	free(out);
	free(colour);
	bench_close(&noise);
}

SUITE_MAIN("noise", {"white is flat", white_is_flat}, {"pink falls by 3 dB", pink_falls_by_3_db},
	{"brown falls by 6 dB", brown_falls_by_6_db}, {"lanes are strangers", lanes_are_strangers},
	{"two of a kind are strangers", two_of_a_kind_are_strangers},
	{"colours are faded", colours_are_faded})
