/* test_golden.c - short renders against committed ones (tests/golden/<name>.f32: one lane, 48 kHz).
 * See tests/support/golden.h. */
#include <stdlib.h>

#include "tests/support/golden.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

enum { N = GOLDEN_FRAMES };

static void saw_glides(void)
{
	v4f *freq = series_new(N);
	struct bench osc;

	for (int i = 0; i < N; i++)
		freq[i] = lanes_of(55.0f + (float)i);
	bench_open(&osc, "osc", RATE_HZ);
	bench_set(&osc, "shape", 1.0f);
	bench_move(&osc, "freq_hz", freq);
	golden_check(&osc, "saw_glide");
	free(freq);
}

static void shapes_follow_each_other(void)
{
	v4f *shape = series_new(N);
	struct bench osc;

	for (int i = 0; i < N; i++)
		shape[i] = lanes_of((float)(i / 1200));
	bench_open(&osc, "osc", RATE_HZ);
	bench_move(&osc, "shape", shape);
	golden_check(&osc, "shapes");
	free(shape);
}

static void pulse_is_synced(void)
{
	v4f *sync = series_sine(150.0, 48000.0, 1.0f, N), *fm = series_sine(70.0, 48000.0, 1.0f, N);
	v4f *width = series_new(N);
	struct bench osc;

	for (int i = 0; i < N; i++)
		width[i] = lanes_of(0.1f + 0.8f * (float)i / N);
	bench_open(&osc, "osc", RATE_HZ);
	bench_set(&osc, "shape", 4.0f);
	bench_set(&osc, "tune_semis", 3.0f);
	bench_move(&osc, "width", width);
	bench_plug(&osc, "sync", sync);
	bench_plug(&osc, "fm", fm);
	golden_check(&osc, "synced_pulse");
	free(sync);
	free(fm);
	free(width);
}

static void envelope_is_played(void)
{
	v4f *gate = series_new(N);
	struct bench adsr;

	for (int i = 0; i < N; i++)
		gate[i] = lanes_of(i / 700 % 2 ? 1.0f : 0.0f);
	bench_open(&adsr, "adsr", RATE_HZ);
	bench_set(&adsr, "attack_ms", 5.0f);
	bench_set(&adsr, "decay_ms", 8.0f);
	bench_set(&adsr, "release_ms", 30.0f);
	bench_plug(&adsr, "gate", gate);
	golden_check(&adsr, "envelope");
	free(gate);
}

static void envelope_is_bent(void)
{
	v4f *gate = series_new(N);
	struct bench adsr;

	for (int i = 0; i < N; i++)
		gate[i] = lanes_of(i / 900 % 2 ? 1.0f : 0.0f);
	bench_open(&adsr, "adsr", RATE_HZ);
	bench_set(&adsr, "attack_ms", 6.0f);
	bench_set(&adsr, "decay_ms", 20.0f);
	bench_set(&adsr, "sustain", 0.3f);
	bench_set(&adsr, "release_ms", 25.0f);
	bench_set(&adsr, "curve", 1.0f);
	bench_plug(&adsr, "gate", gate);
	golden_check(&adsr, "envelope_bent");
	free(gate);
}

static void filter_sweeps(void)
{
	v4f *in = series_noise(1, 0.5f, N), *cutoff = series_new(N);
	struct bench svf;

	for (int i = 0; i < N; i++)
		cutoff[i] = lanes_of(100.0f + (float)i);
	bench_open(&svf, "svf", RATE_HZ);
	bench_set(&svf, "resonance", 0.8f);
	bench_plug(&svf, "in", in);
	bench_move(&svf, "cutoff_hz", cutoff);
	golden_check(&svf, "filter_sweep");
	free(in);
	free(cutoff);
}

static void echoes_repeat(void)
{
	v4f *in = series_noise(2, 0.5f, N);
	struct bench delay;

	for (int i = 400; i < N; i++)
		in[i] = lanes_of(0.0f);
	bench_open(&delay, "delay", RATE_HZ);
	bench_set(&delay, "time_ms", 12.34f);
	bench_set(&delay, "feedback", 0.8f);
	bench_plug(&delay, "in", in);
	golden_check(&delay, "echoes");
	free(in);
}

static void bell_rings(void)
{
	v4f *index = series_new(N);
	struct bench fm;

	for (int i = 0; i < N; i++)
		index[i] = lanes_of(8.0f - 8.0f * (float)i / N);
	bench_open(&fm, "fm", RATE_HZ);
	bench_set(&fm, "ratio", 3.5f);
	bench_set(&fm, "feedback", 0.4f);
	bench_move(&fm, "index", index);
	golden_check(&fm, "bell");
	free(index);
}

static void noise_changes_colour(void)
{
	v4f *colour = series_new(N);
	struct bench noise;

	for (int i = 0; i < N; i++)
		colour[i] = lanes_of((float)(i / 1600));
	bench_open(&noise, "noise", RATE_HZ);
	bench_move(&noise, "colour", colour);
	golden_check(&noise, "colours");
	free(colour);
}

/* All positions of two tables, gliding up. */
static void waves_are_passed(void)
{
	v4f *position = series_new(N), *pitch = series_new(N), *table = series_new(N);
	struct bench bench;

	for (int i = 0; i < N; i++) {
		position[i] = lanes_of((float)(i % 2400) / 2400.0f);
		pitch[i] = lanes_of(45.0f + 24.0f * (float)i / N);
		table[i] = lanes_of((float)(i / 2400 * 2));
	}
	bench_open(&bench, "wavetable", RATE_HZ);
	bench_move(&bench, "position", position);
	bench_move(&bench, "table", table);
	bench_plug(&bench, "pitch", pitch);
	golden_check(&bench, "waves");
	free(position);
	free(pitch);
	free(table);
}

/* An LFO's random numbers, in a scale, with glides between them, held now and then. */
static void control_is_chained(void)
{
	v4f *a = series_new(N), *b = series_new(N), *gate = series_new(N);
	static struct bench lfo, scale, slew, sah;

	for (int i = 0; i < N; i++)
		gate[i] = lanes_of(i / 300 % 3 ? 1.0f : 0.0f);
	bench_open(&lfo, "lfo", RATE_HZ);
	bench_set(&lfo, "shape", 4.0f);
	bench_set(&lfo, "rate_hz", 100.0f);
	bench_render(&lfo, a, N, 64);
	bench_open(&scale, "scale", RATE_HZ);
	bench_set(&scale, "factor", 24.0f);
	bench_set(&scale, "scale", 2.0f);
	bench_plug(&scale, "in", a);
	bench_render(&scale, b, N, 64);
	bench_open(&slew, "slew", RATE_HZ);
	bench_set(&slew, "rise_ms", 6.0f);
	bench_plug(&slew, "in", b);
	bench_render(&slew, a, N, 64);
	bench_open(&sah, "sah", RATE_HZ);
	bench_set(&sah, "mode", 1.0f);
	bench_plug(&sah, "in", a);
	bench_plug(&sah, "gate", gate);
	golden_check(&sah, "control");
	bench_close(&lfo);
	bench_close(&scale);
	bench_close(&slew);
	free(a);
	free(b);
	free(gate);
}

/* All four drums, one after the other, mixed. */
static void drums_are_hit(void)
{
	v4f *gate = series_new(N), *kind = series_new(N);
	struct bench drum;

	for (int i = 0; i < N; i++) {
		gate[i] = lanes_of(i % 600 < 100 ? 1.0f : 0.0f);
		kind[i] = lanes_of((float)(i / 1200));
	}
	bench_open(&drum, "drum", RATE_HZ);
	bench_plug(&drum, "gate", gate);
	bench_move(&drum, "kind", kind);
	golden_check(&drum, "drums");
	free(gate);
	free(kind);
}

static void strings_are_plucked(void)
{
	v4f *gate = series_new(N), *pitch = series_new(N);
	struct bench pluck;

	for (int i = 0; i < N; i++) {
		gate[i] = lanes_of(i % 1600 < 100 ? 1.0f : 0.0f);
		pitch[i] = lanes_of(45.0f + 7.3f * (float)(i / 1600));
	}
	bench_open(&pluck, "pluck", RATE_HZ);
	bench_plug(&pluck, "gate", gate);
	bench_plug(&pluck, "pitch", pitch);
	golden_check(&pluck, "strings");
	free(gate);
	free(pitch);
}

SUITE_MAIN("golden", {"a saw glides", saw_glides},
	{"shapes follow each other", shapes_follow_each_other},
	{"a pulse is synced", pulse_is_synced}, {"a bell rings", bell_rings},
	{"waves are passed", waves_are_passed}, {"noise changes colour", noise_changes_colour},
	{"control is chained", control_is_chained}, {"drums are hit", drums_are_hit},
	{"strings are plucked", strings_are_plucked}, {"an envelope is played", envelope_is_played},
	{"an envelope is bent", envelope_is_bent}, {"a filter sweeps", filter_sweeps},
	{"echoes repeat", echoes_repeat})
