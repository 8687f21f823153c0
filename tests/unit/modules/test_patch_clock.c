/* The beat of a patch: the sum of what was asked for, in blocks of any size, for a quarter of an hour
 * and more. */
#include <math.h>
#include <stdlib.h>

#include "modules/patch_clock.h"
#include "tests/support/suite.h"

enum { RATE_HZ = 48000 };

static struct patch_clock state;

static void play(double tempo_bpm, int n_frames, int block)
{
	v4f tempo = lanes_of((float)tempo_bpm);
	struct cable param = cable_of(&tempo, 0);

	for (int done = 0; done < n_frames; done += block) {
		struct module_io io = {.params = &param, .n_frames = block, .rate_hz = RATE_HZ};

		patch_clock_module.render(&state, &io);
	}
}

static double beat_at_end(void)
{
	return patch_clock_next(&state, 120.0f, RATE_HZ).beat;
}

/* The goal is an error below 0.01 %; what is counted in frames has next to none. */
static void test_no_drift(void)
{
	enum { QUARTER_HOUR = 15 * 60 * RATE_HZ };
	static const int blocks[] = {16, 64, 256};
	double beats[3];

	for (int b = 0; b < 3; b++) {
		module_init(&patch_clock_module, &state, RATE_HZ);
		play(93.3, QUARTER_HOUR, blocks[b]);
		beats[b] = beat_at_end();
	}
	CHECK_BELOW(fabs(beats[0] / (15.0 * (double)93.3f) - 1.0), 1e-12);
	CU_ASSERT_EQUAL(beats[0], beats[1]); /* the same bits */
	CU_ASSERT_EQUAL(beats[0], beats[2]);
}

static void test_tempo_moves(void)
{
	double want = 0.0;
	unsigned seed = 5;

	module_init(&patch_clock_module, &state, RATE_HZ);
	for (int i = 0; i < 9000; i++) { /* every tenth of a second */
		float tempo_bpm = 20.0f + (float)(rand_r(&seed) % 3801) / 10.0f;
		double before = beat_at_end();

		play((double)tempo_bpm, 4800, 64);
		want += (double)tempo_bpm / 600.0;
		CU_ASSERT_TRUE(beat_at_end() > before);
	}
	CHECK_BELOW(fabs(beat_at_end() / want - 1.0), 1e-11);
}

/* Every beat is met by exactly one block, also where it is at the very edge of two; and the block is
 * the one that was foreseen. */
static void test_each_beat_is_met_once(void)
{
	static const double tempos_bpm[] = {120.0, 187.5, 93.3, 20.0, 400.0};

	for (int t = 0; t < 5; t++) {
		double before = -1e-3, next = 0.0;
		int n_met = 0;

		module_init(&patch_clock_module, &state, RATE_HZ);
		for (int i = 0; i < 60 * RATE_HZ / 64; i++) {
			double beat;
			bool is_met;

			play(tempos_bpm[t], 64, 64);
			beat = state.transport.beat;
			is_met = patch_clock_passes(before, beat, 1.0);
			CU_ASSERT_TRUE(patch_clock_passes(before, beat, 0.0));
			CU_ASSERT_EQUAL(is_met, i == 0 || beat >= next);
			if (is_met)
				next = patch_clock_next_multiple(beat, 1.0);
			n_met += is_met;
			before = beat;
		}
		CU_ASSERT_EQUAL(n_met, (int)ceil((double)(float)tempos_bpm[t] - 1e-3));
	}
}

SUITE_MAIN("patch_clock", {"no drift", test_no_drift}, {"the tempo moves", test_tempo_moves},
	{"each beat is met once", test_each_beat_is_met_once})
