/* test_loudness.c - what may turn without a change of loudness (ITU-R BS.1770): the mix of an effect. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 480000, N_SETTLE = 192000 };

static v4f *pink_new(void)
{
	v4f *pink = series_new(N);
	struct bench noise;

	bench_open(&noise, "noise", 48000.0f);
	bench_set(&noise, "colour", 1.0f);
	bench_set(&noise, "level", 0.25f);
	bench_render(&noise, pink, N, 64);
	for (int i = 0; i < N; i++) /* the same on both sides */
		pink[i] = lanes_of(pink[i][0]);
	bench_close(&noise);
	return pink;
}

/* Pink noise through each, as it is by itself: mix 0.25 to 1 is as loud as mix 0, and mix 0 is the
 * input to the bit. */
static void any_mix_is_as_loud(void)
{
	static const char *const modules[] = {"reverb", "freeverb", "chorus", "phaser", "delay"};
	v4f *in = pink_new(), *out = series_new(N);
	double dry = judge_lufs(in + N_SETTLE, N - N_SETTLE);

	for (size_t m = 0; m < ARRAY_LEN(modules); m++) {
		bool is_delay = strcmp(modules[m], "delay") == 0;

		for (float mix = 0.0f; mix <= 1.0f; mix += 0.25f) {
			struct bench effect;
			double off;

			bench_open(&effect, modules[m], 48000.0f);
			bench_set(&effect, "mix", mix);
			bench_plug(&effect, "in", in);
			bench_render(&effect, out, N, 256);
			off = judge_lufs(out + N_SETTLE, N - N_SETTLE) - dry;
			if (is_delay) /* its first echo is as loud as the input, the others add */
				CHECK_FIGURE("delay: pink noise, any mix to none", "LU off",
					fabs(off), 0.8);
			else
				CHECK_FIGURE("reverb, freeverb, chorus, phaser: pink noise, any "
					     "mix to none",
					"LU off", fabs(off), 0.5);
			for (int i = 0; mix == 0.0f && i < N; i += 7)
				CU_ASSERT_TRUE_FATAL(
					out[i][0] == in[i][0] && out[i][1] == in[i][1]);
			bench_close(&effect);
		}
	}
	free(in);
	free(out);
}

/* A side of a wet chorus is one copy: what the other had taken away is there at every frequency. */
static void a_wet_chorus_has_no_null(void)
{
	enum { LONG = 4096 };
	v4f *in = series_new(LONG), *out = series_new(LONG);
	struct bench chorus;

	in[0] = lanes_of(1.0f);
	bench_open(&chorus, "chorus", 48000.0f);
	bench_set(&chorus, "mix", 1.0f);
	bench_set(&chorus, "rate_hz", 0.01f);
	bench_set(&chorus, "spread", 0.5f); /* neither side's copies meet */
	bench_plug(&chorus, "in", in);
	bench_render(&chorus, out, LONG, 64);
	for (int k = 0; k < 2 * 200; k++) {
		double re = 0.0, im = 0.0, norm = (50.0 + 25.0 * (k / 2)) / 48000.0;

		for (int i = 0; i < LONG; i++) {
			re += (double)out[i][k % 2] * cos(2.0 * M_PI * norm * i);
			im += (double)out[i][k % 2] * sin(2.0 * M_PI * norm * i);
		}
		CHECK_FIGURE("chorus, mix 1, 50 Hz to 5 kHz: level of any frequency", "dB off",
			fabs(judge_db(hypot(re, im))), 0.5);
	}
	bench_close(&chorus);
	free(in);
	free(out);
}

SUITE_MAIN("loudness", {"any mix is as loud", any_mix_is_as_loud},
	{"a wet chorus has no null", a_wet_chorus_has_no_null})
