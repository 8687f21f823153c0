/* compressor.c - turns down what is louder than the threshold; both sides alike.
 *
 * The larger side's size in dB goes through the gain computer (a soft knee: a parabola over knee_db
 * around the threshold). What is to be taken off is held at its peaks, from which it falls by one
 * pole with the release's time; what is taken off moves to that by one pole with the attack's time,
 * and falls with it. So it does not fall back between the peaks of a tone, and both times are as
 * set. With a side chain plugged in, that is listened to.
 * Source: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (2012):
 *         feed-forward, log domain, decoupled peak detector. */
#include "dsp/effect.h"
#include "modules/modules.h"

enum {
	COMPRESSOR_THRESHOLD,
	COMPRESSOR_RATIO,
	COMPRESSOR_KNEE,
	COMPRESSOR_ATTACK,
	COMPRESSOR_RELEASE,
	COMPRESSOR_MAKEUP,
	COMPRESSOR_N_PARAMS
};
enum { COMPRESSOR_IN, COMPRESSOR_SIDECHAIN, COMPRESSOR_N_INS };

#define FLOOR 1e-6f /* -120 dB: below, there is nothing to turn down */

/* clang-format off */
static const struct param_desc compressor_params[] = {
	[COMPRESSOR_THRESHOLD] = {.key = "threshold_db", .label = "Threshold", .unit = UNIT_DB,
		.min = -60.0f, .max = 0.0f, .def = -18.0f, .curve = CURVE_LINEAR,
		.smooth_ms = 5.0f},
	[COMPRESSOR_RATIO] = {.key = "ratio", .label = "Ratio", .unit = UNIT_NONE, .min = 1.0f,
		.max = 20.0f, .def = 4.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[COMPRESSOR_KNEE] = {.key = "knee_db", .label = "Knee", .unit = UNIT_DB, .min = 0.0f,
		.max = 24.0f, .def = 6.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[COMPRESSOR_ATTACK] = {.key = "attack_ms", .label = "Attack", .unit = UNIT_MS, .min = 0.1f,
		.max = 200.0f, .def = 10.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[COMPRESSOR_RELEASE] = {.key = "release_ms", .label = "Release", .unit = UNIT_MS,
		.min = 5.0f, .max = 2000.0f, .def = 120.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[COMPRESSOR_MAKEUP] = {.key = "makeup_db", .label = "Make-up", .unit = UNIT_DB, .min = 0.0f,
		.max = 36.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(compressor_params) == COMPRESSOR_N_PARAMS, "one row per parameter");

static const struct port_desc compressor_ins[] = {
	[COMPRESSOR_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
	[COMPRESSOR_SIDECHAIN] = {.key = "sidechain", .label = "Side chain", .kind = PORT_AUDIO},
};
static const struct port_desc compressor_outs[] = {
	{.key = "out", .label = "Out", .kind = PORT_AUDIO},
};

struct compressor {
	v4f taken_db, peak_db; /* what is taken off, and is to be; the same in all lanes */
};

/* How the reduction moves, and from where on. */
struct compressor_law {
	v4f threshold_db, slope, knee_db, attack, release, makeup_db;
};

static inline struct compressor_law law_at(const struct module_io *io, size_t i)
{
	return (struct compressor_law){
		.threshold_db = cable_at(io->params[COMPRESSOR_THRESHOLD], i),
		.slope = 1.0f - 1.0f / cable_at(io->params[COMPRESSOR_RATIO], i),
		.knee_db = cable_at(io->params[COMPRESSOR_KNEE], i) + 0.01f,
		.attack = one_pole_of_ms(cable_at(io->params[COMPRESSOR_ATTACK], i), io->rate_hz),
		.release = one_pole_of_ms(cable_at(io->params[COMPRESSOR_RELEASE], i), io->rate_hz),
		.makeup_db = cable_at(io->params[COMPRESSOR_MAKEUP], i),
	};
}

static inline __attribute__((always_inline)) void compressor_run(
	struct compressor *state, const struct module_io *io, const bool is_moving)
{
	struct cable in = cable_or_zero(io->ins[COMPRESSOR_IN]);
	struct cable key = io->ins[COMPRESSOR_SIDECHAIN].at ? io->ins[COMPRESSOR_SIDECHAIN] : in;
	const v4f none = {0.0f, 0.0f, 0.0f, 0.0f};
	struct compressor_law law = law_at(io, 0);
	v4f taken_db = state->taken_db, peak_db = state->peak_db;

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f size = lanes_abs(cable_at(key, i)), over, wanted;

		if (is_moving)
			law = law_at(io, i);
		size = lanes_max(size, __builtin_shufflevector(size, size, 1, 0, 1, 0));
		size = lanes_min(lanes_max(size, lanes_of(FLOOR)), lanes_of(1e6f));
		size = __builtin_shufflevector(size, size, 0, 0, 0, 0);
		over = lanes_db_of_gain(size) - law.threshold_db;
		/* the knee: over from 0 to its width, the parabola's end, then a straight line */
		wanted = lanes_clamp(over + law.knee_db * 0.5f, none, law.knee_db);
		wanted = wanted * wanted / (2.0f * law.knee_db) +
			 lanes_max(over - law.knee_db * 0.5f, none);
		wanted = wanted * law.slope;
		peak_db = lanes_max(wanted, peak_db + (wanted - peak_db) * law.release);
		taken_db = lanes_min(peak_db, taken_db + (peak_db - taken_db) * law.attack);
		io->outs[0][i] = cable_at(in, i) * lanes_gain_of_db(law.makeup_db - taken_db);
	}
	state->taken_db = taken_db;
	state->peak_db = peak_db;
}

static void compressor_render(void *state, const struct module_io *io)
{
	if (params_move(io, 0, COMPRESSOR_N_PARAMS - 1))
		compressor_run(state, io, true);
	else
		compressor_run(state, io, false);
}

const struct module_desc compressor_module = {
	.key = "compressor",
	.purpose = "turns down what is loud, with a side chain",
	.params = compressor_params,
	.n_params = COMPRESSOR_N_PARAMS,
	.ins = compressor_ins,
	.n_ins = COMPRESSOR_N_INS,
	.outs = compressor_outs,
	.n_outs = ARRAY_LEN(compressor_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct compressor),
	.render = compressor_render,
};
