/* osc_fast.c - a pitch that does not move, and the sine of a lone voice. It must equal the reference in
 * osc.c, to rounding; prop/test_fast compares them.
 * Source: see osc.c. */
#include "modules/osc.h"

/* Nothing moves but the phase; where has_fm, with FM. */
static bool is_plain(const struct osc *osc, const struct module_io *io, bool has_fm)
{
	const struct cable *p = io->params, *in = io->ins;
	size_t moves = p[OSC_SHAPE].step | p[OSC_FREQ].step | p[OSC_LEVEL].step | p[OSC_TUNE].step |
		       p[OSC_FINE].step | p[OSC_FM_HZ].step | p[OSC_WIDTH].step |
		       cable_step(in[OSC_PITCH]);

	return !moves && osc->is_started && !osc->fade.left && !in[OSC_SYNC].at &&
	       !in[OSC_RESET].at && p[OSC_SHAPE].at[0][0] == (float)osc->shape &&
	       (has_fm ? in[OSC_FM].step == 1 : !in[OSC_FM].at);
}

static struct cycles step_of_block(const struct osc *osc, const struct module_io *io)
{
	return cycles_of_hz(freq_of(io, 0, freq_max_hz(osc)), 1.0 / (double)osc->rate_hz);
}

static struct lone_sine sine_make(const struct osc *osc, const struct module_io *io)
{
	struct cycles step = step_of_block(osc, io);
	v4u base = cycles_high(step);

	return (struct lone_sine){
		.step = step.a[0],
		.base = base,
		.fm_scale = io->params[OSC_FM_HZ].at[0] * (0x1p32f / osc->rate_hz),
		.most = fm_most(base),
		.least = fm_least(base),
		.gain = io->params[OSC_LEVEL].at[0],
	};
}

/* Nothing but the phase moves, by the step that is kept. */
static void steady(void *state, const struct module_io *io)
{
	struct osc *osc = state;
	struct stretch s;

	s.phase = NULL;
	s.step = osc->step;
	s.width_before = osc->width;
	s.width = io->params[OSC_WIDTH];
	s.level = io->params[OSC_LEVEL];
	s.is_late = false;
	s.is_lone = io->is_lone;
	for (int at = 0; at < io->n_frames; at += s.n) {
		s.n = int_min(STRETCH_MAX_FRAMES, io->n_frames - at);
		s.from = osc->phase;
		osc->phase = cycles_add(osc->phase, cycles_times(s.step, (uint32_t)s.n));
		shape_render(osc->shape, &s, &osc->overlap[0], io->outs[0] + at);
	}
}

static void lone_sine(void *state, const struct module_io *io)
{
	struct osc *osc = state;

	lone_sine_render(&osc->sine, &osc->phase, io->outs[0], io->n_frames);
}

static void lone_sine_fm(void *state, const struct module_io *io)
{
	struct osc *osc = state;

	lone_sine_render_fm(&osc->sine, &osc->phase, io->outs[0], io->n_frames, io->ins[OSC_FM].at);
}

/* The loop while no parameter moves; NULL: more moves than the phase, or FM of a lone sine. */
static module_render_fn *settle(struct osc *osc, const struct module_io *io)
{
	bool can_be_lone = io->is_lone && osc->shape == SHAPE_SINE && io->n_frames % N_LANES == 0;
	v4f width = io->params[OSC_WIDTH].at[0];

	if (can_be_lone && (is_plain(osc, io, true) || is_plain(osc, io, false))) {
		osc->sine = sine_make(osc, io);
		osc->width = width;
		return io->ins[OSC_FM].at ? lone_sine_fm : lone_sine;
	}
	if (!is_plain(osc, io, false) || lanes_any(osc->width != width))
		return NULL;
	osc->step = step_of_block(osc, io);
	return steady;
}

bool osc_fast(struct osc *osc, const struct module_io *io)
{
	module_render_fn *render = settle(osc, io);

	if (!render)
		return false;
	if (!io->ins[OSC_PITCH].at)
		*io->fast_path = render;
	render(osc, io);
	return true;
}
