/* eq.c - four bands: a low shelf, two peaks, a high shelf. A band at 0 dB costs nothing.
 *
 * Each band is a state-variable filter (svf.c) and a mixture of its outputs, so that gains and
 * frequencies may move at any speed. With A = 10^(dB / 40):
 *     peak        k = 1 / (Q A)            in + k (A^2 - 1) band
 *     low shelf   g / sqrt A, k = sqrt 2   in + k (A - 1) band + (A^2 - 1) low
 *     high shelf  g sqrt A,   k = sqrt 2   A^2 in + k (1 - A) A band + (1 - A^2) low
 * Source: Simper, "Solving the continuous SVF equations using trapezoidal integration", Cytomic
 *         2013. */
#include "dsp/effect.h"
#include "modules/modules.h"

enum {
	EQ_LOW_HZ,
	EQ_LOW_DB,
	EQ_MID1_HZ,
	EQ_MID1_DB,
	EQ_MID1_Q,
	EQ_MID2_HZ,
	EQ_MID2_DB,
	EQ_MID2_Q,
	EQ_HIGH_HZ,
	EQ_HIGH_DB,
	EQ_N_PARAMS
};
enum { EQ_IN, EQ_N_INS };
enum { BAND_LOW, BAND_MID1, BAND_MID2, BAND_HIGH, N_BANDS };

#define FREQ_MAX_NORM 0.45f /* of the rate */

/* clang-format off */
static const struct param_desc eq_params[] = {
	[EQ_LOW_HZ] = {.key = "low_hz", .label = "Low shelf", .unit = UNIT_HZ, .min = 20.0f,
		.max = 1000.0f, .def = 100.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_LOW_DB] = {.key = "low_db", .label = "Low shelf gain", .unit = UNIT_DB, .min = -15.0f,
		.max = 15.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 40.0f},
	[EQ_MID1_HZ] = {.key = "mid1_hz", .label = "Peak 1", .unit = UNIT_HZ, .min = 40.0f,
		.max = 8000.0f, .def = 400.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_MID1_DB] = {.key = "mid1_db", .label = "Peak 1 gain", .unit = UNIT_DB, .min = -15.0f,
		.max = 15.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 40.0f},
	[EQ_MID1_Q] = {.key = "mid1_q", .label = "Peak 1 Q", .unit = UNIT_NONE, .min = 0.2f,
		.max = 10.0f, .def = 1.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_MID2_HZ] = {.key = "mid2_hz", .label = "Peak 2", .unit = UNIT_HZ, .min = 100.0f,
		.max = 16000.0f, .def = 2500.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_MID2_DB] = {.key = "mid2_db", .label = "Peak 2 gain", .unit = UNIT_DB, .min = -15.0f,
		.max = 15.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 40.0f},
	[EQ_MID2_Q] = {.key = "mid2_q", .label = "Peak 2 Q", .unit = UNIT_NONE, .min = 0.2f,
		.max = 10.0f, .def = 1.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_HIGH_HZ] = {.key = "high_hz", .label = "High shelf", .unit = UNIT_HZ, .min = 500.0f,
		.max = 18000.0f, .def = 8000.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[EQ_HIGH_DB] = {.key = "high_db", .label = "High shelf gain", .unit = UNIT_DB,
		.min = -15.0f, .max = 15.0f, .def = 0.0f, .curve = CURVE_LINEAR,
		.smooth_ms = 40.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(eq_params) == EQ_N_PARAMS, "one row per parameter");

static const struct port_desc eq_ins[] = {
	[EQ_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc eq_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

/* A band's parameters; shelves have no Q. */
static const struct {
	int hz, db, q;
} bands[N_BANDS] = {
	[BAND_LOW] = {EQ_LOW_HZ, EQ_LOW_DB, -1},
	[BAND_MID1] = {EQ_MID1_HZ, EQ_MID1_DB, EQ_MID1_Q},
	[BAND_MID2] = {EQ_MID2_HZ, EQ_MID2_DB, EQ_MID2_Q},
	[BAND_HIGH] = {EQ_HIGH_HZ, EQ_HIGH_DB, -1},
};

struct eq {
	v4f s1[N_BANDS], s2[N_BANDS];
};

struct band {
	v4f g, a1;                  /* a1 = 1 / (1 + g (g + k)) */
	v4f of_in, of_band, of_low; /* the output's mixture */
};

static inline struct band band_at(const struct module_io *io, int b, size_t i)
{
	v4f hz = lanes_min(
		cable_at(io->params[bands[b].hz], i), lanes_of(FREQ_MAX_NORM * io->rate_hz));
	v4f g = lanes_tan(hz * (3.14159265f / io->rate_hz)), k = lanes_of(1.41421356f);
	v4f octaves = cable_at(io->params[bands[b].db], i) * 0.08304820237f; /* of A */
	v4f a = lanes_exp2(octaves), root = lanes_exp2(octaves * 0.5f);
	struct band band = {.of_in = lanes_of(1.0f)};

	if (b == BAND_LOW) {
		g /= root;
		band.of_band = k * (a - 1.0f);
		band.of_low = a * a - 1.0f;
	} else if (b == BAND_HIGH) {
		g *= root;
		band.of_in = a * a;
		band.of_band = k * (1.0f - a) * a;
		band.of_low = 1.0f - a * a;
	} else {
		k = 1.0f / (cable_at(io->params[bands[b].q], i) * a);
		band.of_band = k * (a * a - 1.0f);
	}
	band.g = g;
	band.a1 = 1.0f / (1.0f + g * (g + k));
	return band;
}

static void band_run(struct eq *eq, const struct module_io *io, int b, bool is_moving)
{
	v4f s1 = eq->s1[b], s2 = eq->s2[b], *out = io->outs[0];
	struct band c = band_at(io, b, 0);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = out[i], v1, rise, v2;

		if (is_moving)
			c = band_at(io, b, i);
		v1 = (s1 + c.g * (x - s2)) * c.a1;
		rise = c.g * v1;
		v2 = s2 + rise;
		s1 = v1 + v1 - s1;
		s2 = v2 + rise;
		out[i] = c.of_in * x + c.of_band * v1 + c.of_low * v2;
	}
	eq->s1[b] = s1;
	eq->s2[b] = s2;
}

static void eq_render(void *state, const struct module_io *io)
{
	struct cable in = cable_or_zero(io->ins[EQ_IN]);
	struct eq *eq = state;

	for (size_t i = 0; i < (size_t)io->n_frames; i++)
		io->outs[0][i] = cable_at(in, i);
	for (int b = 0; b < N_BANDS; b++) {
		int last = bands[b].q > 0 ? bands[b].q : bands[b].db;
		struct cable db = io->params[bands[b].db];

		if (params_move(io, bands[b].hz, last)) {
			band_run(eq, io, b, true);
		} else if (lanes_any(db.at[0] != 0.0f)) {
			band_run(eq, io, b, false);
		} else {
			eq->s1[b] = eq->s2[b] = lanes_of(0.0f);
		}
	}
}

const struct module_desc eq_module = {
	.key = "eq",
	.purpose = "four bands: low shelf, two peaks, high shelf",
	.params = eq_params,
	.n_params = EQ_N_PARAMS,
	.ins = eq_ins,
	.n_ins = EQ_N_INS,
	.outs = eq_outs,
	.n_outs = ARRAY_LEN(eq_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct eq),
	.render = eq_render,
};
