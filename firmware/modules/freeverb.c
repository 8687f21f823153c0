/* freeverb.c - the well-known room: a side, eight combs beside each other, then four allpasses in
 * series.
 *
 * Plainer than reverb.c and cheaper; its metal is part of its charm.
 * Combs:   each feeds its output back through a one-pole lowpass. Both sides hear the sum of left
 *          and right; the right side's lines are 23 frames (at 44.1 kHz) longer.
 * Stages:  the allpasses of a side are one frame apart, so that they fill the four lanes: what is
 *          heard of the room is 3 frames late.
 * Memory:  six entries a frame: four combs each for left, left, right, right, then the stages of
 *          left and right.
 * Source:  Jezar at Dreampoint, Freeverb, 2000 (public domain); Smith, Physical Audio Signal
 *          Processing, "Freeverb". */
#include "dsp/effect.h"
#include "dsp/tap.h"
#include "modules/modules.h"

enum { FREEVERB_ROOM, FREEVERB_DAMPING, FREEVERB_WIDTH, FREEVERB_MIX, FREEVERB_N_PARAMS };
enum { FREEVERB_IN, FREEVERB_N_INS };
enum { COMB_ROWS = 4, STAGE_ROWS = 2, ROWS = COMB_ROWS + STAGE_ROWS, TAPS = ROWS * N_LANES };
enum { FRAME_FLOATS = ROWS * N_LANES, STRETCH_FRAMES = 64 };

#define TUNED_AT_HZ 44100.0f
#define SPREAD      23
#define ROOM_LEAST  0.7f
#define ROOM_RANGE  0.28f
#define DAMPING_MAX 0.4f
#define STAGE_GAIN  0.5f
#define GAIN_IN     0.015f
#define GAIN_WET    2.47f /* times sqrt(1 - back^2), so that pink noise stays as loud */

static const int lengths[] = {1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617, 556, 441, 341, 225};
enum { N_COMBS = 8, LONGEST = 1617 };

/* clang-format off */
static const struct param_desc freeverb_params[] = {
	[FREEVERB_ROOM] = {.key = "room", .label = "Room", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[FREEVERB_DAMPING] = {.key = "damping", .label = "Damping", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[FREEVERB_WIDTH] = {.key = "width", .label = "Width", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[FREEVERB_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.3f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(freeverb_params) == FREEVERB_N_PARAMS, "one row per parameter");

static const struct port_desc freeverb_ins[] = {
	[FREEVERB_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc freeverb_outs[] = {
	{.key = "out", .label = "Out", .kind = PORT_AUDIO},
};

struct freeverb {
	uint32_t head;       /* in entries; first, as module.h asks */
	uint32_t back[TAPS]; /* entries behind the head, of each row's lanes */
	uint32_t pad[3];
	v4f low[COMB_ROWS];    /* the lowpasses */
	v4f stage[STAGE_ROWS]; /* what the stages of a side gave */
};

/* Values that the rows of a stretch share. */
struct work {
	v4f in[STRETCH_FRAMES];                /* into the combs */
	v4f sides[STAGE_ROWS][STRETCH_FRAMES]; /* sums of a side's combs, then its last stage */
};

static size_t freeverb_memory_frames(float rate_hz)
{
	return ROWS * ((size_t)((float)(LONGEST + SPREAD) * rate_hz / TUNED_AT_HZ) + 2);
}

static void freeverb_reset(void *state)
{
	struct freeverb *freeverb = state;

	freeverb->head = 0;
	memset(freeverb->low, 0, sizeof(freeverb->low));
	memset(freeverb->stage, 0, sizeof(freeverb->stage));
}

static void freeverb_init(void *state, float rate_hz)
{
	struct freeverb *freeverb = state;
	float scale = rate_hz / TUNED_AT_HZ;

	for (int side = 0; side < 2; side++) {
		for (int k = 0; k < N_COMBS; k++)
			freeverb->back[side * N_COMBS + k] =
				ROWS * (uint32_t)((float)(lengths[k] + side * SPREAD) * scale);
		for (int k = 0; k < N_LANES; k++)
			freeverb->back[(COMB_ROWS + side) * N_LANES + k] =
				ROWS *
				(uint32_t)((float)(lengths[N_COMBS + k] + side * SPREAD) * scale);
	}
}

/* The four lanes of a row, where they are read from here on. */
struct row {
	const float *at[N_LANES];
};

static struct row row_place(const struct freeverb *freeverb, const struct module_io *io, int row)
{
	uint32_t size = (uint32_t)io->memory_frames;
	struct row place;

	for (int k = 0; k < N_LANES; k++) {
		uint32_t back = freeverb->back[row * N_LANES + k];
		uint32_t from = ring_behind(freeverb->head, back, size);

		place.at[k] = (const float *)(io->memory + from + row) + k;
	}
	return place;
}

static inline v4f row_read(struct row row, size_t frame)
{
	size_t i = frame * FRAME_FLOATS;

	return (v4f){row.at[0][i], row.at[1][i], row.at[2][i], row.at[3][i]};
}

/* One row of combs, added to its side. The loop's gain and damping are those of frame `at` on. */
static inline __attribute__((always_inline)) void combs_run(struct freeverb *freeverb,
	const struct module_io *io, struct work *work, int r, size_t at, size_t n,
	const bool is_second, const bool is_moving)
{
	struct cable room = io->params[FREEVERB_ROOM], damping = io->params[FREEVERB_DAMPING];
	struct row row = row_place(freeverb, io, r);
	v4f *write = io->memory + freeverb->head + r, *side = work->sides[r / 2];
	v4f low = freeverb->low[r];
	v4f back = ROOM_LEAST + ROOM_RANGE * room.at[0], damp = DAMPING_MAX * damping.at[0];

#pragma GCC unroll 2
	for (size_t i = 0; i < n; i++) {
		v4f y = row_read(row, i);

		if (is_moving) {
			back = ROOM_LEAST + ROOM_RANGE * cable_at(room, at + i);
			damp = DAMPING_MAX * cable_at(damping, at + i);
		}
		low = y + (low - y) * damp;
		write[i * ROWS] = work->in[i] + low * back;
		side[i] = is_second ? side[i] + y : y;
	}
	freeverb->low[r] = low;
}

/* The stages of a side; the last one's output, in all lanes, takes the place of the combs' sums. */
static void stages_run(
	struct freeverb *freeverb, const struct module_io *io, struct work *work, int s, size_t n)
{
	struct row row = row_place(freeverb, io, COMB_ROWS + s);
	v4f *write = io->memory + freeverb->head + COMB_ROWS + s, *side = work->sides[s];
	v4f stage = freeverb->stage[s];

#pragma GCC unroll 2
	for (size_t i = 0; i < n; i++) {
		v4f delayed = row_read(row, i);
		v4f x = lanes_add_pairs(side[i], side[i]);
		v4f in = __builtin_shufflevector(lanes_add_pairs(x, x), stage, 0, 4, 5, 6);

		write[i * ROWS] = in + delayed * STAGE_GAIN;
		stage = delayed - in;
		side[i] = stage;
	}
	freeverb->stage[s] = stage;
}

/* How much of the input, of the same side's room and of the other's is heard. */
struct heard {
	v4f dry, same, other;
};

static inline struct heard heard_at(const struct module_io *io, size_t i)
{
	struct dry_wet levels = dry_wet_of(cable_at(io->params[FREEVERB_MIX], i));
	v4f other = 0.5f - 0.5f * cable_at(io->params[FREEVERB_WIDTH], i);
	v4f back = ROOM_LEAST + ROOM_RANGE * cable_at(io->params[FREEVERB_ROOM], i);
	v4f wet = levels.wet * (GAIN_WET * lanes_sqrt(1.0f - back * back));

	return (struct heard){levels.dry, wet * (1.0f - other), wet * other};
}

static void mix_run(const struct module_io *io, const struct work *work, size_t at, size_t n)
{
	struct cable in = cable_or_zero(io->ins[FREEVERB_IN]);
	bool is_moving =
		params_move(io, FREEVERB_WIDTH, FREEVERB_MIX) || io->params[FREEVERB_ROOM].step;
	struct heard heard = heard_at(io, at);
	v4f *out = io->outs[0] + at;

#pragma GCC unroll 2
	for (size_t i = 0; i < n; i++) {
		v4f left = work->sides[0][i], right = work->sides[1][i];
		v4f same = __builtin_shufflevector(left, right, 3, 7, 3, 7);
		v4f other = __builtin_shufflevector(right, left, 3, 7, 3, 7);

		if (is_moving)
			heard = heard_at(io, at + i);
		out[i] = cable_at(in, at + i) * heard.dry + same * heard.same + other * heard.other;
	}
}

/* Frames before the head or any tap comes to the ring's end. */
static size_t frames_to_end(const struct freeverb *freeverb, uint32_t size)
{
	uint32_t head = freeverb->head, least = size - head;

	for (int k = 0; k < TAPS; k++) {
		uint32_t back = freeverb->back[k];
		uint32_t left = head >= back ? size - (head - back) : back - head;

		least = left < least ? left : least;
	}
	return least / ROWS;
}

static void stretch_run(struct freeverb *freeverb, const struct module_io *io, struct work *work,
	size_t at, size_t n)
{
	struct cable in = cable_or_zero(io->ins[FREEVERB_IN]);
	bool is_moving = params_move(io, FREEVERB_ROOM, FREEVERB_DAMPING);

	for (size_t i = 0; i < n; i++) {
		v4f x = cable_at(in, at + i);

		work->in[i] = lanes_of((x[0] + x[1]) * GAIN_IN);
	}
	for (int r = 0; r < COMB_ROWS; r++) {
		if (is_moving)
			combs_run(freeverb, io, work, r, at, n, r % 2, true);
		else if (r % 2)
			combs_run(freeverb, io, work, r, at, n, true, false);
		else
			combs_run(freeverb, io, work, r, at, n, false, false);
	}
	for (int s = 0; s < STAGE_ROWS; s++)
		stages_run(freeverb, io, work, s, n);
	mix_run(io, work, at, n);
	freeverb->head += (uint32_t)n * ROWS;
	if (freeverb->head == (uint32_t)io->memory_frames)
		freeverb->head = 0;
}

static void freeverb_render(void *state, const struct module_io *io)
{
	struct freeverb *freeverb = state;
	size_t n = (size_t)io->n_frames;
	struct work work;

	for (size_t at = 0, run; at < n; at += run) {
		run = frames_to_end(freeverb, (uint32_t)io->memory_frames);
		run = run < n - at ? run : n - at;
		run = run < STRETCH_FRAMES ? run : STRETCH_FRAMES;
		stretch_run(freeverb, io, &work, at, run);
	}
}

const struct module_desc freeverb_module = {
	.key = "freeverb",
	.purpose = "the classic room: eight combs and four allpasses a side",
	.params = freeverb_params,
	.n_params = FREEVERB_N_PARAMS,
	.ins = freeverb_ins,
	.n_ins = FREEVERB_N_INS,
	.outs = freeverb_outs,
	.n_outs = ARRAY_LEN(freeverb_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct freeverb),
	.memory_frames = freeverb_memory_frames,
	.init = freeverb_init,
	.reset = freeverb_reset,
	.render = freeverb_render,
};
