/* test_osc.c - the oscillator: purity, aliases, pitch, phase, fades. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

static const float rates_hz[] = {44100.0f, 48000.0f, 96000.0f};

static v4f *rendered(struct bench *osc, int n, int block)
{
	v4f *out = series_new(n);

	bench_render(osc, out, n, block);
	return out;
}

static void sine_is_pure_for_ten_seconds(void)
{
	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		int n = (int)rates_hz[r] * 10;
		struct bench osc;
		v4f *out;

		bench_open(&osc, "osc", rates_hz[r]);
		out = rendered(&osc, n, 64);
		CHECK_FIGURE("sine of 440 Hz, 10 s: what is not that sine", "dB",
			judge_sine_residual_db(out, 0, n, 440.0 / (double)rates_hz[r]), -145.0);
		free(out);
		bench_set(&osc, "freq_hz", 997.0f);
		out = rendered(&osc, n / 10, 64);
		CHECK_FIGURE("sine of 997 Hz: THD+N", "dB",
			judge_sine_residual_db(out, 3, n / 10, 997.0 / (double)rates_hz[r]),
			-145.0);
		free(out);
		bench_close(&osc);
	}
}

#define PULSE_WIDTH 0.3

static double ideal_harmonic(int shape, int h)
{
	if (shape == 1)
		return 2.0 / M_PI / h;
	if (shape == 4)
		return 4.0 / M_PI / h * fabs(sin(M_PI * h * PULSE_WIDTH));
	if (h % 2 == 0)
		return 0.0;
	return shape == 2 ? 4.0 / M_PI / h : 8.0 / (M_PI * M_PI) / h / h;
}

/* Of 5003 Hz, up to half the rate. */
static const char *const alias_figures[] = {NULL, "saw of 5003 Hz: worst alias, whole band",
	"square of 5003 Hz: worst alias, whole band",
	"triangle of 5003 Hz: worst alias, whole band",
	"pulse of 5003 Hz, width 0.3: worst alias, whole band"};

static void check_harmonics(int shape, float rate_hz, float freq_hz, double top_hz)
{
	enum { N = 65536 };
	double freq_norm = (double)freq_hz / (double)rate_hz, alias_db;
	struct bench osc;
	v4f *out;

	bench_open(&osc, "osc", rate_hz);
	bench_set(&osc, "shape", (float)shape);
	bench_set(&osc, "width", (float)PULSE_WIDTH);
	bench_set(&osc, "freq_hz", freq_hz);
	free(rendered(&osc, 256, 64));
	out = rendered(&osc, N, 64);
	alias_db = judge_worst_inharmonic_db(out, 1, N, freq_norm, top_hz / (double)rate_hz);
	if (top_hz >= (double)rate_hz / 2.0)
		CHECK_FIGURE(alias_figures[shape], "dB", alias_db, -80.0);
	CHECK_BELOW(alias_db, -80.0);
	for (int h = 1; h * (double)freq_hz < 18000.0; h += shape == 1 || shape == 4 ? 1 : 2) {
		double ideal = ideal_harmonic(shape, h);

		if (ideal < 0.01 / h) /* a pulse has gaps */
			continue;
		CHECK_FIGURE("saw, square, triangle, pulse of 211, 1661, 5003 Hz: harmonics below "
			     "18 kHz",
			"dB off", fabs(judge_db(judge_amplitude(out, 1, N, h * freq_norm) / ideal)),
			0.5);
	}
	free(out);
	bench_close(&osc);
}

static void shapes_have_no_aliases(void)
{
	for (size_t r = 0; r < ARRAY_LEN(rates_hz); r++) {
		for (int shape = 1; shape <= 4; shape++) {
			check_harmonics(shape, rates_hz[r], 5003.0f, (double)rates_hz[r] / 2.0);
			check_harmonics(shape, rates_hz[r], 1661.0f, 20000.0);
			check_harmonics(shape, rates_hz[r], 211.0f, 18000.0);
		}
	}
}

static void pitch_sets_the_frequency(void)
{
	enum { N = 48000 };
	static const double pitches[] = {21.0, 60.0, 69.0, 69.37, 100.5};

	for (size_t p = 0; p < ARRAY_LEN(pitches); p++) {
		v4f *pitch = series_of((float)pitches[p], N);
		double freq_norm =
			440.0 * exp2(((double)(float)pitches[p] - 69.0) / 12.0) / 48000.0;
		struct bench osc;
		v4f *out;

		bench_open(&osc, "osc", 48000.0f);
		bench_plug(&osc, "pitch", pitch);
		out = rendered(&osc, N, 64);
		/* what is measured is drift: 0.001 cent for a second at 2.7 kHz is -54 dB */
		CHECK_BELOW(judge_sine_residual_db(out, 0, N, freq_norm), -50.0);
		free(out);
		free(pitch);
		bench_close(&osc);
	}
}

static void lanes_have_their_own_pitch(void)
{
	enum { N = 32768 };
	v4f *pitch = series_new(N);
	struct bench osc;
	v4f *out;

	for (int i = 0; i < N; i++)
		pitch[i] = (v4f){57.0f, 69.0f, 81.0f, 93.0f};
	bench_open(&osc, "osc", 48000.0f);
	bench_plug(&osc, "pitch", pitch);
	out = rendered(&osc, N, 64);
	for (int k = 0; k < N_LANES; k++)
		CHECK_BELOW(judge_sine_residual_db(out, k, N, 220.0 * (1 << k) / 48000.0), -110.0);
	free(out);
	free(pitch);
	bench_close(&osc);
}

/* Phases must not jump where the frequency does: the largest step stays that of the highest
 * sine. */
static void frequency_changes_keep_the_phase(void)
{
	enum { N = 9600 };
	v4f *freq = series_new(N);
	unsigned seed = 1;
	struct bench osc;
	v4f *out;

	for (int i = 0; i < N; i++)
		freq[i] = i % 100 ? freq[i - 1] : lanes_of(rand_float(&seed, 20.0f, 2000.0f));
	bench_open(&osc, "osc", 48000.0f);
	bench_move(&osc, "freq_hz", freq);
	out = rendered(&osc, N, 64);
	CHECK_BELOW(judge_max_step(out, 0, N), 2.0 * M_PI * 2000.0 / 48000.0 * 1.0001);
	free(out);
	free(freq);
	bench_close(&osc);
}

static void shape_changes_do_not_click(void)
{
	enum { N = 9600 };
	for (int from = 0; from < 5; from++) {
		for (int to = 0; to < 5; to++) {
			v4f *shape = series_new(N);
			double clean = JUDGE_SILENCE_DB;
			struct bench osc;
			v4f *out;

			bench_open(&osc, "osc", 48000.0f);
			bench_set(&osc, "freq_hz", 110.0f);
			for (int s = 0; s < 2; s++) {
				bench_reset(&osc);
				bench_set(&osc, "shape", (float)(s ? to : from));
				free(rendered(&osc, 1000, 64));
				out = rendered(&osc, N, 64);
				clean = fmax(clean, judge_burst_db(out, 0, N));
				free(out);
			}
			for (int i = 0; i < N; i++)
				shape[i] = lanes_of((float)(i < 5000 ? from : to));
			bench_reset(&osc);
			bench_move(&osc, "shape", shape);
			out = rendered(&osc, N, 64);
			CHECK_BELOW(
				judge_burst_db(out + 1000, 0, N - 1000), fmax(clean + 2.0, -75.0));
			free(out);
			free(shape);
			bench_close(&osc);
		}
	}
}

static void slow_oscillators_move(void)
{
	enum { N = 48000 };
	struct bench osc;
	v4f *out;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "freq_hz", 0.01f);
	bench_set(&osc, "shape", 3.0f);
	out = rendered(&osc, N, 64); /* the triangle rises by 4 * 0.01 a second */
	CU_ASSERT_DOUBLE_EQUAL((double)out[N - 1][0], 0.04 * (N - 18) / 48000.0, 1e-6);
	free(out);
	bench_close(&osc);
}

/* A square of 110 Hz whose width sweeps from end to end in 5 ms: edges stay band-limited. */
static void width_changes_do_not_click(void)
{
	enum { N = 9600 };
	v4f *width = series_of(0.02f, N), *out;
	double clean;
	struct bench osc;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "shape", 4.0f);
	bench_set(&osc, "freq_hz", 110.0f);
	bench_move(&osc, "width", width);
	out = rendered(&osc, N, 64);
	clean = judge_burst_db(out + 100, 0, N - 100);
	free(out);
	for (int i = 0; i < N; i++) {
		int part = i % 1301 < 240 ? i % 1301 : 240;

		width[i] = lanes_of(
			i / 1301 % 2 ? 0.02f + 0.004f * (float)part : 0.98f - 0.004f * (float)part);
	}
	bench_reset(&osc);
	out = rendered(&osc, N, 64);
	CHECK_BELOW(judge_burst_db(out + 100, 0, N - 100), fmax(clean + 3.0, -75.0));
	free(out);
	/* and a jump that no one smoothed, at the border of two blocks */
	bench_reset(&osc);
	bench_set(&osc, "width", 0.2f);
	free(rendered(&osc, 6400, 64));
	bench_set(&osc, "width", 0.7f);
	out = rendered(&osc, 3200, 64);
	CHECK_BELOW(judge_burst_db(out, 0, 3200), fmax(clean + 3.0, -75.0));
	free(out);
	free(width);
	bench_close(&osc);
}

/* FM of a sine by a sine: sidebands are Bessel functions of depth / frequency, here 2. */
static void fm_moves_the_frequency_by_hertz(void)
{
	enum { N = 48000 };
	static const double bessel[] = {0.2238907791, 0.5767248078, 0.3528340286, 0.1289432495};
	v4f *fm = series_sine(200.0, 48000.0, 1.0f, N), *out;
	struct bench osc;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "freq_hz", 1000.0f);
	bench_set(&osc, "fm_hz", 400.0f);
	bench_plug(&osc, "fm", fm);
	out = rendered(&osc, N, 64);
	for (int k = 0; k < 4; k++) {
		double upper = judge_amplitude(out, 2, N, (1000.0 + 200.0 * k) / 48000.0);

		CHECK_BELOW(fabs(judge_db(upper / bessel[k])), 0.05);
	}
	free(out);
	bench_set(&osc, "shape", 1.0f); /* through zero, with edges passed in both directions */
	bench_set(&osc, "fm_hz", 10000.0f);
	bench_set(&osc, "freq_hz", 50.0f);
	bench_reset(&osc); /* the FM from its beginning */
	out = rendered(&osc, 2000, 64);
	CHECK_BELOW(judge_peak(out, 0, 2000), 1.4);
	free(out);
	free(fm);
	bench_close(&osc);
}

/* FM far beyond half the rate, up and down: the frequency stays where it ends, however deep. */
static void fm_ends_at_the_limits(void)
{
	enum { N = 4096, RATE = 48000 };
	static const struct {
		float freq_hz, fm;
		double ends_hz;
	} rows[] = {{10000.0f, 9.0f, 23520.0}, {400.0f, -9.0f, 23520.0}, {10000.0f, -9.0f, 14000.0},
		{1000.0f, -2.39f, 22900.0}};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		v4f *fm = series_of(rows[r].fm, N), *out;
		struct bench osc;

		bench_open(&osc, "osc", (float)RATE);
		bench_set(&osc, "freq_hz", rows[r].freq_hz);
		bench_set(&osc, "fm_hz", 10000.0f);
		bench_plug(&osc, "fm", fm);
		out = rendered(&osc, N, 64);
		CHECK_BELOW(judge_sine_residual_db(out, 0, N, rows[r].ends_hz / RATE), -60.0);
		free(out);
		free(fm);
		bench_close(&osc);
	}
}

static void tuning_adds_semitones_and_cents(void)
{
	enum { N = 32768 };
	double freq_norm = 220.0 * exp2(7.13 / 12.0) / 48000.0;
	v4f *pitch = series_of(57.0f, N), *out;
	struct bench osc;

	bench_open(&osc, "osc", 48000.0f);
	bench_set(&osc, "freq_hz", 220.0f);
	bench_set(&osc, "tune_semis", 7.0f);
	bench_set(&osc, "fine_cents", 13.0f);
	out = rendered(&osc, N, 64);
	CHECK_BELOW(judge_sine_residual_db(out, 0, N, freq_norm), -50.0);
	free(out);
	bench_reset(&osc);
	bench_plug(&osc, "pitch", pitch);
	out = rendered(&osc, N, 64);
	CHECK_BELOW(judge_sine_residual_db(out, 0, N, freq_norm), -50.0);
	free(out);
	free(pitch);
	bench_close(&osc);
}

SUITE_MAIN("osc", {"a sine is pure for ten seconds", sine_is_pure_for_ten_seconds},
	{"shapes have no aliases and true harmonics", shapes_have_no_aliases},
	{"pitch sets the frequency", pitch_sets_the_frequency},
	{"each lane has its own pitch", lanes_have_their_own_pitch},
	{"frequency changes keep the phase", frequency_changes_keep_the_phase},
	{"shape changes do not click", shape_changes_do_not_click},
	{"width changes do not click", width_changes_do_not_click},
	{"FM moves the frequency by hertz", fm_moves_the_frequency_by_hertz},
	{"FM ends at the limits", fm_ends_at_the_limits},
	{"tuning adds semitones and cents", tuning_adds_semitones_and_cents},
	{"slow oscillators move", slow_oscillators_move})
