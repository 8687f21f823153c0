/* lfo.c - low-frequency oscillator: free in hertz, or in time with the music.
 *
 * Phase:  free: the sum of rate_hz, kept by a commit. Synced: where the transport is within
 *         `division`, so all synced LFOs stay together and a commit changes nothing; it stands
 *         still where the transport has stopped. A gate that
 *         opens at `reset` begins the cycle at that frame, in either mode. `phase` is added, and
 *         spread * v / n_voices for voice v.
 * Shapes: sine, triangle and square begin at 0 (rising), 0 (rising) and 1; the square is 1 for
 *         `width` of its cycle, else -1; the saw rises from -1; sample_hold is a new random number
 *         each cycle and at each reset, each lane its own. Edges are plain: this is for control.
 * Outs:   out: -1..1; unipolar: 0..1.
 * Another shape, mode or division is gone to over 5 ms: what the output would have jumped by is
 * taken away again in even steps.
 * Source: own. */
#include "modules/lfo.h"
#include "modules/modules.h"

#define FADE_MS 5.0f

enum { DIVISION_DEFAULT = 4 };

static const char *const lfo_shapes[] = {
	[SHAPE_SINE] = "sine",
	[SHAPE_TRIANGLE] = "triangle",
	[SHAPE_SAW] = "saw",
	[SHAPE_SQUARE] = "square",
	[SHAPE_HOLD] = "sample_hold",
};
_Static_assert(ARRAY_LEN(lfo_shapes) == N_SHAPES, "one name per shape");

static const char *const lfo_modes[] = {[MODE_FREE] = "free", [MODE_SYNC] = "sync"};
_Static_assert(ARRAY_LEN(lfo_modes) == N_MODES, "one name per mode");

/* Parts of a whole note; d: half as long again; t: two thirds */
static const char *const lfo_divisions[] = {"4/1", "2/1", "1/1", "1/2", "1/4", "1/8", "1/16",
	"1/32", "1/1d", "1/2d", "1/4d", "1/8d", "1/16d", "1/1t", "1/2t", "1/4t", "1/8t", "1/16t"};
_Static_assert(ARRAY_LEN(lfo_divisions) == N_DIVISIONS, "one name per length");

/* clang-format off */
static const struct param_desc lfo_params[] = {
	[LFO_SHAPE] = {.key = "shape", .label = "Shape", .unit = UNIT_CHOICE, .max = N_SHAPES - 1,
		.curve = CURVE_CHOICE, .choices = lfo_shapes},
	[LFO_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE, .max = N_MODES - 1,
		.curve = CURVE_CHOICE, .choices = lfo_modes},
	[LFO_RATE] = {.key = "rate_hz", .label = "Rate", .unit = UNIT_HZ, .min = 0.01f,
		.max = 100.0f, .def = 1.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[LFO_DIVISION] = {.key = "division", .label = "Division", .unit = UNIT_CHOICE,
		.max = N_DIVISIONS - 1, .def = DIVISION_DEFAULT, .curve = CURVE_CHOICE,
		.choices = lfo_divisions},
	[LFO_PHASE] = {.key = "phase", .label = "Phase", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[LFO_SPREAD] = {.key = "spread", .label = "Spread", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[LFO_WIDTH] = {.key = "width", .label = "Square's width", .unit = UNIT_NORM, .min = 0.01f,
		.max = 0.99f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(lfo_params) == LFO_N_PARAMS, "one row per parameter");

static const struct port_desc lfo_ins[] = {
	[LFO_RESET] = {.key = "reset", .label = "Reset", .kind = PORT_CONTROL},
};
static const struct port_desc lfo_outs[] = {
	[LFO_OUT] = {.key = "out", .label = "Out", .kind = PORT_CONTROL},
	[LFO_UNIPOLAR] = {.key = "unipolar", .label = "Out, 0 to 1", .kind = PORT_CONTROL},
};

static void lfo_reset(void *state)
{
	struct lfo *lfo = state;

	*lfo = (struct lfo){.rate_hz = lfo->rate_hz, .fade = {.frames = lfo->fade.frames}};
}

static void lfo_init(void *state, float rate_hz)
{
	struct lfo *lfo = state;

	lfo->rate_hz = rate_hz;
	lfo->fade.frames = fade_frames(FADE_MS, rate_hz);
}

/* Cycles begin where gates open; `phase` is where they then are. */
static void cycles_begin(struct lfo *now, v4i begins, v4u phase)
{
	struct cycles kept = cycles_clear(now->at, begins);

	now->zero.a += now->at.a - kept.a;
	now->zero.b += now->at.b - kept.b;
	now->at = kept;
	now->before = ((v4u)begins & phase) | (~(v4u)begins & now->before);
	if (now->shape == SHAPE_HOLD)
		number_take(now, begins);
}

/* The reference, up to where the choices change: n frames from `first` on. */
static void lfo_run(struct lfo *lfo, const struct module_io *io, int first, int n, bool is_new)
{
	struct cable gate = cable_or_zero(io->ins[LFO_RESET]);
	struct lfo now = *lfo;
	struct cycles step = lfo_step(&now, io, first);
	bool is_turning = now.mode != MODE_SYNC && io->params[LFO_RATE].step;
	size_t is_shifting = io->params[LFO_PHASE].step | io->params[LFO_SPREAD].step |
			     io->params[LFO_WIDTH].step;
	v4u offset = offset_at(io, first), width = width_at(io, first);

	*io->constant_outs = 0;
	for (int i = first; i < first + n; i++) {
		v4i begins = gate_rises(gate, (size_t)i, &now.was_open);
		v4f value;

		if (is_turning)
			step = lfo_step(&now, io, i);
		if (is_shifting) {
			offset = offset_at(io, i);
			width = width_at(io, i);
		}
		if (lanes_any(begins))
			cycles_begin(&now, begins, offset);
		value = value_of(&now, cycles_high(now.at) + offset, width);
		now.at = cycles_add(now.at, step);
		if (is_new && i == first) {
			now.jump = value - now.value;
			fade_begin(&now.fade);
		}
		if (now.fade.left) {
			value -= now.jump * fade_rest(&now.fade);
			now.fade.left--;
		}
		now.value = value;
		io->outs[LFO_OUT][i] = value;
		io->outs[LFO_UNIPOLAR][i] = value * 0.5f + 0.5f;
	}
	*lfo = now;
}

static void lfo_render(void *state, const struct module_io *io)
{
	struct lfo *lfo = state;
	int n;

	if (lfo_fast(lfo, io))
		return;
	for (int at = 0; at < io->n_frames; at += n) {
		int32_t shape = (int32_t)cable_first(io->params[LFO_SHAPE], at);
		int32_t mode = (int32_t)cable_first(io->params[LFO_MODE], at);
		int32_t division = (int32_t)cable_first(io->params[LFO_DIVISION], at);
		bool is_new = lfo->is_started && (shape != lfo->shape || mode != lfo->mode ||
							 division != lfo->division);

		n = choice_frames(io->params[LFO_SHAPE], at, io->n_frames - at);
		n = choice_frames(io->params[LFO_MODE], at, n);
		n = choice_frames(io->params[LFO_DIVISION], at, n);
		if (!lfo->is_started) {
			lfo->random = rand_next(rand_seed(io));
			lfo->held = rand_bipolar(lfo->random);
		}
		lfo->is_started = 1;
		lfo->shape = shape;
		lfo->mode = mode;
		lfo->division = division;
		lfo_run(lfo, io, at, n, is_new);
	}
}

const struct module_desc lfo_module = {
	.key = "lfo",
	.purpose = "slow oscillator for control, free or in time with the music",
	.params = lfo_params,
	.n_params = LFO_N_PARAMS,
	.ins = lfo_ins,
	.n_ins = LFO_N_INS,
	.outs = lfo_outs,
	.n_outs = LFO_N_OUTS,
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct lfo),
	.init = lfo_init,
	.reset = lfo_reset,
	.render = lfo_render,
};
