/* drive.c - distortion: tanh, hard clip, fold, crush.
 *
 * Shapes: tanh and hard end at +-1; fold turns back at +-1 as often as it takes; crush rounds to
 *         steps, 16 bits at no drive and one bit less for every 4 dB.
 * Level:  the output is turned down so that a signal of LOUDNESS stays about as loud.
 * Tone:   a lowpass of one pole behind it; at the end of its range it does nothing.
 * Aliases: rendered at twice the rate, between half-band filters of two allpass chains each (-99 dB
 *          from 0.54 of the rate on). What folds about the double rate is left: of a sine of 5 kHz
 *          at 0.5, with 12 dB of drive at 48 kHz, the worst alias is -104 dB for tanh, -47 dB for
 *          hard and -32 dB for fold. A crush is meant to.
 * Source: Valenzuela and Constantinides, "Digital signal processing schemes for efficient
 *         interpolation and decimation", IEE Proc. G 130 (1983): elliptic half-band filters. */
#include "dsp/effect.h"
#include "dsp/fade.h"
#include "modules/modules.h"

enum { DRIVE_SHAPE, DRIVE_DRIVE, DRIVE_TONE, DRIVE_MIX, DRIVE_N_PARAMS };
enum { DRIVE_IN, DRIVE_N_INS };
enum { SHAPE_TANH, SHAPE_HARD, SHAPE_FOLD, SHAPE_CRUSH, N_SHAPES };
enum { N_ALLPASSES = 8 };

#define FADE_MS      5.0f
#define LOUDNESS     0.35f
#define TONE_MAX_HZ  20000.0f
#define TONE_FULL_HZ 16000.0f

static const char *const drive_shapes[] = {
	[SHAPE_TANH] = "tanh",
	[SHAPE_HARD] = "hard",
	[SHAPE_FOLD] = "fold",
	[SHAPE_CRUSH] = "crush",
};

/* clang-format off */
static const struct param_desc drive_params[] = {
	[DRIVE_SHAPE] = {.key = "shape", .label = "Shape", .unit = UNIT_CHOICE, .max = N_SHAPES - 1,
		.curve = CURVE_CHOICE, .choices = drive_shapes},
	[DRIVE_DRIVE] = {.key = "drive_db", .label = "Drive", .unit = UNIT_DB, .min = 0.0f,
		.max = 48.0f, .def = 12.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DRIVE_TONE] = {.key = "tone_hz", .label = "Tone", .unit = UNIT_HZ, .min = 300.0f,
		.max = TONE_MAX_HZ, .def = TONE_MAX_HZ, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[DRIVE_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(drive_params) == DRIVE_N_PARAMS, "one row per parameter");

static const struct port_desc drive_ins[] = {
	[DRIVE_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc drive_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* Even ones are one chain, odd ones the other. Passband to 0.46 of the rate. */
static const float allpasses[N_ALLPASSES] = {0.040633461f, 0.150505129f, 0.300757056f, 0.460774505f,
	0.609524315f, 0.738503841f, 0.84922381f, 0.949742784f};

struct halfband {
	v4f x[N_ALLPASSES], y[N_ALLPASSES]; /* of each allpass, a frame ago */
};

struct drive {
	struct halfband up, down, dry; /* dry: what the other two do to a signal, one chain of it */
	v4f share[N_SHAPES];           /* of each shape; moves to 0 or 1 */
	v4f tone;
	float share_step;
	int32_t is_started;
	float pad[2];
};

struct drive_law {
	v4f gain, steps, level[N_SHAPES], tone;
};

static void drive_reset(void *state)
{
	struct drive *drive = state;
	float share_step = drive->share_step;

	memset(drive, 0, sizeof(*drive));
	drive->share_step = share_step;
}

static void drive_init(void *state, float rate_hz)
{
	struct drive *drive = state;

	drive->share_step = share_step(FADE_MS, rate_hz);
}

/* Chain 0 or 1 of a half-band filter */
static inline v4f chain(struct halfband *half, int which, v4f x)
{
	for (int k = which; k < N_ALLPASSES; k += 2) {
		v4f y = (x - half->y[k]) * allpasses[k] + half->x[k];

		half->x[k] = x;
		half->y[k] = y;
		x = y;
	}
	return x;
}

static inline v4f shape_tanh(v4f x)
{
	return lanes_tanh(x);
}

static inline v4f shape_hard(v4f x)
{
	return lanes_clamp(x, lanes_of(-1.0f), lanes_of(1.0f));
}

/* A triangle of x: the same up to 1, then back. */
static inline v4f shape_fold(v4f x)
{
	v4f turns = lanes_clamp(x, lanes_of(-1e6f), lanes_of(1e6f)) * 0.25f + 0.25f;

	turns -= lanes_floor(turns);
	return 1.0f - lanes_abs(turns * 4.0f - 2.0f);
}

static inline v4f shape_crush(v4f x, v4f steps)
{
	return lanes_floor(lanes_clamp(x, lanes_of(-8.0f), lanes_of(8.0f)) * steps + 0.5f) / steps;
}

static inline v4f shape_one(int shape, v4f x, const struct drive_law *law)
{
	switch (shape) {
	case SHAPE_TANH:
		return shape_tanh(x * law->gain) * law->level[SHAPE_TANH];
	case SHAPE_HARD:
		return shape_hard(x * law->gain) * law->level[SHAPE_HARD];
	case SHAPE_FOLD:
		return shape_fold(x * law->gain) * law->level[SHAPE_FOLD];
	default:
		return shape_crush(x, law->steps);
	}
}

static struct drive_law law_at(const struct module_io *io, size_t i)
{
	v4f drive_db = cable_at(io->params[DRIVE_DRIVE], i),
	    tone_hz = cable_at(io->params[DRIVE_TONE], i);
	v4f gain = lanes_gain_of_db(drive_db), loud = gain * LOUDNESS;
	v4f share = lanes_clamp((TONE_MAX_HZ - tone_hz) / (TONE_MAX_HZ - TONE_FULL_HZ),
		lanes_of(0.0f), lanes_of(1.0f));
	struct drive_law law = {.gain = gain, .steps = lanes_exp2(15.0f - drive_db * 0.25f)};

	law.level[SHAPE_TANH] = LOUDNESS / lanes_tanh(loud);
	law.level[SHAPE_HARD] = LOUDNESS / lanes_min(loud, lanes_of(1.0f));
	law.level[SHAPE_FOLD] = LOUDNESS / lanes_min(loud, lanes_of(0.7f));
	law.tone = 1.0f - (1.0f - one_pole_of_hz(tone_hz, io->rate_hz)) * share;
	return law;
}

static inline v4f shape_target(v4f shape, int k)
{
	return lane_if(shape == (float)k, lanes_of(1.0f));
}

static v4f shapes_mixed(const struct drive *drive, v4f x, const struct drive_law *law)
{
	v4f sum = {0.0f, 0.0f, 0.0f, 0.0f};

	for (int k = 0; k < N_SHAPES; k++)
		sum += drive->share[k] * shape_one(k, x, law);
	return sum;
}

/* shape: N_SHAPES where several sound at once */
static inline __attribute__((always_inline)) void drive_run(
	struct drive *drive, const struct module_io *io, const int shape, bool is_moving)
{
	struct cable in = cable_or_zero(io->ins[DRIVE_IN]), mix = io->params[DRIVE_MIX];
	struct drive_law law = law_at(io, 0);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), sooner, later, dry;

		if (is_moving)
			law = law_at(io, i);
		for (int k = 0; shape == N_SHAPES && k < N_SHAPES; k++)
			drive->share[k] = lanes_approach(drive->share[k],
				shape_target(cable_at(io->params[DRIVE_SHAPE], i), k),
				lanes_of(drive->share_step));
		x = lanes_clamp(x, lanes_of(-1e3f), lanes_of(1e3f));
		sooner = chain(&drive->up, 0, x);
		later = chain(&drive->up, 1, x);
		dry = chain(&drive->dry, 0, later);
		if (shape == N_SHAPES) {
			sooner = shapes_mixed(drive, sooner, &law);
			later = shapes_mixed(drive, later, &law);
		} else {
			sooner = shape_one(shape, sooner, &law);
			later = shape_one(shape, later, &law);
		}
		x = (chain(&drive->down, 0, later) + chain(&drive->down, 1, sooner)) * 0.5f;
		drive->tone += (x - drive->tone) * law.tone;
		io->outs[0][i] = dry + (drive->tone - dry) * cable_at(mix, i);
	}
}

static void drive_render(void *state, const struct module_io *io)
{
	bool is_moving = params_move(io, DRIVE_DRIVE, DRIVE_TONE);
	struct cable shape = io->params[DRIVE_SHAPE];
	struct drive *drive = state;
	v4i differs = {0, 0, 0, 0};

	for (int k = 0; k < N_SHAPES; k++) {
		if (!drive->is_started)
			drive->share[k] = shape_target(shape.at[0], k);
		differs |= drive->share[k] != shape_target(lanes_of(shape.at[0][0]), k);
	}
	drive->is_started = 1;
	if (shape.step || lanes_any(differs))
		drive_run(drive, io, N_SHAPES, is_moving);
	else if (shape.at[0][0] == (float)SHAPE_TANH)
		drive_run(drive, io, SHAPE_TANH, is_moving);
	else if (shape.at[0][0] == (float)SHAPE_HARD)
		drive_run(drive, io, SHAPE_HARD, is_moving);
	else if (shape.at[0][0] == (float)SHAPE_FOLD)
		drive_run(drive, io, SHAPE_FOLD, is_moving);
	else
		drive_run(drive, io, SHAPE_CRUSH, is_moving);
}

const struct module_desc drive_module = {
	.key = "drive",
	.purpose = "distortion: tanh, hard clip, fold or crush, as loud as before",
	.params = drive_params,
	.n_params = DRIVE_N_PARAMS,
	.ins = drive_ins,
	.n_ins = DRIVE_N_INS,
	.outs = drive_outs,
	.n_outs = ARRAY_LEN(drive_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct drive),
	.init = drive_init,
	.reset = drive_reset,
	.render = drive_render,
};
