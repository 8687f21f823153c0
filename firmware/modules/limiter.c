/* limiter.c - nothing louder than the ceiling, whatever comes in: looks LOOKAHEAD_MS ahead.
 *
 * A frame needs the gain ceiling / peak (both sides have one gain). The least gain of the last one
 * to two look-aheads is held (the least of this window and of the one before), rises at the
 * release's pace, and is averaged over one look-ahead. Every gain in that average is one that the
 * frame now leaving the delay can bear, so their mean is too; gains are whole multiples of 2^-24,
 * so that their running sum is exact. Rounding is cut at the ceiling.
 * Latency: LOOKAHEAD_MS. Memory: lanes 0 and 1 the signal, lane 2 the gains of the average.
 * Source: own. */
#include <math.h>

#include "dsp/effect.h"
#include "dsp/tap.h"
#include "modules/modules.h"

enum { LIMITER_CEILING, LIMITER_GAIN, LIMITER_RELEASE, LIMITER_N_PARAMS };
enum { LIMITER_IN, LIMITER_N_INS };

#define LOOKAHEAD_MS 2.0f

/* clang-format off */
static const struct param_desc limiter_params[] = {
	[LIMITER_CEILING] = {.key = "ceiling_db", .label = "Ceiling", .unit = UNIT_DB,
		.min = -24.0f, .max = 0.0f, .def = -3.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[LIMITER_GAIN] = {.key = "gain_db", .label = "Gain before", .unit = UNIT_DB, .min = 0.0f,
		.max = 24.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[LIMITER_RELEASE] = {.key = "release_ms", .label = "Release", .unit = UNIT_MS, .min = 5.0f,
		.max = 2000.0f, .def = 100.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(limiter_params) == LIMITER_N_PARAMS, "one row per parameter");

static const struct port_desc limiter_ins[] = {
	[LIMITER_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc limiter_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct limiter {
	uint32_t head; /* first, as module.h asks */
	int32_t ahead; /* the look-ahead, in frames */
	int32_t window_left;
	float least, least_before; /* gains needed, in this window and in the one before */
	float released;
	double sum; /* of the latest `ahead` gains */
};

static int ahead_frames(float rate_hz)
{
	return (int)(LOOKAHEAD_MS * rate_hz / 1000.0f) + 1;
}

static size_t limiter_memory_frames(float rate_hz)
{
	return (size_t)ahead_frames(rate_hz);
}

static void limiter_reset(void *state)
{
	struct limiter *limiter = state;

	*limiter = (struct limiter){
		.ahead = limiter->ahead,
		.window_left = limiter->ahead + 1,
		.least = 1.0f,
		.least_before = 1.0f,
		.released = 1.0f,
		.sum = (double)limiter->ahead,
	};
}

static void limiter_init(void *state, float rate_hz)
{
	struct limiter *limiter = state;

	limiter->ahead = ahead_frames(rate_hz);
}

/* The gain that is averaged from this frame on. */
static inline float gain_next(struct limiter *limiter, float needed, float pace)
{
	float held, risen;

	if (--limiter->window_left < 0) {
		limiter->window_left = limiter->ahead;
		limiter->least_before = limiter->least;
		limiter->least = 1.0f;
	}
	limiter->least = needed < limiter->least ? needed : limiter->least;
	held = limiter->least < limiter->least_before ? limiter->least : limiter->least_before;
	risen = limiter->released + (held - limiter->released) * pace;
	risen = risen < held ? risen : held;
	limiter->released = (float)(int32_t)(risen * 0x1p24f) * 0x1p-24f;
	return limiter->released;
}

static void limiter_render(void *state, const struct module_io *io)
{
	struct limiter *limiter = state, now = *limiter;
	struct cable in = cable_or_zero(io->ins[LIMITER_IN]),
		     ceiling_db = io->params[LIMITER_CEILING];
	struct cable gain_db = io->params[LIMITER_GAIN], release = io->params[LIMITER_RELEASE];
	bool is_moving = params_move(io, LIMITER_CEILING, LIMITER_RELEASE);
	v4f ceiling = lanes_gain_of_db(ceiling_db.at[0]), gain = lanes_gain_of_db(gain_db.at[0]);
	float pace = one_pole_of_ms(release.at[0], io->rate_hz)[0];

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x, size, late = io->memory[now.head], most;
		float peak, next, before = late[2];

		if (is_moving) {
			ceiling = lanes_gain_of_db(cable_at(ceiling_db, i));
			gain = lanes_gain_of_db(cable_at(gain_db, i));
			pace = one_pole_of_ms(cable_at(release, i), io->rate_hz)[0];
		}
		x = cable_at(in, i) * gain;
		size = lanes_abs(x);
		peak = size[0] > size[1] ? size[0] : size[1];
		next = gain_next(&now, peak > ceiling[0] ? ceiling[0] / peak : 1.0f, pace);
		/* stored as what is missing to 1: an empty ring means no limiting */
		now.sum += (double)next - (1.0 - (double)before);
		x[2] = 1.0f - next;
		x[3] = 0.0f;
		io->memory[now.head] = x;
		most = ceiling * (v4f){1.0f, 1.0f, 0.0f, 0.0f};
		io->outs[0][i] =
			lanes_clamp(late * (float)(now.sum / (double)now.ahead), -most, most);
		now.head = ring_next(now.head, (uint32_t)now.ahead);
	}
	*limiter = now;
}

const struct module_desc limiter_module = {
	.key = "limiter",
	.purpose = "nothing louder than the ceiling; looks 2 ms ahead",
	.params = limiter_params,
	.n_params = LIMITER_N_PARAMS,
	.ins = limiter_ins,
	.n_ins = LIMITER_N_INS,
	.outs = limiter_outs,
	.n_outs = ARRAY_LEN(limiter_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct limiter),
	.memory_frames = limiter_memory_frames,
	.init = limiter_init,
	.reset = limiter_reset,
	.render = limiter_render,
};
