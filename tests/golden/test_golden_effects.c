/* test_golden_effects.c - short renders of filters, effects and routing: the same burst of noise
 * and chord through each, one parameter moving. See tests/support/golden.h. */
#include <math.h>
#include <stdlib.h>

#include "tests/support/golden.h"
#include "tests/support/suite.h"

enum { N = GOLDEN_FRAMES, MAX_SET = 4 };

/* What sounds: noise for 10 ms, then two sines; each lane a little different. */
static v4f *source(void)
{
	v4f *in = series_noise(11, 0.5f, N);

	for (int i = 480; i < N; i++) {
		double t = i / 48000.0;
		float x = (float)(0.4 * sin(2.0 * M_PI * 220.0 * t) +
				  0.3 * sin(2.0 * M_PI * 1330.0 * t));

		in[i] = x * (v4f){1.0f, 0.8f, 0.5f, 0.3f};
	}
	return in;
}

static const struct golden {
	const char *module, *port;
	struct {
		const char *key;
		float value;
	} set[MAX_SET];
	const char *moves; /* a parameter or port: from `from` to `to` along the render */
	float from, to;
} goldens[] = {
	{"ladder", "in", {{"resonance", 0.7f}, {"drive_db", 12.0f}}, "cutoff_hz", 200.0f, 4000.0f},
	{"drive", "in", {{"shape", 2.0f}, {"tone_hz", 5000.0f}}, "drive_db", 0.0f, 24.0f},
	{"eq", "in", {{"low_db", 6.0f}, {"mid1_db", -9.0f}, {"high_db", 6.0f}}, "mid2_db", -6.0f,
		6.0f},
	{"dcblock", "in", {{"cutoff_hz", 100.0f}}, NULL, 0.0f, 0.0f},
	{"compressor", "in", {{"threshold_db", -24.0f}, {"attack_ms", 2.0f}}, "makeup_db", 0.0f,
		6.0f},
	{"limiter", "in", {{"gain_db", 12.0f}, {"release_ms", 20.0f}}, "ceiling_db", -3.0f, -9.0f},
	{"reverb", "in", {{"decay_s", 1.0f}, {"predelay_ms", 5.0f}, {"size", 0.1f}}, "mix", 0.2f,
		0.9f},
	{"comb", "in", {{"feedback", 0.95f}, {"feedforward", 0.3f}}, "freq_hz", 100.0f, 900.0f},
	{"chorus", "in", {{"rate_hz", 5.0f}, {"feedback", 0.5f}}, "mix", 0.2f, 0.9f},
	{"phaser", "in", {{"rate_hz", 5.0f}, {"stages", 2.0f}}, "feedback", -0.8f, 0.8f},
	{"pan", "in", {{NULL, 0.0f}}, "pan", -1.0f, 1.0f},
	{"mix", "in", {{"level_db", -6.0f}, {"spread", 0.8f}}, "pan", -1.0f, 1.0f},
	{"sum", "in3", {{NULL, 0.0f}}, NULL, 0.0f, 0.0f},
	{"mixer", "in2", {{"level2", 0.5f}}, "level", 0.0f, 2.0f},
	{"freeverb", "in", {{"room", 0.7f}, {"damping", 0.3f}}, "mix", 0.2f, 0.9f},
	{"vca", "in", {{"level", 0.7f}}, "by", -1.0f, 1.0f},
	{"out", "in", {{NULL, 0.0f}}, "level", 0.0f, 2.0f},
};

static void effects_sound_as_they_did(void)
{
	v4f *in = source(), *move = series_new(N);

	for (size_t g = 0; g < ARRAY_LEN(goldens); g++) {
		const struct golden *golden = &goldens[g];
		struct bench bench;

		bench_open(&bench, golden->module, 48000.0f);
		for (int k = 0; k < MAX_SET && golden->set[k].key; k++)
			bench_set(&bench, golden->set[k].key, golden->set[k].value);
		for (int i = 0; i < N; i++)
			move[i] = lanes_of(
				golden->from + (golden->to - golden->from) * (float)i / (float)N);
		if (golden->moves && module_in_find(bench.desc, golden->moves) >= 0)
			bench_plug(&bench, golden->moves, move);
		else if (golden->moves)
			bench_move(&bench, golden->moves, move);
		bench_plug(&bench, golden->port, in);
		golden_check(&bench, golden->module);
	}
	free(in);
	free(move);
}

SUITE_MAIN("golden effects", {"effects sound as they did", effects_sound_as_they_did})
