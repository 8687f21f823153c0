/* test_pluck.c - the plucked string: tuning, decay, position, silence. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N = 96000 };

static v4f *gate_at(int first, int n)
{
	v4f *gate = series_new(n);

	for (int i = first; i < first + 100; i++)
		gate[i] = lanes_of(1.0f);
	return gate;
}

/* Near freq_hz, to 0.1 cent, by golden section */
static double strongest_hz(const v4f *x, int n, double freq_hz)
{
	double lo = freq_hz * exp2(-10.0 / 1200.0), hi = freq_hz * exp2(10.0 / 1200.0);

	while (hi / lo > exp2(0.1 / 1200.0)) {
		double a = hi - (hi - lo) * 0.618034, b = lo + (hi - lo) * 0.618034;

		if (judge_amplitude(x, 0, n, a / 48000.0) > judge_amplitude(x, 0, n, b / 48000.0))
			hi = b;
		else
			lo = a;
	}
	return (lo + hi) / 2.0;
}

static void strings_are_in_tune(void)
{
	v4f *gate = gate_at(0, N), *out = series_new(N);

	for (float freq_hz = 40.0f; freq_hz < 2001.0f; freq_hz *= 1.3846f) {
		for (int bright = 0; bright < 3; bright++) {
			struct bench pluck;
			double cents;

			bench_open(&pluck, "pluck", 48000.0f);
			bench_set(&pluck, "freq_hz", freq_hz);
			bench_set(&pluck, "brightness", 0.5f * (float)bright);
			bench_set(&pluck, "decay_ms", 10000.0f);
			bench_plug(&pluck, "gate", gate);
			bench_render(&pluck, out, N, 64);
			cents = 1200.0 * log2(strongest_hz(out + 9600, 65536, (double)freq_hz) /
						 (double)freq_hz);
			CHECK_FIGURE("plucked string, 40 Hz to 2 kHz: pitch", "cents off",
				fabs(cents), 2.0);
			bench_close(&pluck);
		}
	}
	free(gate);
	free(out);
}

static void the_fundamental_decays_in_time(void)
{
	enum { PART = 8192 };
	v4f *gate = gate_at(0, N), *out = series_new(N);

	for (float freq_hz = 55.0f; freq_hz < 1000.0f; freq_hz *= 2.1f) {
		struct bench pluck;
		double fall_db;

		bench_open(&pluck, "pluck", 48000.0f);
		bench_set(&pluck, "freq_hz", freq_hz);
		bench_set(&pluck, "decay_ms", 2000.0f);
		bench_plug(&pluck, "gate", gate);
		bench_render(&pluck, out, N, 64);
		fall_db =
			judge_db(judge_amplitude(out + 57600, 0, PART, (double)freq_hz / 48000.0) /
				 judge_amplitude(out + 9600, 0, PART, (double)freq_hz / 48000.0));
		CHECK_BELOW(fabs(fall_db + 30.0), 1.0); /* a second is half of the time */
		bench_close(&pluck);
	}
	free(gate);
	free(out);
}

/* As it is set, high up too: a second of ten is a tenth of 60 dB. */
static void high_strings_decay_in_time(void)
{
	enum { PART = 8192 };
	v4f *gate = gate_at(0, N), *out = series_new(N);

	for (float brightness = 0.0f; brightness < 1.1f; brightness += 0.5f) {
		const double freq_hz = 1318.51; /* E6 */
		struct bench pluck;
		double fall_db;

		bench_open(&pluck, "pluck", 48000.0f);
		bench_set(&pluck, "freq_hz", (float)freq_hz);
		bench_set(&pluck, "brightness", brightness);
		bench_set(&pluck, "decay_ms", 10000.0f);
		bench_plug(&pluck, "gate", gate);
		bench_render(&pluck, out, N, 64);
		fall_db = judge_db(judge_amplitude(out + 57600, 0, PART, freq_hz / 48000.0) /
				   judge_amplitude(out + 9600, 0, PART, freq_hz / 48000.0));
		CHECK_FIGURE("plucked E6, decay of 10 s: fall in a second", "dB off",
			fabs(fall_db + 6.0), 0.5);
		bench_close(&pluck);
	}
	free(gate);
	free(out);
}

/* Level of the first quarter of a second of four strings; *top_db: of what is above 5 kHz */
static double pluck_db(float freq_hz, float strength, double *top_db)
{
	enum { PART = 12000 };
	v4f *gate = gate_at(0, N), *velocity = series_of(strength, N), *out = series_new(N);
	v4f *top = series_new(N);
	double power = 0.0, top_power = 0.0;
	struct bench pluck, high;

	bench_open(&pluck, "pluck", 48000.0f);
	bench_set(&pluck, "freq_hz", freq_hz);
	bench_plug(&pluck, "gate", gate);
	bench_plug(&pluck, "velocity", velocity);
	bench_render(&pluck, out, N, 64);
	bench_open(&high, "svf", 48000.0f);
	bench_set(&high, "mode", 1.0f);
	bench_set(&high, "cutoff_hz", 5000.0f);
	bench_plug(&high, "in", out);
	bench_render(&high, top, N, 64);
	for (int k = 0; k < N_LANES; k++) {
		power += pow(judge_rms(out, k, PART), 2.0) / N_LANES;
		top_power += pow(judge_rms(top, k, PART), 2.0) / N_LANES;
	}
	*top_db = 0.5 * judge_db(top_power);
	bench_close(&pluck);
	bench_close(&high);
	free(gate);
	free(velocity);
	free(out);
	free(top);
	return 0.5 * judge_db(power);
}

static void the_keyboard_is_even(void)
{
	double least_db = 0.0, most_db = -100.0, top_db;

	for (int note = 28; note <= 100; note += 4) {
		double db = pluck_db(440.0f * exp2f((float)(note - 69) / 12.0f), 1.0f, &top_db);

		least_db = fmin(least_db, db);
		most_db = fmax(most_db, db);
	}
	CHECK_FIGURE("plucked strings, E1 to E7: level", "dB apart", most_db - least_db, 4.0);
}

static void a_harder_pluck_is_brighter(void)
{
	double before_db = -200.0, before_tilt_db = -200.0;

	for (float strength = 0.1f; strength < 1.01f; strength += 0.3f) {
		double top_db, db = pluck_db(110.0f, strength, &top_db);

		CHECK_BELOW(before_db + 3.0, db);
		CHECK_BELOW(before_tilt_db + 1.0, top_db - db);
		before_db = db;
		before_tilt_db = top_db - db;
	}
}

/* Plucked in the middle it lacks the even partials. */
static void position_takes_partials(void)
{
	v4f *gate = gate_at(0, N), *out = series_new(N);
	struct bench pluck;
	double even, odd;

	bench_open(&pluck, "pluck", 48000.0f);
	bench_set(&pluck, "freq_hz", 100.0f);
	bench_set(&pluck, "position", 0.5f);
	bench_set(&pluck, "brightness", 1.0f);
	bench_plug(&pluck, "gate", gate);
	bench_render(&pluck, out, N, 64);
	even = judge_amplitude(out + 4800, 0, 32768, 400.0 / 48000.0) +
	       judge_amplitude(out + 4800, 0, 32768, 200.0 / 48000.0);
	odd = judge_amplitude(out + 4800, 0, 32768, 100.0 / 48000.0) +
	      judge_amplitude(out + 4800, 0, 32768, 300.0 / 48000.0);
	CHECK_BELOW(judge_db(even / odd), -20.0);
	free(gate);
	free(out);
	bench_close(&pluck);
}

/* A string that gets another length while it sounds, as each note of a melody gives it: what then
 * stands off the middle is gone soon, and not after the decay. */
static void nothing_stands_still(void)
{
	v4f *gate = series_new(N), *pitch = series_new(N), *out = series_new(N);
	struct bench pluck;
	double mean = 0.0, loudness;

	for (int i = 0; i < N; i++) {
		gate[i] = lanes_of(i < N / 2 && i % 4800 < 100 ? 1.0f : 0.0f);
		pitch[i] = lanes_of((float)(45 + i / 4800 * 5 % 24));
		if (i >= N / 2)
			pitch[i] = pitch[N / 2 - 1];
	}
	bench_open(&pluck, "pluck", 48000.0f);
	bench_set(&pluck, "decay_ms", 30000.0f);
	bench_plug(&pluck, "gate", gate);
	bench_plug(&pluck, "pitch", pitch);
	bench_render(&pluck, out, N, 64);
	for (int i = N / 2 + 24000; i < N; i++)
		mean += (double)out[i][0] / (N / 2 - 24000);
	loudness = judge_rms(out + N / 2 + 24000, 0, N / 2 - 24000);
	CHECK_BELOW(0.05, loudness);
	CHECK_FIGURE("the same after ten notes: what stands still, to the sound", "dB",
		judge_db(fabs(mean) / loudness), -50.0);
	free(gate);
	free(pitch);
	free(out);
	bench_close(&pluck);
}

static void strings_fall_silent(void)
{
	v4f *gate = gate_at(100, N), *out = series_new(N);
	struct bench pluck;

	bench_open(&pluck, "pluck", 48000.0f);
	bench_set(&pluck, "decay_ms", 300.0f);
	bench_plug(&pluck, "gate", gate);
	bench_render(&pluck, out, N, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, 100), 0.0);
	CU_ASSERT_TRUE(judge_peak(out, 0, N) > 0.1 && judge_peak(out, 0, N) < 1.5);
	CU_ASSERT_EQUAL(judge_peak(out + 72000, 0, N - 72000), 0.0);
	free(gate);
	free(out);
	bench_close(&pluck);
}

/* At 8 kHz the highest pitch would be less than two frames: it is three, and rings. */
static void short_strings_ring(void)
{
	enum { RATE = 8000 };
	v4f *gate = gate_at(0, N), *out = series_new(N), *want = series_new(N);

	for (int k = 0; k < 2; k++) {
		struct bench pluck;

		bench_open(&pluck, "pluck", (float)RATE);
		bench_set(&pluck, "freq_hz", k ? 5000.0f : RATE / 3.0f);
		bench_set(&pluck, "brightness", 1.0f);
		bench_plug(&pluck, "gate", gate);
		bench_render(&pluck, k ? out : want, N, 64);
		bench_close(&pluck);
	}
	CU_ASSERT_EQUAL(judge_max_difference(out, want, N), 0.0);
	CHECK_BELOW(0.01, judge_amplitude(out, 0, 4096, 1.0 / 3.0));
	free(gate);
	free(out);
	free(want);
}

SUITE_MAIN("pluck", {"strings are in tune", strings_are_in_tune},
	{"the fundamental decays in time", the_fundamental_decays_in_time},
	{"high strings decay in time", high_strings_decay_in_time},
	{"the keyboard is even", the_keyboard_is_even},
	{"a harder pluck is brighter", a_harder_pluck_is_brighter},
	{"position takes partials", position_takes_partials},
	{"nothing stands still", nothing_stands_still},
	{"strings fall silent", strings_fall_silent}, {"short strings ring", short_strings_ring})
