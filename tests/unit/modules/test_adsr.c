/* test_adsr.c - the envelope: times, levels, gates. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f
#define PER_MS  48

static void open_env(
	struct bench *adsr, float attack_ms, float decay_ms, float sustain, float release_ms)
{
	bench_open(adsr, "adsr", RATE_HZ);
	bench_set(adsr, "attack_ms", attack_ms);
	bench_set(adsr, "decay_ms", decay_ms);
	bench_set(adsr, "sustain", sustain);
	bench_set(adsr, "release_ms", release_ms);
}

static v4f *gate_of(int n, int on, int off)
{
	v4f *gate = series_new(n);

	for (int i = on; i < off; i++)
		gate[i] = lanes_of(1.0f);
	return gate;
}

static int first_at(const v4f *x, int from, int n, float low, float high)
{
	for (int i = from; i < n; i++) {
		if (x[i][0] >= low && x[i][0] <= high)
			return i;
	}
	return -1;
}

static void check_stage(int n, int n_set)
{
	CHECK_FIGURE("envelope stages of 0.5 ms to 20 s, 44.1 to 96 kHz: time",
		"frames beyond 0.1 %", fmax(0.0, abs(n - n_set) - n_set * 1e-3), 1.001);
}

static void check_times(
	float rate_hz, double attack_ms, double decay_ms, double release_ms, float curve)
{
	double per_ms = (double)rate_hz / 1000.0;
	int n_attack = (int)(attack_ms * per_ms), n_decay = (int)(decay_ms * per_ms);
	int n_release = (int)(release_ms * per_ms);
	int off = 100 + n_attack + n_decay + 1000, n = off + n_release + 1000, top, down, end;
	v4f *gate = gate_of(n, 100, off), *out = series_new(n);
	struct bench adsr;

	bench_open(&adsr, "adsr", rate_hz);
	bench_set(&adsr, "attack_ms", (float)attack_ms);
	bench_set(&adsr, "decay_ms", (float)decay_ms);
	bench_set(&adsr, "sustain", 0.7f);
	bench_set(&adsr, "release_ms", (float)release_ms);
	bench_set(&adsr, "curve", curve);
	bench_plug(&adsr, "gate", gate);
	bench_render(&adsr, out, n, 64);
	top = first_at(out, 0, n, 0.999999f, 1.1f);
	down = first_at(out, top + 1, n, 0.0f, 0.700001f);
	end = first_at(out, off, n, -1.0f, 1e-6f);
	CU_ASSERT_EQUAL(out[99][0], 0.0f);
	CU_ASSERT_TRUE(out[100][0] > 0.0f); /* on the very sample of the gate */
	check_stage(top - 99, n_attack);
	check_stage(down - top, n_decay);
	check_stage(end - (off - 1), n_release);
	CHECK_BELOW(judge_peak(out, 0, n), 1.000001);
	free(gate);
	free(out);
	bench_close(&adsr);
}

static void segments_take_their_time(void)
{
	static const float rates_hz[] = {44100.0f, RATE_HZ, 96000.0f};

	for (int k = 0; k < 6; k++) {
		float curve = (float)(k % 2), rate_hz = rates_hz[k / 2];

		check_times(rate_hz, 0.5, 1.0, 1.0, curve);
		check_times(rate_hz, 10.0, 100.0, 200.0, curve);
		check_times(rate_hz, 333.0, 50.0, 1234.0, curve);
	}
	check_times(RATE_HZ, 20000.0, 20000.0, 20000.0, 0.0f);
	check_times(RATE_HZ, 20000.0, 20000.0, 20000.0, 1.0f);
}

static void release_takes_its_time_from_any_level(void)
{
	enum { N = 48 * 1200 };

	for (int off = 100; off < 48 * 100; off += 997) {
		v4f *gate = gate_of(N, 0, off), *out = series_new(N);
		struct bench adsr;
		int end;

		open_env(&adsr, 100.0f, 50.0f, 0.5f, 500.0f);
		bench_plug(&adsr, "gate", gate);
		bench_render(&adsr, out, N, 64);
		end = first_at(out, off, N, -1.0f, 1e-6f);
		CHECK_FIGURE("release of 500 ms from any level", "frames off",
			fabs(end - (off - 1) - 500.0 * PER_MS), 2.0);
		CHECK_BELOW(
			judge_max_step(out + off, 0, N - off), (double)out[off - 1][0] / 23900.0);
		free(gate);
		free(out);
		bench_close(&adsr);
	}
}

/* The exponential curve, from any level: in its time, ever downwards, and bent as a capacitor's. */
static void exponential_release_is_bent(void)
{
	enum { N = 48 * 700 };

	for (int off = 500; off < 48 * 100; off += 1497) {
		v4f *gate = gate_of(N, 0, off), *out = series_new(N);
		struct bench adsr;
		double top, ideal;

		open_env(&adsr, 100.0f, 50.0f, 0.5f, 500.0f);
		bench_set(&adsr, "curve", 1.0f);
		bench_plug(&adsr, "gate", gate);
		bench_render(&adsr, out, N, 64);
		top = (double)out[off - 1][0];
		CHECK_FIGURE("the same, exponential", "frames off",
			fabs(first_at(out, off, N, -1.0f, 1e-7f) - (off - 1) - 500.0 * PER_MS),
			2.0);
		for (int i = off; i < off + 24000; i += 997) {
			ideal = top * (pow(100.0, 1.0 - (i - off + 1) / 24000.0) - 1.0) / 99.0;
			CHECK_BELOW(fabs((double)out[i][0] - ideal), 1e-5);
			CU_ASSERT_TRUE(out[i + 1][0] < out[i][0]);
		}
		free(gate);
		free(out);
		bench_close(&adsr);
	}
}

static void another_curve_goes_on_from_the_level(void)
{
	enum { N = 48 * 300 };
	v4f *gate = gate_of(N, 0, 48 * 100), *out = series_new(N), *curve = series_new(N);
	struct bench adsr;

	for (int i = 0; i < N; i++)
		curve[i] = lanes_of((float)(i / 701 % 2));
	open_env(&adsr, 50.0f, 100.0f, 0.5f, 100.0f);
	bench_plug(&adsr, "gate", gate);
	bench_move(&adsr, "curve", curve);
	bench_render(&adsr, out, N, 64);
	CHECK_BELOW(judge_max_step(out, 0, N), 0.005); /* the steepest part of an attack */
	CHECK_BELOW(fabs(first_at(out, 48 * 100, N, -1.0f, 1e-7f) - 48.0 * 200), 2.0);
	free(gate);
	free(out);
	free(curve);
	bench_close(&adsr);
}

static void attack_takes_its_time_from_any_level(void)
{
	enum { N = 48 * 400, FIRST = 48 * 100 };
	v4f *out = series_new(N);

	for (int again = FIRST + 48 * 10; again < FIRST + 48 * 150; again += 48 * 27) {
		v4f *gate = gate_of(N, 0, FIRST);
		struct bench adsr;

		for (int i = again; i < N; i++)
			gate[i] = lanes_of(1.0f);
		open_env(&adsr, 20.0f, 50.0f, 0.8f, 200.0f);
		bench_plug(&adsr, "gate", gate);
		for (int curve = 0; curve < 2; curve++) {
			bench_set(&adsr, "curve", (float)curve);
			bench_reset(&adsr);
			bench_render(&adsr, out, N, 64);
			CU_ASSERT_TRUE(out[again - 1][0] < 0.79f && out[again - 1][0] > 0.0f);
			CU_ASSERT_TRUE(out[again][0] > out[again - 1][0]);
			CHECK_BELOW(fabs(first_at(out, again, N, 0.999999f, 1.1f) - (again - 1) -
					    20.0 * PER_MS),
				2.0);
		}
		free(gate);
		bench_close(&adsr);
	}
	free(out);
}

static void steps_stay_small(void)
{
	enum { N = 48000 };
	v4f *gate = series_new(N), *out = series_new(N);
	unsigned seed = 7;
	struct bench adsr;

	for (int i = 0; i < N; i++)
		gate[i] = i % 97 ? gate[i - 1] : lanes_of(rand_float(&seed, 0.0f, 1.0f));
	open_env(&adsr, 5.0f, 10.0f, 0.3f, 5.0f);
	bench_plug(&adsr, "gate", gate);
	bench_render(&adsr, out, N, 64);
	CHECK_BELOW(judge_max_step(out, 0, N), 1.0 / (5.0 * PER_MS) + 1e-6);
	CU_ASSERT_TRUE(judge_peak(out, 0, N) > 0.3);
	free(gate);
	free(out);
	bench_close(&adsr);
}

static void lanes_have_their_own_gates(void)
{
	enum { N = 4800 };
	v4f *gate = series_new(N), *out = series_new(N), *in = series_of(0.5f, N);
	struct bench adsr;

	for (int i = 0; i < N; i++) {
		for (int k = 0; k < N_LANES; k++)
			gate[i][k] = i >= 1000 * k + 13 ? 1.0f : 0.0f;
	}
	open_env(&adsr, 1.0f, 1.0f, 1.0f, 1.0f);
	bench_plug(&adsr, "gate", gate);
	bench_plug(&adsr, "in", in);
	bench_render(&adsr, out, N, 64);
	for (int k = 0; k < N_LANES; k++) {
		CU_ASSERT_TRUE(k == 0 || out[1000 * k + 12][k] == 0.0f);
		CU_ASSERT_TRUE(out[1000 * k + 13][k] > 0.0f);
		CU_ASSERT_EQUAL(out[N - 1][k], 0.5f);
	}
	free(gate);
	free(out);
	free(in);
	bench_close(&adsr);
}

static void closed_without_a_gate(void)
{
	static v4f out[256];
	struct bench adsr;

	open_env(&adsr, 1.0f, 1.0f, 1.0f, 1.0f);
	bench_render(&adsr, out, 256, 64);
	CU_ASSERT_EQUAL(judge_peak(out, 0, 256), 0.0);
	bench_close(&adsr);
}

static void sustain_can_be_turned(void)
{
	enum { N = 9600 };
	v4f *gate = series_of(1.0f, N), *out = series_new(N), *sustain = series_new(N);
	struct bench adsr;

	for (int i = 0; i < N; i++)
		sustain[i] = lanes_of(0.2f + 0.6f * (float)i / N);
	open_env(&adsr, 1.0f, 20.0f, 0.0f, 1.0f);
	bench_plug(&adsr, "gate", gate);
	bench_move(&adsr, "sustain", sustain);
	bench_render(&adsr, out, N, 64);
	CHECK_BELOW(fabs((double)out[N - 1][0] - 0.8), 1e-3);
	CHECK_BELOW(judge_max_step(out + 48, 0, N - 48), 0.0011);
	free(gate);
	free(out);
	free(sustain);
	bench_close(&adsr);
}

SUITE_MAIN("adsr", {"segments take their time", segments_take_their_time},
	{"a release takes its time from any level", release_takes_its_time_from_any_level},
	{"an exponential release is bent", exponential_release_is_bent},
	{"another curve goes on from the level", another_curve_goes_on_from_the_level},
	{"an attack takes its time from any level", attack_takes_its_time_from_any_level},
	{"steps stay small", steps_stay_small},
	{"lanes have their own gates", lanes_have_their_own_gates},
	{"closed without a gate", closed_without_a_gate},
	{"sustain can be turned", sustain_can_be_turned})
