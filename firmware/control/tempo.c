/* tempo.c - the tempo by hand: a number, or taps. It is the value [patch] tempo_bpm, turned like any other.
 *
 * Taps are counted by the block clock, so a script that is rendered comes to the same tempo as the run.
 * Tested by: unit/control/test_presses */
#include <math.h>
#include <string.h>

#include "control/desk_state.h"
#include "modules/patch_clock.h"

/* A tap that comes later, or that differs so much from the one before, is the first of others. */
#define LAST_S      3.0
#define TOO_UNEQUAL 1.7

int desk_set_tempo(struct desk *desk, float tempo_bpm, struct answer *answer)
{
	desk_set_value(desk, PATCH_CLOCK, PATCH_CLOCK_TEMPO_BPM, tempo_bpm);
	answer_say(answer, "ok tempo %.5g BPM", (double)tempo_bpm);
	return 0;
}

static double seconds_between(const struct desk *desk, uint64_t from, uint64_t to)
{
	const struct engine_config *config = engine_config(desk->engine);

	return (double)(to - from) * config->block_frames / config->rate_hz;
}

/* The taps go on at the pace that they have. */
static bool goes_on(const struct desk *desk, uint64_t block)
{
	const struct taps *taps = &desk->hands.taps;
	double gap, before;

	if (taps->n == 0)
		return false;
	gap = seconds_between(desk, taps->blocks[taps->n - 1], block);
	if (taps->n == 1)
		return gap > 0.0 && gap <= LAST_S;
	before = seconds_between(desk, taps->blocks[taps->n - 2], taps->blocks[taps->n - 1]);
	return gap < before * TOO_UNEQUAL && gap > before / TOO_UNEQUAL;
}

int desk_tap(struct desk *desk, struct answer *answer)
{
	const struct param_desc *desc = &patch_clock_module.params[PATCH_CLOCK_TEMPO_BPM];
	struct taps *taps = &desk->hands.taps;
	uint64_t block = engine_clock(desk->engine);
	double bpm;

	if (!goes_on(desk, block))
		taps->n = 0;
	if (taps->n == (int)ARRAY_LEN(taps->blocks))
		memmove(taps->blocks, taps->blocks + 1,
			(size_t)--taps->n * sizeof(taps->blocks[0]));
	taps->blocks[taps->n++] = block;
	if (taps->n < 2) {
		answer_say(answer, "ok tap again in time");
		return 0;
	}
	bpm = 60.0 * (taps->n - 1) / seconds_between(desk, taps->blocks[0], block);
	bpm = round(10.0 * bpm) / 10.0;
	bpm = fmin(fmax(bpm, (double)desc->min), (double)desc->max);
	return desk_set_tempo(desk, (float)bpm, answer);
}
