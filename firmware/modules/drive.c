/* drive.c - distortion: tanh, hard clip, fold, crush.
 *
 * Shapes: tanh and hard end at +-1; fold turns back at +-1 as often as it takes; crush rounds to
 *         steps, 16 bits at no drive and one bit less for every 4 dB.
 * Level:  the output is turned down so that a signal of LOUDNESS stays about as loud.
 * Tone:   a lowpass of one pole behind it; at the end of its range it does nothing.
 * Aliases: rendered at four times the rate, between half-band filters (halfband.h). Shapes with
 *          corners or steps are the mean of their law along the line from the frame before: the
 *          difference of its antiderivative, by the way. Where that way is too short to divide by,
 *          they are the law at its middle.
 * Source: Parker, Zavalishin, Le Bivic, "Reducing the Aliasing of Nonlinear Waveshaping Using
 *         Continuous-Time Convolution", DAFx 2016. */
#include "dsp/effect.h"
#include "dsp/fade.h"
#include "dsp/halfband.h"
#include "modules/modules.h"

enum { DRIVE_SHAPE, DRIVE_DRIVE, DRIVE_TONE, DRIVE_MIX, DRIVE_N_PARAMS };
enum { DRIVE_IN, DRIVE_N_INS };
enum { SHAPE_TANH, SHAPE_HARD, SHAPE_FOLD, SHAPE_CRUSH, N_SHAPES };
enum { OVERSAMPLING = 4 };

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

/* A law's argument a frame ago, and its antiderivative there */
struct law_past {
	v4f z, sum;
};

struct drive {
	struct halfband up, up2, down2, down; /* up2, down2: between twice and four times */
	struct law_past past[N_SHAPES];
	v4f share[N_SHAPES]; /* of each shape; moves to 0 or 1 */
	v4f tone;
	float share_step;
	int32_t is_started;
	float pad[2];
};

struct drive_law {
	v4f gain, steps, level[N_SHAPES], tone, mix;
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

/* The way from past->z to z is too short to divide by. */
#define SHORT_WAY 1e-3f /* of 1 + |z| */

static inline v4i is_short(v4f way, v4f z)
{
	return lanes_abs(way) < SHORT_WAY * (1.0f + lanes_abs(z));
}

static inline v4f clip(v4f z)
{
	return lanes_clamp(z, lanes_of(-1.0f), lanes_of(1.0f));
}

static inline v4f shape_hard(struct law_past *past, v4f z)
{
	v4f c = clip(z), sum = c * (z - 0.5f * c), way = z - past->z;
	v4f mean =
		lanes_select(is_short(way, z), clip((z + past->z) * 0.5f), (sum - past->sum) / way);

	*past = (struct law_past){z, sum};
	return mean;
}

/* The place of z in its turn of four: -2 to 2 */
static inline v4f turn_of(v4f z)
{
	v4f turns = lanes_clamp(z, lanes_of(-1e6f), lanes_of(1e6f)) * 0.25f + 0.25f;

	return (turns - lanes_floor(turns)) * 4.0f - 2.0f;
}

/* A triangle of z: the same up to 1, then back. */
static inline v4f shape_fold(struct law_past *past, v4f z)
{
	v4f u = turn_of(z), sum = u - 0.5f * u * lanes_abs(u) + 0.5f;
	v4f way = z - past->z;
	v4f middle = 1.0f - lanes_abs(turn_of((z + past->z) * 0.5f));
	v4f mean = lanes_select(is_short(way, z), middle, (sum - past->sum) / way);

	*past = (struct law_past){z, sum};
	return mean;
}

/* The floor of z: z less the mean of its fraction, whose antiderivative is (floor + fraction^2) / 2. */
static inline v4f shape_floor(struct law_past *past, v4f z)
{
	v4f floor = lanes_floor(z), part = z - floor, sum = (floor + part * part) * 0.5f;
	v4f way = z - past->z, middle = (z + past->z) * 0.5f;
	v4f mean = lanes_select(
		is_short(way, z), lanes_floor(middle), middle - (sum - past->sum) / way);

	*past = (struct law_past){z, sum};
	return mean;
}

static inline v4f shape_crush(struct law_past *past, v4f x, v4f steps)
{
	v4f z = lanes_clamp(x, lanes_of(-8.0f), lanes_of(8.0f)) * steps + 0.5f;

	return shape_floor(past, z) / steps;
}

static inline v4f shape_one(struct drive *drive, int shape, v4f x, const struct drive_law *law)
{
	struct law_past *past = &drive->past[shape];

	switch (shape) {
	case SHAPE_TANH:
		return lanes_tanh(x * law->gain) * law->level[SHAPE_TANH];
	case SHAPE_HARD:
		return shape_hard(past, x * law->gain) * law->level[SHAPE_HARD];
	case SHAPE_FOLD:
		return shape_fold(past, x * law->gain) * law->level[SHAPE_FOLD];
	default:
		return shape_crush(past, x, law->steps);
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
	law.tone = 1.0f - (1.0f - one_pole_of_hz(tone_hz, OVERSAMPLING * io->rate_hz)) * share;
	law.mix = cable_at(io->params[DRIVE_MIX], i);
	return law;
}

static inline v4f shape_target(v4f shape, int k)
{
	return lane_if(shape == (float)k, lanes_of(1.0f));
}

/* The past of a shape that is not heard is 0, whatever loop has rendered. */
static v4f shapes_mixed(struct drive *drive, v4f x, const struct drive_law *law)
{
	v4f sum = {0.0f, 0.0f, 0.0f, 0.0f};

	for (int k = 0; k < N_SHAPES; k++) {
		struct law_past *past = &drive->past[k];
		v4i is_heard = drive->share[k] > 0.0f;

		sum += drive->share[k] * shape_one(drive, k, x, law);
		past->z = lane_if(is_heard, past->z);
		past->sum = lane_if(is_heard, past->sum);
	}
	return sum;
}

/* A quarter of a frame: shape, tone and mix */
static inline __attribute__((always_inline)) v4f quarter(
	struct drive *drive, const int shape, v4f x, const struct drive_law *law)
{
	v4f wet = shape == N_SHAPES ? shapes_mixed(drive, x, law) : shape_one(drive, shape, x, law);

	drive->tone += (wet - drive->tone) * law->tone;
	return x + (drive->tone - x) * law->mix;
}

/* Half a frame, by two quarters */
static inline __attribute__((always_inline)) v4f half(
	struct drive *drive, const int shape, v4f x, const struct drive_law *law)
{
	struct halfband *up = &drive->up2, *down = &drive->down2;
	v4f sooner = halfband_chain(up, halfband_short, HALFBAND_SHORT, 0, x);
	v4f later = halfband_chain(up, halfband_short, HALFBAND_SHORT, 1, x);

	sooner = quarter(drive, shape, sooner, law);
	later = quarter(drive, shape, later, law);
	return halfband_down(down, halfband_short, HALFBAND_SHORT, sooner, later);
}

/* shape: N_SHAPES where several sound at once */
static inline __attribute__((always_inline)) void drive_run(
	struct drive *drive, const struct module_io *io, const int shape, bool is_moving)
{
	struct cable in = cable_or_zero(io->ins[DRIVE_IN]);
	struct drive_law law = law_at(io, 0);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), sooner, later;

		if (is_moving)
			law = law_at(io, i);
		for (int k = 0; shape == N_SHAPES && k < N_SHAPES; k++)
			drive->share[k] = lanes_approach(drive->share[k],
				shape_target(cable_at(io->params[DRIVE_SHAPE], i), k),
				lanes_of(drive->share_step));
		x = lanes_clamp(x, lanes_of(-1e3f), lanes_of(1e3f));
		sooner = halfband_chain(&drive->up, halfband_steep, HALFBAND_STEEP, 0, x);
		later = halfband_chain(&drive->up, halfband_steep, HALFBAND_STEEP, 1, x);
		sooner = half(drive, shape, sooner, &law);
		later = half(drive, shape, later, &law);
		io->outs[0][i] =
			halfband_down(&drive->down, halfband_steep, HALFBAND_STEEP, sooner, later);
	}
}

static void drive_render(void *state, const struct module_io *io)
{
	bool is_moving = params_move(io, DRIVE_DRIVE, DRIVE_MIX);
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
