/* limiter.c - nothing louder than the ceiling, whatever comes in: looks LOOKAHEAD_MS ahead.
 *
 * A frame needs the gain ceiling / peak (both sides have one gain). The peak is the true one: the
 * largest of the frame and of eight places before it, read by a windowed sinc; it is known PEAK_LATE
 * frames later. The least gain of the last one to two windows is held (the least of this
 * window and of the one before), rises at the release's pace, and is averaged over the rest of the
 * look-ahead. Every gain in that average is one that the frame now leaving the delay can bear, so
 * their mean is too; gains are whole multiples of 2^-24, so that their running sum is exact.
 * Rounding is cut at the ceiling.
 * Latency: LOOKAHEAD_MS. Memory: lanes 0 and 1 the signal, lane 2 the gains of the average.
 * Source: own; ITU-R BS.1770-4, annex 2, for the true peak. */
#include <math.h>

#include "dsp/effect.h"
#include "dsp/kaiser.h"
#include "dsp/tap.h"
#include "modules/modules.h"

enum { LIMITER_CEILING, LIMITER_GAIN, LIMITER_RELEASE, LIMITER_N_PARAMS };
enum { LIMITER_IN, LIMITER_N_INS };

enum {
	SINC_TAPS = 12,                /* that a place between two frames is read from */
	PEAK_LATE = SINC_TAPS / 2 - 1, /* frames until what is around a frame is known */
	N_PLACES = 4,                  /* and as many mirrored in the middle */
	N_AT_ONCE = 64,                /* frames whose peaks are looked for together */
};

#define LOOKAHEAD_MS 2.0f
#define KAISER_BETA  5.0 /* true peaks up to 20 kHz at 48 kHz within 0.17 dB */

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
	int32_t delay; /* in frames */
	int32_t ahead; /* of that, what gains are averaged over */
	int32_t window_left;
	float least, least_before; /* gains needed, in this window and in the one before */
	float released;
	double sum; /* of the latest `ahead` gains */
	double pad;
	/* of the sum and the difference of two frames as far from the middle between two: what is the
	 * same and what is opposite in a place and its mirror image, two places in a v4f */
	v4f even[SINC_TAPS / 2][N_PLACES / 2], odd[SINC_TAPS / 2][N_PLACES / 2];
};

static int delay_frames(float rate_hz)
{
	return (int)(LOOKAHEAD_MS * rate_hz / 1000.0f) + 1;
}

static size_t limiter_memory_frames(float rate_hz)
{
	return (size_t)delay_frames(rate_hz);
}

static void limiter_reset(void *state)
{
	struct limiter *limiter = state;

	limiter->head = 0;
	limiter->window_left = limiter->ahead + 1;
	limiter->least = limiter->least_before = limiter->released = 1.0f;
	limiter->sum = (double)limiter->ahead;
}

static void limiter_init(void *state, float rate_hz)
{
	struct limiter *limiter = state;

	limiter->delay = delay_frames(rate_hz);
	limiter->ahead = limiter->delay - PEAK_LATE;
	for (int p = 0; p < N_PLACES; p++) {
		double row[SINC_TAPS];

		sinc_row(row, SINC_TAPS, (p + 0.5) / (2 * N_PLACES), KAISER_BETA);
		for (int k = 0; k < SINC_TAPS / 2; k++) {
			double other = row[SINC_TAPS - 1 - k];

			for (int lane = p % 2 * 2; lane < p % 2 * 2 + 2; lane++) {
				limiter->even[k][p / 2][lane] = (float)((row[k] + other) * 0.5);
				limiter->odd[k][p / 2][lane] = (float)((row[k] - other) * 0.5);
			}
		}
	}
}

/* The largest of a frame and of the places before it, of both sides. x: SINC_TAPS frames around
 * those places, left and right in lanes 0 and 1, and in 2 and 3 again. Places as far from the
 * middle are even + odd and even - odd: the larger is the sum of both sizes. */
static inline float true_peak(const struct limiter *limiter, const v4f *x)
{
	v4f even[N_PLACES / 2] = {0}, odd[N_PLACES / 2] = {0}, most = lanes_abs(x[SINC_TAPS / 2]);

	for (int k = 0; k < SINC_TAPS / 2; k++) {
		v4f sum = x[k] + x[SINC_TAPS - 1 - k], way = x[k] - x[SINC_TAPS - 1 - k];

		for (int p = 0; p < N_PLACES / 2; p++) {
			even[p] += limiter->even[k][p] * sum;
			odd[p] += limiter->odd[k][p] * way;
		}
	}
	for (int p = 0; p < N_PLACES / 2; p++)
		most = lanes_max(most, lanes_abs(even[p]) + lanes_abs(odd[p]));
	most = lanes_max(most, __builtin_shufflevector(most, most, 2, 3, 0, 1));
	return most[0] > most[1] ? most[0] : most[1];
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

static inline v4f twice(v4f x)
{
	return __builtin_shufflevector(x, x, 0, 1, 0, 1);
}

/* x: SINC_TAPS - 1 frames of the past, then n of this block, with the gain before; as true_peak()
 * wants them */
static void frames_around(
	const struct limiter *limiter, const struct module_io *io, v4f *x, size_t at, size_t n)
{
	struct cable in = cable_or_zero(io->ins[LIMITER_IN]), gain_db = io->params[LIMITER_GAIN];
	uint32_t size = (uint32_t)limiter->delay;
	v4f gain = lanes_gain_of_db(gain_db.at[0]);

	for (uint32_t k = 0; k < SINC_TAPS - 1; k++)
		x[k] = twice(io->memory[ring_behind(limiter->head, SINC_TAPS - 1 - k, size)]);
	for (size_t i = 0; i < n; i++) {
		if (gain_db.step)
			gain = lanes_gain_of_db(cable_at(gain_db, at + i));
		x[SINC_TAPS - 1 + i] = twice(cable_at(in, at + i) * gain);
	}
}

/* Frames at..at + n - 1, at most N_AT_ONCE */
static void limiter_run(struct limiter *limiter, const struct module_io *io, size_t at, size_t n)
{
	struct cable ceiling_db = io->params[LIMITER_CEILING],
		     release = io->params[LIMITER_RELEASE];
	bool is_moving = params_move(io, LIMITER_CEILING, LIMITER_RELEASE);
	v4f ceiling = lanes_gain_of_db(ceiling_db.at[0]), around[SINC_TAPS - 1 + N_AT_ONCE];
	float pace = one_pole_of_ms(release.at[0], io->rate_hz)[0];
	struct limiter now = *limiter;

	frames_around(&now, io, around, at, n);
	for (size_t i = 0; i < n; i++) {
		v4f x = around[SINC_TAPS - 1 + i], late = io->memory[now.head], most;
		float peak = true_peak(limiter, around + i), next, before;

		if (is_moving) {
			ceiling = lanes_gain_of_db(cable_at(ceiling_db, at + i));
			pace = one_pole_of_ms(cable_at(release, at + i), io->rate_hz)[0];
		}
		before = io->memory[ring_behind(now.head, (uint32_t)now.ahead, (uint32_t)now.delay)]
				   [2];
		next = gain_next(&now, peak > ceiling[0] ? ceiling[0] / peak : 1.0f, pace);
		/* stored as what is missing to 1: an empty ring means no limiting */
		now.sum += (double)next - (1.0 - (double)before);
		x[2] = 1.0f - next;
		x[3] = 0.0f;
		io->memory[now.head] = x;
		most = ceiling * (v4f){1.0f, 1.0f, 0.0f, 0.0f};
		io->outs[0][at + i] =
			lanes_clamp(late * (float)(now.sum / (double)now.ahead), -most, most);
		now.head = ring_next(now.head, (uint32_t)now.delay);
	}
	*limiter = now;
}

static void limiter_render(void *state, const struct module_io *io)
{
	size_t n = (size_t)io->n_frames;

	for (size_t at = 0; at < n; at += N_AT_ONCE)
		limiter_run(state, io, at, n - at < N_AT_ONCE ? n - at : N_AT_ONCE);
}

const struct module_desc limiter_module = {
	.key = "limiter",
	.purpose = "nothing louder than the ceiling, between frames either; looks 2 ms ahead",
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
