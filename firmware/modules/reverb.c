/* reverb.c - a room: eight delay lines that feed each other, behind four allpasses a side.
 *
 * Tank:    eight lines of unlike lengths, mixed by rotations and Hadamard matrices (no
 *          energy is lost). Each line has a one-pole filter so made that what comes back has
 *          decayed by 60 dB after decay_s at 1 kHz and after a part of it at 8 kHz; below 1 kHz it
 *          lasts longer, at most twice as long.
 * Motion:  four pairs of lines are mixed by rotations whose angles swing slowly. That moves the
 *          modes and loses no energy either: no ringing, no wavering pitch.
 * Inputs:  pre-delay, then allpasses in series, one frame apart: lane 0 of a side's entries in the
 *          ring is its pre-delay, lanes 1 to 3 are its allpasses. The first comes with the tank.
 * Memory:  four entries a frame: lines 0-3, lines 4-7, the left input's, the right input's.
 * Changes: size and pre-delay fade from the old lengths to the new over 100 ms. Gains move over
 *          1024 frames, in straight lines that are drawn anew every 64.
 * Level:   noise is as loud behind the reverb as before it, whatever the decay.
 * Source:  Jot and Chaigne, "Digital Delay Networks for Designing Artificial Reverberators", AES
 *          1991; Schlecht and Habets, "Time-varying feedback matrices in feedback delay networks",
 *          JASA 138 (2015); Schroeder, "Natural Sounding Artificial Reverberation", JAES 1962. */
#include <math.h>

#include "dsp/effect.h"
#include "dsp/fade.h"
#include "dsp/tap.h"
#include "modules/modules.h"
#include "modules/reverb_room.h"

enum {
	REVERB_DECAY,
	REVERB_SIZE,
	REVERB_DAMPING,
	REVERB_PREDELAY,
	REVERB_WIDTH,
	REVERB_MIX,
	REVERB_N_PARAMS
};
enum { REVERB_IN, REVERB_N_INS };
enum { ROWS = 4, LINES = REVERB_LINES, TAPS = ROWS * N_LANES, GRID_FRAMES = 64, MOVE_GRIDS = 16 };

#define PREDELAY_MAX_MS 200.0f
#define FADE_MS         100.0f
#define ALLPASS         0.6f
#define SWING           0.6f /* radians to either side */

static const float allpass_ms[2][3] = {{4.71f, 8.93f, 13.37f}, {5.09f, 8.21f, 12.61f}};
static const float swings_hz[N_LANES] = {0.31f, 0.43f, 0.57f, 0.71f};

/* clang-format off */
static const struct param_desc reverb_params[] = {
	[REVERB_DECAY] = {.key = "decay_s", .label = "Decay", .unit = UNIT_NONE, .min = 0.1f,
		.max = 30.0f, .def = 2.0f, .curve = CURVE_EXP, .smooth_ms = 25.0f},
	[REVERB_SIZE] = {.key = "size", .label = "Size", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR},
	[REVERB_DAMPING] = {.key = "damping", .label = "Damping", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.4f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[REVERB_PREDELAY] = {.key = "predelay_ms", .label = "Pre-delay", .unit = UNIT_MS,
		.min = 0.0f, .max = PREDELAY_MAX_MS, .def = 10.0f, .curve = CURVE_LINEAR},
	[REVERB_WIDTH] = {.key = "width", .label = "Width", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[REVERB_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.3f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(reverb_params) == REVERB_N_PARAMS, "one row per parameter");

static const struct port_desc reverb_ins[] = {
	[REVERB_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc reverb_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* The rotation of each pair of lines */
struct reverb_turn {
	v4f cos, sin, cos_step, sin_step; /* half of the pairs' angles' */
	v4f swing_cos, swing_sin;         /* where each pair is in its swing */
	v4f grid_cos, grid_sin;           /* of the swing in GRID_FRAMES */
};

struct reverb {
	uint32_t head;    /* in entries: ROWS a frame; first, as module.h asks */
	struct fade fade; /* from `now` to `next` */
	int32_t is_started;
	int32_t grid_at;         /* frames since the parameters were last looked at */
	float size, predelay_ms; /* of `now`, or of `next` while it fades */
	float rate_hz;
	struct reverb_room made_for; /* what `target` is for */
	int32_t grids_left;          /* until the gains are at target */
	struct reverb_gains gains, step, target;
	v4f low[2];                     /* the filters' memories */
	v4f serial[2];                  /* of each side: what its stages gave */
	uint32_t now[TAPS], next[TAPS]; /* frames behind, of each row's lanes */
	struct reverb_turn turn;
};

static size_t reverb_memory_frames(float rate_hz)
{
	return ROWS * ((size_t)(PREDELAY_MAX_MS * rate_hz / 1000.0f) + 16);
}

static void reverb_reset(void *state)
{
	struct reverb *reverb = state;

	*reverb = (struct reverb){
		.fade = {.frames = reverb->fade.frames},
		.rate_hz = reverb->rate_hz,
		.turn =
			{
				.cos = lanes_of(0.35355339f),
				.sin = lanes_of(0.35355339f),
				.swing_cos = lanes_of(1.0f),
				.grid_cos = reverb->turn.grid_cos,
				.grid_sin = reverb->turn.grid_sin,
			},
	};
}

static void reverb_init(void *state, float rate_hz)
{
	struct reverb *reverb = state;

	reverb->rate_hz = rate_hz;
	reverb->fade.frames = fade_frames(FADE_MS, rate_hz);
	for (int k = 0; k < N_LANES; k++) {
		double angle = 2.0 * M_PI * (double)(swings_hz[k] * GRID_FRAMES / rate_hz);

		reverb->turn.grid_cos[k] = (float)cos(angle);
		reverb->turn.grid_sin[k] = (float)sin(angle);
	}
}

static uint32_t frames_of(const struct reverb *reverb, float ms)
{
	return (uint32_t)(ms * reverb->rate_hz / 1000.0f) + 1;
}

static void taps_make(const struct reverb *reverb, uint32_t *taps)
{
	for (int k = 0; k < LINES; k++)
		taps[k] = frames_of(reverb, reverb_line_ms(k, reverb->size));
	for (int side = 0; side < 2; side++) {
		uint32_t *row = taps + LINES + side * N_LANES;

		row[0] = frames_of(reverb, reverb->predelay_ms);
		for (int k = 0; k < 3; k++)
			row[k + 1] = frames_of(reverb, allpass_ms[side][k]);
	}
}

/* The angle of each pair swings slowly about pi / 4; straight lines to its cosine and sine, both
 * halved for hadamard4(). What rounding adds to the swing is taken away again. */
static void turn_make(struct reverb *reverb)
{
	v4f c = reverb->turn.swing_cos, s = reverb->turn.swing_sin,
	    by = 1.5f - 0.5f * (c * c + s * s);
	v4f angle;

	reverb->turn.swing_cos = (c * reverb->turn.grid_cos - s * reverb->turn.grid_sin) * by;
	reverb->turn.swing_sin = (c * reverb->turn.grid_sin + s * reverb->turn.grid_cos) * by;
	angle = reverb->turn.swing_sin * SWING + 0.78539816f;
	s = lanes_sin_quarter(angle) * 0.5f;
	c = lanes_sin_quarter(1.57079633f - angle) * 0.5f;
	reverb->turn.cos_step = (c - reverb->turn.cos) * (1.0f / GRID_FRAMES);
	reverb->turn.sin_step = (s - reverb->turn.sin) * (1.0f / GRID_FRAMES);
}

/* Lets the gains arrive, and sets off to new ones where the room has changed. */
static void gains_move(struct reverb *reverb, struct reverb_room room, bool is_first)
{
	if (reverb->grids_left && --reverb->grids_left == 0)
		reverb->gains = reverb->target;
	if (!is_first && room.decay_s == reverb->made_for.decay_s &&
		room.damping == reverb->made_for.damping && room.size == reverb->made_for.size)
		return;
	reverb_gains_make(&reverb->target, room, (double)reverb->rate_hz);
	reverb->made_for = room;
	if (is_first) {
		reverb->gains = reverb->target;
		return;
	}
	reverb->grids_left = MOVE_GRIDS;
	for (int k = 0; k < N_GAINS; k++)
		reverb->step.at[k] = (reverb->target.at[k] - reverb->gains.at[k]) *
				     (1.0f / (MOVE_GRIDS * GRID_FRAMES));
}

/* Places each tap, from here on. */
static void taps_place(
	const uint32_t *taps, const v4f *memory, uint32_t size, uint32_t head, const float **at)
{
	for (uint32_t k = 0; k < TAPS; k++) {
		uint32_t from = ring_behind(head, taps[k] * ROWS, size);

		at[k] = (const float *)(memory + from + k / N_LANES) + k % N_LANES;
	}
}

/* The four lanes of one row, i frames on. */
static inline v4f row_read(const float *const *at, size_t i)
{
	i *= ROWS * N_LANES;
	return (v4f){at[0][i], at[1][i], at[2][i], at[3][i]};
}

/* Times 2. */
static inline v4f hadamard4(v4f x)
{
	const v4f signs = {1.0f, -1.0f, 1.0f, -1.0f}, halves = {1.0f, 1.0f, -1.0f, -1.0f};

	x = __builtin_shufflevector(x, x, 1, 0, 3, 2) + x * signs;
	return __builtin_shufflevector(x, x, 2, 3, 0, 1) + x * halves;
}

/* Four stages one frame apart: [0] the input itself, into the pre-delay. Returns what is written;
 * *serial becomes what the stages gave. */
static inline v4f allpasses(v4f *serial, v4f x, v4f delayed)
{
	const v4f gain = {0.0f, ALLPASS, ALLPASS, ALLPASS};
	v4f in = __builtin_shufflevector(x, *serial, 0, 4, 5, 6);
	v4f write = in + gain * delayed;

	*serial = delayed - gain * write;
	return write;
}

/* Levels of the input, of the tank on the same side, and on the other. */
struct heard {
	v4f dry, same, other;
};

static inline struct heard heard_at(const struct module_io *io, size_t i, v4f level)
{
	const v4f sides = {1.0f, 1.0f, 0.0f, 0.0f};
	struct dry_wet levels = dry_wet_of(cable_at(io->params[REVERB_MIX], i));
	v4f wet = levels.wet * level * sides;
	v4f other = 0.5f - 0.5f * cable_at(io->params[REVERB_WIDTH], i);

	return (struct heard){levels.dry * sides, wet * (1.0f - other), wet * other};
}

/* Frames from..to - 1, no tap coming to the ring's end. Busy: levels move, or
 * `next` is faded to. */
static inline __attribute__((always_inline)) void reverb_stretch(struct reverb *reverb,
	const struct module_io *io, size_t from, size_t to, const bool is_busy)
{
	const float *at[TAPS], *next_at[TAPS];
	struct cable in = cable_or_zero(io->ins[REVERB_IN]);
	uint32_t size = (uint32_t)io->memory_frames;
	v4f *write = io->memory + reverb->head;
	struct reverb now = *reverb;
	struct reverb_gains g = now.gains;
	struct heard heard = heard_at(io, from, g.at[LEVEL]);

	taps_place(now.now, io->memory, size, now.head, at);
	if (is_busy)
		taps_place(now.fade.left ? now.next : now.now, io->memory, size, now.head, next_at);
	for (size_t i = from, k = 0; i < to; i++, k++, write += ROWS) {
		v4f x = cable_at(in, i), a = row_read(at, k), b = row_read(at + 4, k), turned;
		v4f left = row_read(at + 8, k), right = row_read(at + 12, k);

		if (is_busy) {
			float part = now.fade.left ? fade_next(&now.fade) : 1.0f;

			for (int p = 0; now.grids_left && p < N_GAINS; p++)
				g.at[p] += now.step.at[p];

			a += (row_read(next_at, k) - a) * part;
			b += (row_read(next_at + 4, k) - b) * part;
			left += (row_read(next_at + 8, k) - left) * part;
			right += (row_read(next_at + 12, k) - right) * part;
		}
		write[2] = allpasses(&now.serial[0], x, left);
		write[3] =
			allpasses(&now.serial[1], __builtin_shufflevector(x, x, 1, 1, 1, 1), right);
		now.low[0] = a = a * g.at[IN_LOW] + now.low[0] * g.at[POLE_LOW];
		now.low[1] = b = b * g.at[IN_HIGH] + now.low[1] * g.at[POLE_HIGH];
		turned = hadamard4(a * now.turn.cos - b * now.turn.sin);
		b = hadamard4(a * now.turn.sin + b * now.turn.cos);
		now.turn.cos += now.turn.cos_step;
		now.turn.sin += now.turn.sin_step;
		write[0] =
			turned + __builtin_shufflevector(now.serial[0], now.serial[0], 3, 3, 3, 3);
		write[1] = b + __builtin_shufflevector(now.serial[1], now.serial[1], 3, 3, 3, 3);
		if (is_busy)
			heard = heard_at(io, i, g.at[LEVEL]);
		io->outs[0][i] = x * heard.dry + turned * heard.same +
				 __builtin_shufflevector(turned, turned, 1, 0, 3, 2) * heard.other;
	}
	if (is_busy && reverb->fade.left && !now.fade.left)
		memcpy(now.now, now.next, sizeof(now.now));
	now.gains = g;
	now.grid_at += (int32_t)(to - from);
	now.head += (uint32_t)(to - from) * ROWS;
	now.head = now.head == size ? 0 : now.head;
	*reverb = now;
}

/* Frames before the head, or what is read n frames behind it, comes to the ring's end. */
static uint32_t frames_to_end(uint32_t size, uint32_t head, const uint32_t *taps)
{
	uint32_t least = size - head;

	for (int k = 0; k < TAPS; k++) {
		uint32_t back = taps[k] * ROWS;
		uint32_t left = head >= back ? size - (head - back) : back - head;

		least = left < least ? left : least;
	}
	return least / ROWS;
}

static void lengths_choose(struct reverb *reverb, float size, float predelay_ms)
{
	if (reverb->is_started &&
		(reverb->fade.left || (size == reverb->size && predelay_ms == reverb->predelay_ms)))
		return;
	reverb->size = size;
	reverb->predelay_ms = predelay_ms;
	taps_make(reverb, reverb->next);
	if (reverb->is_started)
		fade_begin(&reverb->fade);
	else
		memcpy(reverb->now, reverb->next, sizeof(reverb->now));
	reverb->is_started = 1;
}

/* Once every GRID_FRAMES frames, whatever the blocks are: looks at the parameters. */
static __attribute__((noinline)) void grid_begin(
	struct reverb *reverb, const struct module_io *io, size_t i)
{
	bool is_first = !reverb->is_started;

	lengths_choose(reverb, cable_at(io->params[REVERB_SIZE], i)[0],
		cable_at(io->params[REVERB_PREDELAY], i)[0]);
	gains_move(reverb,
		(struct reverb_room){cable_at(io->params[REVERB_DECAY], i)[0],
			cable_at(io->params[REVERB_DAMPING], i)[0], reverb->size},
		is_first);
	turn_make(reverb);
	reverb->grid_at = 0;
}

static void reverb_render(void *state, const struct module_io *io)
{
	struct reverb *reverb = state;
	bool is_moving = params_move(io, REVERB_WIDTH, REVERB_MIX);
	size_t n = (size_t)io->n_frames, run;

	for (size_t i = 0; i < n; i += run) {
		uint32_t size = (uint32_t)io->memory_frames;

		if (!reverb->is_started || reverb->grid_at == GRID_FRAMES)
			grid_begin(reverb, io, i);
		run = frames_to_end(size, reverb->head, reverb->now);
		if (reverb->fade.left) {
			size_t other = frames_to_end(size, reverb->head, reverb->next);

			run = other < run ? other : run;
			run = (size_t)reverb->fade.left < run ? (size_t)reverb->fade.left : run;
		}
		run = run < n - i ? run : n - i;
		run = run < (size_t)(GRID_FRAMES - reverb->grid_at)
			      ? run
			      : (size_t)(GRID_FRAMES - reverb->grid_at);
		if (is_moving || reverb->fade.left || reverb->grids_left)
			reverb_stretch(reverb, io, i, i + run, true);
		else
			reverb_stretch(reverb, io, i, i + run, false);
	}
}

const struct module_desc reverb_module = {
	.key = "reverb",
	.purpose = "a room, from a small one to one that hardly ends",
	.params = reverb_params,
	.n_params = REVERB_N_PARAMS,
	.ins = reverb_ins,
	.n_ins = REVERB_N_INS,
	.outs = reverb_outs,
	.n_outs = ARRAY_LEN(reverb_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct reverb),
	.memory_frames = reverb_memory_frames,
	.init = reverb_init,
	.reset = reverb_reset,
	.render = reverb_render,
};
