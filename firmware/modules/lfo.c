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
#include <stdbool.h>

#include "dsp/cycles.h"
#include "modules/modules.h"
#include "dsp/fade.h"
#include "dsp/voice.h"

enum {
	LFO_SHAPE,
	LFO_MODE,
	LFO_RATE,
	LFO_DIVISION,
	LFO_PHASE,
	LFO_SPREAD,
	LFO_WIDTH,
	LFO_N_PARAMS
};
enum { LFO_RESET, LFO_N_INS };
enum { LFO_OUT, LFO_UNIPOLAR, LFO_N_OUTS };
enum lfo_shape { SHAPE_SINE, SHAPE_TRIANGLE, SHAPE_SAW, SHAPE_SQUARE, SHAPE_HOLD, N_SHAPES };
enum lfo_mode { MODE_FREE, MODE_SYNC, N_MODES };

#define FADE_MS     5.0f
#define ON_THE_BEAT (1ull << 34) /* 2^-30 cycles: a beat rounded down is not missed by a frame */

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
static const char *const lfo_divisions[] = {"4_1", "2_1", "1_1", "1_2", "1_4", "1_8", "1_16",
	"1_32", "1_1d", "1_2d", "1_4d", "1_8d", "1_16d", "1_1t", "1_2t", "1_4t", "1_8t", "1_16t"};
static const double beats_of[] = {16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 6.0, 3.0, 1.5, 0.75,
	0.375, 8.0 / 3.0, 4.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
enum { N_DIVISIONS = ARRAY_LEN(lfo_divisions), DIVISION_DEFAULT = 4 };
_Static_assert(ARRAY_LEN(beats_of) == N_DIVISIONS, "one length per name");

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

struct lfo {
	struct cycles at;   /* of the next frame, without offsets */
	struct cycles zero; /* synced: where the cycle was begun anew */
	v4u before;         /* phase of the latest frame, with offsets */
	v4u random;
	v4f held;  /* of sample_hold */
	v4f value; /* of the latest frame */
	v4f jump;  /* what is taken away, at the beginning of the fade */
	struct lfo_pace {
		struct cycles step;
		v4u offset, width;
	} pace; /* while nothing but the phase moves */
	v4i was_open;
	int32_t shape, mode, division;
	struct fade fade; /* of `jump` */
	int32_t is_started;
	float rate_hz;
	float pad;
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

static struct cycles cycles_of(double cycles) /* 0 <= cycles < 1 */
{
	uint64_t x = (uint64_t)(cycles * 0x1p63) << 1;

	return (struct cycles){{x, x}, {x, x}};
}

static v4u offset_at(const struct module_io *io, int i)
{
	v4f voice = (v4f){0.0f, 1.0f, 2.0f, 3.0f} + (float)(io->group * N_LANES);
	v4f part = cable_at(io->params[LFO_SPREAD], (size_t)i) * voice;
	v4f sum = part / (float)(io->n_voices > 1 ? io->n_voices : 1) +
		  cable_at(io->params[LFO_PHASE], (size_t)i);

	if (!lanes_any(sum != 0.0f))
		return (v4u){0, 0, 0, 0};
	return (v4u)lanes_to_int((sum - lanes_floor(sum + 0.5f)) * 0x1.fffffep31f);
}

static inline v4u width_at(const struct module_io *io, int i)
{
	return (v4u)lanes_to_int((cable_at(io->params[LFO_WIDTH], (size_t)i) - 0.5f) * 0x1p32f) +
	       0x80000000u;
}

static inline v4f square_of(v4u phase, v4u width)
{
	return (v4f)(((v4u)(phase >= width) & 0x80000000u) | (v4u)lanes_of(1.0f));
}

/* These lanes take a new random number. */
static inline void number_take(struct lfo *now, v4i lanes)
{
	v4u random = rand_next(now->random);

	now->random = ((v4u)lanes & random) | (~(v4u)lanes & now->random);
	now->held = lanes_select(lanes, rand_bipolar(random), now->held);
}

static inline v4f value_of(struct lfo *now, v4u phase, v4u width)
{
	v4u before = now->before;
	v4i begins = (v4i)(before & ~phase & ~(phase - before));
	v4i x = (v4i)(phase - 0x40000000u);

	now->before = phase;
	switch (now->shape) {
	case SHAPE_SINE:
		return phase_sin(phase);
	case SHAPE_TRIANGLE:
		return lanes_from_int((x ^ (x >> 31)) - 0x40000000) * -0x1p-30f;
	case SHAPE_SAW:
		return lanes_from_int((v4i)(phase ^ 0x80000000u)) * 0x1p-31f;
	case SHAPE_SQUARE:
		return square_of(phase, width);
	default:
		if (lanes_any(begins))
			number_take(now, begins >> 31);
		return now->held;
	}
}

/* Nothing but the phase moves, and nothing is random. */
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

/* A square between two edges: true if it stood still for the n frames. */
static bool square_stands(struct lfo *now, const struct module_io *io)
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

/* How far the phase goes in a frame. Synced, it is set to where the music is at frame i. */
static struct cycles step_at(struct lfo *lfo, const struct module_io *io, int i)
{
	const struct transport *transport = io->transport;
	double cycles_per_beat, cycles_per_frame, at;
	struct cycles music;

	if (lfo->mode != MODE_SYNC)
		return cycles_of_hz(
			cable_at(io->params[LFO_RATE], (size_t)i), 1.0 / (double)lfo->rate_hz);
	if (transport->is_stopped)
		return (struct cycles){0};
	cycles_per_beat = 1.0 / beats_of[lfo->division];
	cycles_per_frame = transport->beats_per_frame * cycles_per_beat;
	at = (transport->beat + i * transport->beats_per_frame) * cycles_per_beat;
	music = cycles_of(at - (double)(int64_t)at);
	lfo->at.a = music.a - lfo->zero.a + ON_THE_BEAT;
	lfo->at.b = music.b - lfo->zero.b + ON_THE_BEAT;
	return cycles_of(cycles_per_frame < 0.5 ? cycles_per_frame : 0.5);
}

/* A whole block, at the pace that was found. */
static void plain_block(void *state, const struct module_io *io)
{
	struct lfo *lfo = state;

	if (square_stands(lfo, io))
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

/* Up to where the choices change: n frames from `first` on. */
static void lfo_run(struct lfo *lfo, const struct module_io *io, int first, int n, bool is_new)
{
	struct cable gate = cable_or_zero(io->ins[LFO_RESET]);
	struct lfo now = *lfo;
	struct cycles step = step_at(&now, io, first);
	bool is_turning = now.mode != MODE_SYNC && io->params[LFO_RATE].step;
	size_t is_shifting = io->params[LFO_PHASE].step | io->params[LFO_SPREAD].step |
			     io->params[LFO_WIDTH].step;
	v4u offset = offset_at(io, first), width = width_at(io, first);

	*io->constant_outs = 0;
	for (int i = first; i < first + n; i++) {
		v4i begins = gate_rises(gate, (size_t)i, &now.was_open);
		v4f value;

		if (is_turning)
			step = step_at(&now, io, i);
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

	if (is_plain(lfo, io)) {
		lfo->was_open = (v4i){0, 0, 0, 0}; /* nothing is plugged in */
		lfo->pace =
			(struct lfo_pace){step_at(lfo, io, 0), offset_at(io, 0), width_at(io, 0)};
		if (lfo->mode == MODE_FREE)
			*io->fast_path = plain_block;
		plain_block(lfo, io);
		return;
	}
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
