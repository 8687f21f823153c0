/* Filters are where they say, at every rate: the corner within 2 % and 0.5 dB, and a slope within
 * 0.5 dB an octave of the analogue filter's, from the impulse response of each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 65536, MAX_SET = 4 };

#define PULSE     0.001
#define ECHO_MS   400.0f /* of a delay, whose filters are heard in its second echo */
#define TOP_SLOPE 0.1    /* of the rate: nearer to the half of it every digital filter is steeper */

enum kind { LOWPASS, HIGHPASS };

static const struct filter {
	const char *module, *cutoff;
	struct {
		const char *key;
		float value;
	} set[MAX_SET];
	enum kind kind;
	int n_poles;     /* at one place, */
	double damping;  /* but for two that have this 1/Q */
	double feedback; /* around four of them */
	float from_hz, to_hz;
} filters[] = {
	{"svf", "cutoff_hz", {{"resonance", 0.0f}}, LOWPASS, 2, 2.0, 0.0, 30.0f, 12000.0f},
	{"svf", "cutoff_hz", {{"resonance", 0.5f}}, LOWPASS, 2, 0.53, 0.0, 30.0f, 12000.0f},
	{"svf", "cutoff_hz", {{"mode", 1.0f}, {"resonance", 0.0f}}, HIGHPASS, 2, 2.0, 0.0, 30.0f,
		12000.0f},
	{"svf", "cutoff_hz", {{"mode", 1.0f}, {"resonance", 0.5f}}, HIGHPASS, 2, 0.53, 0.0, 30.0f,
		12000.0f},
	{"ladder", "cutoff_hz", {{"resonance", 0.0f}}, LOWPASS, 4, 0.0, 0.0, 30.0f, 12000.0f},
	{"ladder", "cutoff_hz", {{"resonance", 0.4f}}, LOWPASS, 4, 0.0, 2.0, 30.0f, 12000.0f},
	{"dcblock", "cutoff_hz", {{NULL, 0.0f}}, HIGHPASS, 1, 0.0, 0.0, 10.0f, 200.0f},
	{"drive", "tone_hz", {{"drive_db", 0.0f}, {"shape", 1.0f}}, LOWPASS, 1, 0.0, 0.0, 300.0f,
		6000.0f},
	{"delay", "low_cut_hz", {{"time_ms", ECHO_MS}, {"feedback", 0.9f}, {"mix", 1.0f}}, HIGHPASS,
		1, 0.0, 0.0, 60.0f, 2000.0f},
	{"delay", "high_cut_hz", {{"time_ms", ECHO_MS}, {"feedback", 0.9f}, {"mix", 1.0f}}, LOWPASS,
		1, 0.0, 0.0, 300.0f, 12000.0f},
};

/* The analogue filter at w times its corner, to its passband. */
static double ideal(const struct filter *filter, double w)
{
	double x = filter->kind == LOWPASS ? w : 1.0 / w;
	double re = 1.0 - 6.0 * x * x + x * x * x * x + filter->feedback;

	if (filter->n_poles == 1)
		return 1.0 / hypot(1.0, x);
	if (filter->n_poles == 2)
		return 1.0 / hypot(1.0 - x * x, filter->damping * x);
	return (1.0 + filter->feedback) / hypot(re, 4.0 * x - 4.0 * x * x * x);
}

static double gain_of(const v4f *h, int n, double freq_norm)
{
	double re = 0.0, im = 0.0, c = 1.0, s = 0.0;
	double step_c = cos(2.0 * M_PI * freq_norm), step_s = sin(2.0 * M_PI * freq_norm);

	for (int i = 0; i < n; i++) {
		double next = c * step_c - s * step_s;

		re += (double)h[i][0] * c;
		im += (double)h[i][0] * s;
		s = s * step_c + c * step_s;
		c = next;
	}
	return hypot(re, im);
}

struct response {
	const v4f *h;
	int n;
	double rate_hz, passband;
};

static double gain_db(const struct response *response, double freq_hz)
{
	return judge_db(gain_of(response->h, response->n, freq_hz / response->rate_hz) /
			response->passband);
}

/* Where its gain is the ideal corner's: between half and double the cutoff it only falls, or only
 * rises, beyond a resonance. */
static double corner_hz(const struct response *response, const struct filter *filter, double cutoff)
{
	double want_db = judge_db(ideal(filter, 1.0)), lo = cutoff * 0.9, hi = cutoff * 1.1;

	for (int i = 0; i < 20; i++) {
		double middle = sqrt(lo * hi);
		bool is_above = gain_db(response, middle) > want_db;

		if (is_above == (filter->kind == LOWPASS))
			lo = middle;
		else
			hi = middle;
	}
	return sqrt(lo * hi);
}

static void check_filter(const struct filter *filter, float rate_hz, float cutoff, const v4f *in,
	v4f *out, double worst[3])
{
	bool is_delay = strcmp(filter->module, "delay") == 0;
	int at = is_delay ? (int)(ECHO_MS * rate_hz / 1000.0f) : 0;
	double ratio = filter->kind == LOWPASS ? 8.0 : 1.0 / 8.0, fc = (double)cutoff;
	struct response response = {out + 2 * at, is_delay ? at : N, (double)rate_hz, PULSE};
	struct bench bench;

	bench_open(&bench, filter->module, rate_hz);
	for (int k = 0; k < MAX_SET && filter->set[k].key; k++)
		bench_set(&bench, filter->set[k].key, filter->set[k].value);
	bench_set(&bench, filter->cutoff, cutoff);
	bench_plug(&bench, "in", in);
	bench_render(&bench, out, N + 2 * at, 64);
	bench_close(&bench);
	response.passband *= is_delay ? 0.9 : 1.0;
	/* half of the bass that feedback takes is given back */
	response.passband *= (1.0 + filter->feedback / 2.0) / (1.0 + filter->feedback);
	worst[0] = fmax(worst[0], fabs(gain_db(&response, fc) - judge_db(ideal(filter, 1.0))));
	worst[1] = fmax(worst[1], fabs(corner_hz(&response, filter, fc) / fc - 1.0) * 100.0);
	if (fc * 8.0 < TOP_SLOPE * (double)rate_hz || filter->kind == HIGHPASS) {
		double fall = gain_db(&response, fc * ratio) - gain_db(&response, fc * ratio / 2.0);
		double want = judge_db(ideal(filter, ratio) / ideal(filter, ratio / 2.0));

		if (filter->kind == HIGHPASS) {
			fall = gain_db(&response, fc * ratio) -
			       gain_db(&response, fc * ratio * 2.0);
			want = judge_db(ideal(filter, ratio) / ideal(filter, ratio * 2.0));
		}
		worst[2] = fmax(worst[2], fabs(fall - want));
	}
}

static void corners_and_slopes_are_the_analogue_ones(void)
{
	static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};
	v4f *in = series_new(N + 96000), *out = series_new(N + 96000);

	in[0] = lanes_of((float)PULSE);
	for (size_t f = 0; f < ARRAY_LEN(filters); f++) {
		double worst[3] = {0.0, 0.0, 0.0};

		for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
			for (float hz = filters[f].from_hz; hz <= filters[f].to_hz * 1.001f;
				hz *= cbrtf(filters[f].to_hz / filters[f].from_hz))
				check_filter(&filters[f], rates_hz[r], hz, in, out, worst);
		}
		if (getenv("CHRONUS_TEST_FIGURES"))
			printf("\n    %s.%s:", filters[f].module, filters[f].cutoff);
		CHECK_FIGURE("svf, ladder, dcblock, cuts of delay, tone of drive, 44.1 to 96 kHz: "
			     "gain at the corner",
			"dB off", worst[0], 0.5);
		CHECK_FIGURE("the same: corner", "% off", worst[1], 2.0);
		CHECK_FIGURE("the same: slope, up to a tenth of the rate", "dB an octave off",
			worst[2], 0.5);
	}
	free(in);
	free(out);
}

/* Noise of +-0.1 while each frequency of a filter is anywhere in its range at every frame, at its
 * highest resonance (Q 20 for svf): within 2. */
#define OTHERS "eq, dcblock, drive, delay, phaser: the same"

static void jumping_corners_stay_quiet(void)
{
	static const struct {
		const char *figure, *module, *key, *resonance;
		float value;
		const char *other; /* that has this value */
		float other_value;
	} rows[] = {{"svf, noise of 0.1, Q 20, cutoff anywhere at every frame: peak", "svf",
			    "cutoff_hz", "resonance", 0.92857143f, NULL, 0.0f},
		{"ladder at its highest resonance: the same", "ladder", "cutoff_hz", "resonance",
			1.0f, NULL, 0.0f},
		{OTHERS, "eq", "mid1_hz", "mid1_q", 10.0f, "mid1_db", 15.0f},
		{OTHERS, "eq", "low_hz", "low_db", 15.0f, NULL, 0.0f},
		{OTHERS, "eq", "high_hz", "high_db", 15.0f, NULL, 0.0f},
		{OTHERS, "dcblock", "cutoff_hz", NULL, 0.0f, NULL, 0.0f},
		{OTHERS, "drive", "tone_hz", NULL, 0.0f, NULL, 0.0f},
		{OTHERS, "delay", "low_cut_hz", "feedback", 0.98f, NULL, 0.0f},
		{OTHERS, "delay", "high_cut_hz", "feedback", 0.98f, NULL, 0.0f},
		{OTHERS, "phaser", "center_hz", "feedback", 0.95f, "mix", 1.0f},
		{OTHERS, "phaser", "center_hz", "feedback", -0.95f, "mix", 1.0f}};
	enum { LONG = 480000 };
	v4f *in = series_noise(7, 0.1f, LONG), *out = series_new(LONG), *jumps = series_new(LONG);

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		const struct param_desc *param;
		unsigned seed = 9;
		struct bench bench;

		bench_open(&bench, rows[r].module, 48000.0f);
		param = &bench.desc->params[module_param_find(bench.desc, rows[r].key)];
		for (int i = 0; i < LONG; i++)
			jumps[i] = lanes_of((float)param_from_norm(
				param, (double)rand_float(&seed, 0.0f, 1.0f)));
		bench_move(&bench, rows[r].key, jumps);
		if (rows[r].resonance)
			bench_set(&bench, rows[r].resonance, rows[r].value);
		if (rows[r].other)
			bench_set(&bench, rows[r].other, rows[r].other_value);
		bench_plug(&bench, "in", in);
		bench_render(&bench, out, LONG, 64);
		if (getenv("CHRONUS_TEST_FIGURES"))
			printf("\n    %s.%s:", rows[r].module, rows[r].key);
		CHECK_FIGURE(rows[r].figure, "", judge_peak(out, 0, LONG), 2.0);
		bench_close(&bench);
	}
	free(in);
	free(out);
	free(jumps);
}

SUITE_MAIN("corners", {"jumping corners stay quiet", jumping_corners_stay_quiet},
	{"corners and slopes are the analogue ones", corners_and_slopes_are_the_analogue_ones})
