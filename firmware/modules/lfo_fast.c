/* lfo_fast.c - a waveform whose pace does not change, and a square between two edges. It must equal
 * the reference in lfo.c; prop/test_fast compares them.
 * Source: see lfo.c. */
#include "modules/lfo.h"

static bool is_plain(const struct lfo *lfo, const struct module_io *io)
{
	const struct cable *params = io->params;
	size_t moves = 0;

	for (int p = 0; p < LFO_N_PARAMS; p++)
		moves |= params[p].step;
	return !moves && !lfo->fade.left && !io->ins[LFO_RESET].at && lfo->shape != SHAPE_HOLD &&
	       lfo->is_started && lfo->shape == (int32_t)params[LFO_SHAPE].at[0][0] &&
	       lfo->mode == (int32_t)params[LFO_MODE].at[0][0] &&
	       lfo->division == (int32_t)params[LFO_DIVISION].at[0][0];
}

static void put(const struct module_io *io, int i, v4f value)
{
	io->outs[LFO_OUT][i] = value;
	io->outs[LFO_UNIPOLAR][i] = value * 0.5f + 0.5f;
}

/* A square between two edges: true if it is constant in this block. */
static bool square_is_constant(struct lfo *now, const struct module_io *io)
{
	const struct lfo_pace *pace = &now->pace;
	struct cycles way = cycles_times(pace->step, (uint32_t)io->n_frames - 1);
	struct cycles last = cycles_add(now->at, way);
	v4u from = cycles_high(now->at) + pace->offset, to = cycles_high(last) + pace->offset;
	v4f value = square_of(from, pace->width);
	/* a cycle or more in the longest block: both edges may have passed */
	v4i is_fast = (v4i)(cycles_high(pace->step) >= (uint32_t)(0x1p32 / BLOCK_MAX_FRAMES));

	if (now->shape != SHAPE_SQUARE ||
		lanes_any(is_fast | (v4i)(to < from) | (square_of(to, pace->width) != value)))
		return false;
	out_constant(io, LFO_OUT, value);
	out_constant(io, LFO_UNIPOLAR, value * 0.5f + 0.5f);
	now->before = to;
	now->value = value;
	now->at = cycles_add(last, pace->step);
	return true;
}

static inline __attribute__((always_inline)) void plain_run(
	struct lfo *now, const struct module_io *io, enum lfo_shape shape)
{
	struct cycles at = now->at, step = now->pace.step;
	v4u offset = now->pace.offset, width = now->pace.width;
	struct lfo as = {.shape = (int32_t)shape};

#pragma GCC unroll 2
	for (int i = 0; i < io->n_frames; i++) {
		put(io, i, value_of(&as, cycles_high(at) + offset, width));
		at = cycles_add(at, step);
	}
	now->at = at;
	now->before = as.before;
	now->value = io->outs[LFO_OUT][io->n_frames - 1];
}

/* A whole block, at the pace that was found. */
static void plain_block(void *state, const struct module_io *io)
{
	struct lfo *lfo = state;

	if (square_is_constant(lfo, io))
		return;
	*io->constant_outs = 0;
	switch (lfo->shape) {
	case SHAPE_SINE:
		plain_run(lfo, io, SHAPE_SINE);
		break;
	case SHAPE_TRIANGLE:
		plain_run(lfo, io, SHAPE_TRIANGLE);
		break;
	case SHAPE_SAW:
		plain_run(lfo, io, SHAPE_SAW);
		break;
	default:
		plain_run(lfo, io, SHAPE_SQUARE);
		break;
	}
}

bool lfo_fast(struct lfo *lfo, const struct module_io *io)
{
	if (!is_plain(lfo, io))
		return false;
	lfo->was_open = (v4i){0, 0, 0, 0}; /* nothing is plugged in */
	lfo->pace = (struct lfo_pace){lfo_step(lfo, io, 0), offset_at(io, 0), width_at(io, 0)};
	if (lfo->mode == MODE_FREE)
		*io->fast_path = plain_block;
	plain_block(lfo, io);
	return true;
}
