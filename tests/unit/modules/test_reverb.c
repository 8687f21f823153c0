/* test_reverb.c - the room: how it decays, how dense it is, what a change of it sounds like. */
#include <math.h>
#include <stdlib.h>

#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

static void open_reverb(
	struct bench *reverb, float rate_hz, float decay_s, float size, float damping)
{
	bench_open(reverb, "reverb", rate_hz);
	bench_set(reverb, "decay_s", decay_s);
	bench_set(reverb, "size", size);
	bench_set(reverb, "damping", damping);
	bench_set(reverb, "mix", 1.0f);
}

/* Energy of x after frame i, in place of x. */
static void integrate_backwards(double *x, int n)
{
	for (int i = n - 2; i >= 0; i--)
		x[i] += x[i + 1];
}

/* Seconds in which the band around freq_hz decays by 60 dB: Schroeder's integral of what is left
 * after a burst, from -5 to -35 dB. */
static double decay_of_band(float rate_hz, float decay_s, float size, float damping, double freq_hz)
{
	int n = (int)(rate_hz * decay_s * 1.5f), burst = (int)(rate_hz * 0.02f), from = -1, to = -1;
	v4f *in = series_new(n), *out = series_new(n), *band = series_new(n);
	double *energy = calloc((size_t)n, sizeof(*energy));
	struct bench reverb, filter;

	for (int i = 0; i < burst; i++)
		in[i] = lanes_of((float)(sin(2.0 * M_PI * freq_hz * i / (double)rate_hz) *
					 sin(M_PI * i / burst)));
	open_reverb(&reverb, rate_hz, decay_s, size, damping);
	bench_plug(&reverb, "in", in);
	bench_render(&reverb, out, n, 64);
	bench_open(&filter, "svf", rate_hz);
	bench_set(&filter, "mode", 2.0f);
	bench_set(&filter, "cutoff_hz", (float)freq_hz);
	bench_set(&filter, "resonance", 0.7f);
	bench_plug(&filter, "in", out);
	bench_render(&filter, band, n, 64);
	bench_reset(&filter); /* and once more: bass lasts longer */
	bench_plug(&filter, "in", band);
	bench_render(&filter, out, n, 64);
	for (int i = burst; i < n; i++)
		energy[i] = (double)(out[i][0] * out[i][0] + out[i][1] * out[i][1]);
	integrate_backwards(energy, n);
	for (int i = burst + (int)(0.1f * rate_hz); i < n; i++) {
		double db = judge_db(sqrt(energy[i] / energy[burst]));

		from = from < 0 && db < -5.0 ? i : from;
		to = to < 0 && db < -35.0 ? i : to;
	}
	bench_close(&reverb);
	bench_close(&filter);
	free(in);
	free(out);
	free(band);
	free(energy);
	return 2.0 * (to - from) / (double)rate_hz;
}

static void decays_in_the_set_time(void)
{
	static const struct {
		float rate_hz, decay_s, size, damping;
	} rooms[] = {
		{48000.0f, 0.5f, 0.2f, 0.4f},
		{48000.0f, 1.0f, 0.7f, 0.0f},
		{48000.0f, 2.0f, 0.7f, 0.4f},
		{44100.0f, 2.0f, 1.0f, 0.8f},
		{96000.0f, 2.0f, 0.7f, 0.4f},
		{48000.0f, 8.0f, 1.0f, 0.5f},
	};

	for (size_t r = 0; r < ARRAY_LEN(rooms); r++) {
		double s = decay_of_band(rooms[r].rate_hz, rooms[r].decay_s, rooms[r].size,
			rooms[r].damping, 1000.0);

		CHECK_FIGURE("reverb, 0.5 to 8 s, three rates: time for 60 dB at 1 kHz", "% off",
			fabs(s / (double)rooms[r].decay_s - 1.0) * 100.0, 10.0);
	}
}

static void treble_decays_sooner(void)
{
	double bright = decay_of_band(RATE_HZ, 2.0f, 0.7f, 0.0f, 8000.0);
	double dark = decay_of_band(RATE_HZ, 2.0f, 0.7f, 0.5f, 8000.0);

	CHECK_BELOW(fabs(bright / 2.0 - 1.0), 0.1);
	CHECK_BELOW(fabs(dark / (2.0 * pow(0.15, 0.5)) - 1.0), 0.15);
}

/* Abel and Huang's measure: the part of a 20 ms window beyond its standard deviation, to that of
 * Gaussian noise (1). A few echoes alone give far less, a metallic ring too. */
static double echo_density(const v4f *x, int side, int from, int n)
{
	double rms = judge_rms(x + from, side, n);
	int beyond = 0;

	for (int i = 0; i < n; i++)
		beyond += fabs((double)x[from + i][side]) > rms;
	return beyond / (n * 0.3173);
}

static void echoes_become_dense(void)
{
	enum { N = 48000 };
	v4f *in = series_new(N), *out = series_new(N);
	struct bench reverb;

	in[0] = lanes_of(1.0f);
	open_reverb(&reverb, RATE_HZ, 3.0f, 0.7f, 0.2f);
	bench_plug(&reverb, "in", in);
	bench_render(&reverb, out, N, 64);
	for (int side = 0; side < 2; side++) {
		CHECK_BELOW(0.7, echo_density(out, side, 9600, 4800));
		CHECK_BELOW(0.9, echo_density(out, side, 19200, 9600));
		CHECK_BELOW(0.9, echo_density(out, side, 38400, 9600));
	}
	bench_close(&reverb);
	free(in);
	free(out);
}

/* Two sides that have nothing in common at width 1, and are the same at width 0. */
static void width_is_what_the_sides_differ_by(void)
{
	enum { N = 96000 };
	v4f *in = series_noise(1, 0.3f, N), *out = series_new(N);

	for (int width = 0; width <= 1; width++) {
		double both = 0.0, left = 0.0, right = 0.0;
		struct bench reverb;

		open_reverb(&reverb, RATE_HZ, 1.0f, 0.7f, 0.2f);
		bench_set(&reverb, "width", (float)width);
		bench_plug(&reverb, "in", in);
		bench_render(&reverb, out, N, 64);
		for (int i = N / 2; i < N; i++) {
			both += (double)(out[i][0] * out[i][1]);
			left += (double)(out[i][0] * out[i][0]);
			right += (double)(out[i][1] * out[i][1]);
		}
		if (width)
			CHECK_BELOW(fabs(both / sqrt(left * right)), 0.2);
		else
			CHECK_BELOW(0.999999, both / sqrt(left * right));
		/* as loud as what went in */
		if (width)
			CHECK_BELOW(fabs(judge_db(judge_rms(out + N / 2, 0, N / 2) / 0.1732)), 4.0);
		bench_close(&reverb);
	}
	free(in);
	free(out);
}

static void pre_delay_is_silent(void)
{
	enum { N = 24000 };
	v4f *in = series_new(N), *out = series_new(N);
	int first[2];

	in[0] = lanes_of(1.0f);
	for (int late = 0; late < 2; late++) {
		struct bench reverb;

		open_reverb(&reverb, RATE_HZ, 1.0f, 0.7f, 0.2f);
		bench_set(&reverb, "predelay_ms", late ? 150.0f : 0.0f);
		bench_plug(&reverb, "in", in);
		bench_render(&reverb, out, N, 64);
		for (first[late] = 0; fabsf(out[first[late]][0]) < 1e-4f; first[late]++)
			;
		bench_close(&reverb);
	}
	CU_ASSERT_EQUAL(first[1] - first[0], 7200);
	CHECK_BELOW(first[0], 0.08 * 48000.0);
	free(in);
	free(out);
}

/* Size, pre-delay, decay and damping jump while a sine sounds. */
static void changes_do_not_click(void)
{
	enum { N = 192000 };
	static const char *const keys[] = {"size", "predelay_ms", "decay_s", "damping"};
	v4f *in = series_sine(220.0, 48000.0, 0.3f, N), *out = series_new(N), *move = series_new(N);

	for (size_t p = 0; p < ARRAY_LEN(keys); p++) {
		const struct module_desc *desc = module_find("reverb");
		const struct param_desc *param = &desc->params[module_param_find(desc, keys[p])];
		struct bench reverb;

		for (int i = 0; i < N; i++)
			move[i] = lanes_of(i / 6000 % 2 ? fminf(param->max, 6.0f) : param->min);
		open_reverb(&reverb, RATE_HZ, 1.5f, 0.6f, 0.3f);
		bench_plug(&reverb, "in", in);
		bench_move(&reverb, keys[p], move);
		bench_render(&reverb, out, N, 64);
		CHECK_BELOW(judge_burst_db(out + 96000, 0, N - 96000), -75.0);
		bench_close(&reverb);
	}
	free(in);
	free(out);
	free(move);
}

/* The longest decay with the loudest input: what comes is large, and bounded. */
static void stays_bounded(void)
{
	enum { N = 960000 };
	v4f *in = series_of(1.0f, N), *out = series_new(N);
	struct bench reverb;

	open_reverb(&reverb, RATE_HZ, 30.0f, 1.0f, 1.0f);
	bench_plug(&reverb, "in", in);
	bench_render(&reverb, out, N, 64);
	CU_ASSERT_TRUE(judge_is_finite(out, N));
	CHECK_BELOW(judge_peak(out, 0, N), 60.0);
	memset(in, 0, N * sizeof(*in));
	bench_reset(&reverb);
	bench_render(&reverb, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, N), 0.0);
	bench_close(&reverb);
	free(in);
	free(out);
}

SUITE_MAIN("reverb", {"decays in the set time", decays_in_the_set_time},
	{"treble decays sooner", treble_decays_sooner},
	{"echoes become dense", echoes_become_dense},
	{"width is what the sides differ by", width_is_what_the_sides_differ_by},
	{"pre-delay is silent", pre_delay_is_silent},
	{"changes do not click", changes_do_not_click}, {"stays bounded", stays_bounded})
