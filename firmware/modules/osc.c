/* osc.c - oscillator: sine, and saw, square, triangle and pulse without audible aliases.
 *
 * Shapes: osc_wave.h. A change fades over 5 ms, after the new waveform's first (incomplete)
 *         frames. The shape of lane 0 is the shape of all lanes. A pulse is 1 for `width` of its
 *         cycle and -1 for the rest, so other widths than 0.5 have an offset.
 * Pitch:  where plugged, it is the frequency: 440 Hz * 2^((pitch - 69) / 12), not freq_hz.
 *         tune_semis, fine_cents: added to either. A steady frequency is divided in double.
 * FM:     linear: the frequency moves by fm * fm_hz, also through zero; at most 0.49 of the rate
 *         either way.
 * Reset:  a rising gate at `reset` sets the phase to 0 at that frame; a rise of `sync` through zero
 *         at the moment between two frames where the line between them is zero. Both jumps are
 *         band-limited; where either is plugged the sine is as late as the other shapes.
 * Source: see osc_wave.c and blep.h. */
#include "modules/modules.h"
#include "modules/osc.h"

#define FADE_MS 5.0f

static const char *const osc_shapes[] = {
	[SHAPE_SINE] = "sine",
	[SHAPE_SAW] = "saw",
	[SHAPE_SQUARE] = "square",
	[SHAPE_TRIANGLE] = "triangle",
	[SHAPE_PULSE] = "pulse",
};
_Static_assert(ARRAY_LEN(osc_shapes) == N_SHAPES, "one name per shape");

/* clang-format off */
static const struct param_desc osc_params[] = {
	[OSC_SHAPE] = {.key = "shape", .label = "Shape", .unit = UNIT_CHOICE, .max = N_SHAPES - 1,
		.curve = CURVE_CHOICE, .choices = osc_shapes},
	[OSC_FREQ] = {.key = "freq_hz", .label = "Frequency", .unit = UNIT_HZ, .min = FREQ_MIN_HZ,
		.max = FREQ_MAX_HZ, .def = 440.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[OSC_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[OSC_TUNE] = {.key = "tune_semis", .label = "Tune", .unit = UNIT_SEMIS, .min = -48.0f,
		.max = 48.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[OSC_FINE] = {.key = "fine_cents", .label = "Fine tune (cents)", .unit = UNIT_NONE,
		.min = -100.0f, .max = 100.0f, .def = 0.0f, .curve = CURVE_LINEAR,
		.smooth_ms = 5.0f},
	[OSC_WIDTH] = {.key = "width", .label = "Pulse width", .unit = UNIT_NORM, .min = 0.01f,
		.max = 0.99f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[OSC_FM_HZ] = {.key = "fm_hz", .label = "FM depth", .unit = UNIT_HZ, .min = 0.0f,
		.max = 10000.0f, .def = 100.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(osc_params) == OSC_N_PARAMS, "one row per parameter");

static const struct port_desc osc_ins[] = {
	[OSC_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[OSC_FM] = {.key = "fm", .label = "FM", .kind = PORT_AUDIO},
	[OSC_SYNC] = {.key = "sync", .label = "Sync", .kind = PORT_AUDIO},
	[OSC_RESET] = {.key = "reset", .label = "Reset", .kind = PORT_CONTROL},
};
static const struct port_desc osc_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* The sources of a stretch, for as long as it is rendered. */
struct osc_work {
	v4u phase[STRETCH_MAX_FRAMES + 1];
	v4i inc[STRETCH_MAX_FRAMES];
	v4f age[STRETCH_MAX_FRAMES];
};

static void osc_reset(void *state)
{
	struct osc *osc = state;

	*osc = (struct osc){.rate_hz = osc->rate_hz, .fade = {.frames = osc->fade.frames}};
}

static void osc_init(void *state, float rate_hz)
{
	struct osc *osc = state;

	blep_init();
	osc->rate_hz = rate_hz;
	osc->fade.frames = fade_frames(FADE_MS, rate_hz);
}

static bool is_steady(const struct module_io *io, size_t at, size_t n)
{
	struct cable pitch = io->ins[OSC_PITCH];

	return cable_is_constant(pitch.at ? pitch : io->params[OSC_FREQ], at, n) &&
	       cable_is_constant(io->params[OSC_TUNE], at, n) &&
	       cable_is_constant(io->params[OSC_FINE], at, n);
}

/* A steady frequency, with or without FM: what FM adds is rounded to 2^-32 cycles, the frequency
 * is not. Returns the phase of the last frame. */
static struct cycles advance_fm(const struct osc *osc, const struct module_io *io, size_t at,
	size_t n, struct cycles step, v4u *phase)
{
	struct cable fm = io->ins[OSC_FM], depth_hz = io->params[OSC_FM_HZ];
	float scale = 0x1p32f / osc->rate_hz;
	v4u base = cycles_high(step), now = cycles_high(osc->phase), by;
	v4f most = fm_most(base), least = fm_least(base);
	struct cycles end = cycles_add(osc->phase, cycles_times(step, (uint32_t)n));

	phase[0] = now;
	for (size_t i = 0; !fm.at && i < n; i++)
		phase[i + 1] = now += base;
	for (size_t i = 0; fm.at && i < n; i++) {
		v4f more = cable_at(fm, at + i) * (cable_at(depth_hz, at + i) * scale);

		now += base + (v4u)lanes_to_int(lanes_clamp(more, least, most));
		phase[i + 1] = now;
	}
	by = now - phase[0] - base * (uint32_t)n;
	end.a += (v2u){(uint64_t)by[0] << 32, (uint64_t)by[1] << 32};
	end.b += (v2u){(uint64_t)by[2] << 32, (uint64_t)by[3] << 32};
	return end;
}

static struct cycles advance_moving(
	const struct osc *osc, const struct module_io *io, size_t at, size_t n, v4u *phase)
{
	struct cable fm = io->ins[OSC_FM], depth_hz = io->params[OSC_FM_HZ];
	double cycles_per_hz = 1.0 / (double)osc->rate_hz;
	float max_hz = freq_max_hz(osc), most_hz = FREQ_MAX_NORM * osc->rate_hz;
	struct cycles now = osc->phase;

	phase[0] = cycles_high(now);
	for (size_t i = 0; i < n; i++) {
		v4f freq_hz = freq_of(io, at + i, max_hz);

		if (fm.at) { /* ends where it does in advance_fm */
			v4f more = cable_at(fm, at + i) * cable_at(depth_hz, at + i);

			freq_hz += lanes_max(more, lanes_of(-0.5f * osc->rate_hz));
			freq_hz = lanes_clamp(freq_hz, lanes_of(-most_hz), lanes_of(most_hz));
		}
		now = cycles_add(now, cycles_of_hz(freq_hz, cycles_per_hz));
		phase[i + 1] = cycles_high(now);
	}
	return now;
}

/* Describes the next s->n frames and moves the oscillator's phase on. */
static void stretch_make(struct osc *osc, const struct module_io *io, size_t at,
	struct osc_work *work, struct stretch *s)
{
	size_t n = (size_t)s->n;
	struct cable width = io->params[OSC_WIDTH];
	v4f last = cable_at(width, at + n - 1);
	bool has_resets = s->is_late && osc_resets_find(&osc->resets, io->ins[OSC_SYNC],
						io->ins[OSC_RESET], at, n, work->age);

	if (!osc->is_started)
		osc->width = cable_at(width, at);
	s->phase = NULL;
	s->age = NULL;
	s->inc = NULL;
	s->from = osc->phase;
	s->width = cable_of(width.at + at * width.step, width.step);
	s->width_before = osc->width;
	if (is_steady(io, at, n)) {
		bool is_even = !width.step && !lanes_any(last != osc->width);
		v4f freq_hz = freq_of(io, at, freq_max_hz(osc));

		s->step = cycles_of_hz(freq_hz, 1.0 / (double)osc->rate_hz);
		if (io->ins[OSC_FM].at || has_resets || !is_even) {
			s->phase = work->phase;
			osc->phase = advance_fm(osc, io, at, n, s->step, work->phase);
		} else {
			osc->phase = cycles_add(osc->phase, cycles_times(s->step, (uint32_t)n));
		}
	} else {
		s->phase = work->phase;
		osc->phase = advance_moving(osc, io, at, n, work->phase);
	}
	if (has_resets) {
		s->age = work->age;
		s->inc = work->inc;
		osc->phase = osc_resets_put(work->age, work->phase, work->inc, n);
	}
	osc->width = last;
}

static __attribute__((noinline)) void fade_render(
	struct osc *osc, const struct stretch *s, v4f *out)
{
	v4f next[STRETCH_MAX_FRAMES];

	shape_render(osc->next_shape, s, &osc->overlap[1], next);
	for (int i = 0; i < s->n; i++) {
		float to_next = fade_next(&osc->fade);

		out[i] += (next[i] - out[i]) * (to_next > 0.0f ? to_next : 0.0f);
	}
	if (osc->fade.left)
		return;
	osc->shape = osc->next_shape;
	osc->overlap[0] = osc->overlap[1];
}

static void shape_choose(struct osc *osc, int32_t shape)
{
	if (!osc->is_started)
		osc->shape = shape;
	if (!osc->fade.left && shape != osc->shape) {
		osc->next_shape = shape;
		osc->fade.left = BLEP_TAPS + osc->fade.frames;
		osc->overlap[1] = (struct overlap){0};
	}
}

/* How many frames have one shape, end no later than a fade, and fit a stretch. */
static int stretch_frames(const struct osc *osc, struct cable shape, size_t at, int n)
{
	n = int_min(n, STRETCH_MAX_FRAMES);
	if (osc->fade.left)
		n = int_min(n, osc->fade.left);
	return choice_frames(shape, (int)at, n);
}

/* The reference: in stretches of one shape, whatever moves. */
static __attribute__((noinline)) void render_stretches(struct osc *osc, const struct module_io *io)
{
	struct cable shape = io->params[OSC_SHAPE], level = io->params[OSC_LEVEL];
	struct osc_work work;
	struct stretch s;

	for (size_t at = 0; at < (size_t)io->n_frames; at += (size_t)s.n) {
		s.level = cable_of(level.at + at * level.step, level.step);
		s.is_lone = false;
		s.is_late = io->ins[OSC_SYNC].at || io->ins[OSC_RESET].at;
		shape_choose(osc, (int32_t)cable_at(shape, at)[0]);
		s.n = stretch_frames(osc, shape, at, io->n_frames - (int)at);
		stretch_make(osc, io, at, &work, &s);
		osc->is_started = 1;
		shape_render(osc->shape, &s, &osc->overlap[0], io->outs[0] + at);
		if (osc->fade.left)
			fade_render(osc, &s, io->outs[0] + at);
	}
}

static void osc_render(void *state, const struct module_io *io)
{
	if (!osc_fast(state, io))
		render_stretches(state, io);
}

const struct module_desc osc_module = {
	.key = "osc",
	.purpose = "oscillator: sine, saw, square, triangle or pulse; FM, sync",
	.params = osc_params,
	.n_params = OSC_N_PARAMS,
	.ins = osc_ins,
	.n_ins = OSC_N_INS,
	.outs = osc_outs,
	.n_outs = ARRAY_LEN(osc_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct osc),
	.init = osc_init,
	.reset = osc_reset,
	.render = osc_render,
};
