/* test_golden_time.c - goldens of what is in time and of what is played: clock, seq, euclid, keys. */
#include <stdlib.h>

#include "tests/support/golden.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

enum { N = GOLDEN_FRAMES };

static void clock_swings(void)
{
	struct bench clock;

	bench_open(&clock, "clock", RATE_HZ);
	bench_set(&clock, "division", 21.0f); /* 1/16t */
	bench_set(&clock, "swing", 0.3f);
	bench_tempo(&clock, 400.0);
	golden_check(&clock, "clock");
}

static void sequence_is_played(void)
{
	struct bench seq;

	bench_open(&seq, "seq", RATE_HZ);
	bench_list(&seq, "pattern", "X-x.xx");
	bench_set(&seq, "step", 22.0f); /* 1/32 */
	bench_set(&seq, "swing", 0.2f);
	bench_set(&seq, "gate_length", 0.8f);
	bench_tempo(&seq, 1000.0);
	golden_check(&seq, "sequence");
}

static void rhythm_is_spread(void)
{
	struct bench euclid;

	bench_open(&euclid, "euclid", RATE_HZ);
	bench_set(&euclid, "hits", 5.0f);
	bench_set(&euclid, "step", 22.0f);
	bench_set(&euclid, "rotation", 2.0f);
	bench_tempo(&euclid, 1500.0);
	golden_check(&euclid, "rhythm");
}

static void keys_are_pressed(void)
{
	static v4f out[N];
	v4f *hold = series_new(N);
	struct bench keys;

	for (int i = 1000; i < N; i++) /* the pedal goes down and up again */
		hold[i] = lanes_of(i < 3000 ? 1.0f : 0.0f);
	bench_open(&keys, "keys", RATE_HZ);
	bench_move(&keys, "hold", hold);
	keys.desc->note(keys.state, 60, 0.5f, 0);
	bench_render(&keys, out, 512, 64);
	keys.desc->note(keys.state, 60, 0.5f, 0); /* again: closed for a frame */
	bench_render(&keys, out + 512, 1024, 64);
	keys.desc->note(keys.state, 60, 0.0f, 0);
	golden_check_from(&keys, "keys", out, 1536);
	free(hold);
}

SUITE_MAIN("golden_time", {"a clock swings", clock_swings},
	{"a sequence is played", sequence_is_played}, {"a rhythm is spread", rhythm_is_spread},
	{"keys are pressed", keys_are_pressed})
