/* delay_fast.c - stretches of the ring that are read and written without a wrap. It must equal the
 * reference in delay.c, to rounding; prop/test_fast compares them.
 * Source: see delay.c. */
#include "modules/delay.h"

/* Frames from..to - 1: no tap moves, and neither reading nor writing comes to the ring's end. */
static inline __attribute__((always_inline)) void delay_stretch(struct delay *delay,
	const struct module_io *io, size_t from, size_t to, const enum step_kind kind,
	const bool is_whole, const bool has_more)
{
	struct cable in = cable_or_zero(io->ins[DELAY_IN]), feedback = io->params[DELAY_FEEDBACK];
	bool has_levels = params_move(io, DELAY_MIX, DELAY_MIX);
	struct dry_wet levels = delay_levels(io, 0);
	uint32_t size = (uint32_t)io->memory_frames, back = delay->now.back;
	v4f *write = io->memory + delay->head, *out = io->outs[0];
	const v4f *read = io->memory + ring_behind(delay->head, back, size);
	struct cuts cuts = has_more ? cuts_at(delay, io, 0) : (struct cuts){0};
	struct delay now = *delay;

	for (size_t i = from; i < to; i++, read++, write++) {
		v4f x = cable_at(in, i), wet = read[SINC_HALF];

		if (has_levels)
			levels = delay_levels(io, i);
		if (!is_whole)
			wet = sinc_tap_sum(&delay->now, read);
		if (kind != STEP_EMIT)
			*write = delay_mix(&now, cuts, x, wet * cable_at(feedback, i), has_more);
		if (kind == STEP_RENDER)
			out[i] = x * levels.dry + wet * levels.wet;
		if (kind == STEP_EMIT)
			out[i] = wet * levels.wet;
	}
	/* when filters that are not there come back, nothing jumps: it begins with the latest frame */
	delay->low = has_more ? now.low : read[SINC_HALF - 1] * cable_at(feedback, to - 1);
	delay->high = has_more ? now.high : lanes_of(0.0f);
	delay->head += (uint32_t)(to - from);
	if (delay->head == size)
		delay->head = 0;
}

/* How many frames can be read and written from here before either comes to the ring's end. */
static size_t stretch_frames(const struct delay *delay, uint32_t size)
{
	uint32_t back = delay->now.back, head = delay->head;
	uint32_t at = ring_behind(head, back, size);
	uint32_t later = at > head ? at : head;

	return later + SINC_TAPS < size ? size - SINC_TAPS - later : 0;
}

/* Nothing but levels and the input moves in this block. */
static bool is_constant(const struct delay *delay, const struct module_io *io, float min_frames)
{
	return delay->is_started && !delay->fade.left && !io->params[DELAY_TIME].step &&
	       !params_move(io, DELAY_SYNC, DELAY_HIGH_CUT) &&
	       delay->cross == io->params[DELAY_MODE].at[0][0] &&
	       delay->now.frames == time_wanted(io, 0, min_frames, delay->frames_per_ms);
}

static inline __attribute__((always_inline)) size_t stretches_run(
	struct delay *delay, const struct module_io *io, const enum step_kind kind)
{
	size_t n = (size_t)io->n_frames, at = 0;
	bool has_more = delay->cross > 0.0f ||
			io->params[DELAY_LOW_CUT].at[0][0] > LOW_CUT_MIN_HZ ||
			io->params[DELAY_HIGH_CUT].at[0][0] < HIGH_CUT_MAX_HZ;
	bool is_whole = delay->now.weight[SINC_HALF][0] == 1.0f;

	while (at < n) {
		size_t left = n - at, run = stretch_frames(delay, (uint32_t)io->memory_frames);

		if (!run)
			break;
		run = run < left ? run : left;
		if (is_whole && !has_more)
			delay_stretch(delay, io, at, at + run, kind, true, false);
		else if (is_whole)
			delay_stretch(delay, io, at, at + run, kind, true, true);
		else
			delay_stretch(delay, io, at, at + run, kind, false, true);
		at += run;
	}
	return at;
}

size_t delay_fast(struct delay *delay, const struct module_io *io, enum step_kind kind)
{
	if (!is_constant(delay, io, delay_min_frames(kind)))
		return 0;
	switch (kind) {
	case STEP_RENDER:
		return stretches_run(delay, io, STEP_RENDER);
	case STEP_EMIT:
		return stretches_run(delay, io, STEP_EMIT);
	default:
		return stretches_run(delay, io, STEP_ABSORB);
	}
}
