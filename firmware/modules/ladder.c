/* ladder.c - four-pole lowpass with feedback: 24 dB an octave, from warm to acid.
 *
 * Four trapezoidal one-pole stages; with g = tan(pi cutoff / (2 rate)) and G = g / (1 + g) each
 * gives y = s + G (x - s), and the loop without delay is solved for what the last stage gives.
 * Two places bend softly (SOFT_*): the input, before the loop, and of the feedback what is beyond
 * the part k / (1 + k) that a still input gets. That bounds the resonance and moves no frequency:
 * it oscillates at the cutoff; and neither bass nor drive takes it away.
 * Resonance r: feedback k = 5 r; from 0.8 on it oscillates by itself. Half of the bass that
 * feedback takes is given back.
 * Drive:   the input's limit is 3.2 at 0 dB, where it is nearly linear, and goes towards 1.
 * Cutoff:  cutoff_hz * 2^(env_amount * env * (1 + a)), a = accent * accent_amount; a also adds to
 *          the feedback, up to 1.
 * Aliases: rendered at twice the rate, between half-band filters (halfband.h).
 * Source:  Zavalishin, The Art of VA Filter Design, ch. 5 (ladder, saturated feedback). */
#include "dsp/effect.h"
#include "dsp/halfband.h"
#include "modules/modules.h"

enum {
	LADDER_CUTOFF,
	LADDER_RESONANCE,
	LADDER_ENV_AMOUNT,
	LADDER_DRIVE,
	LADDER_ACCENT_AMOUNT,
	LADDER_N_PARAMS
};
enum { LADDER_IN, LADDER_ENV, LADDER_ACCENT, LADDER_N_INS };
enum { STAGES = 4 };

#define CUTOFF_MIN_HZ   10.0f
#define CUTOFF_MAX_NORM 0.45f /* of the rate */
#define FEEDBACK_MAX    5.0f
#define BASS_BACK       0.5f
#define IN_LIMIT        1.0f
#define IN_LIMIT_MORE   2.2f /* at 0 dB of drive */
#define FEEDBACK_LIMIT  1.4f

/* x (1 - 2/3 z^2 + 1/5 z^4), z = x / (15/8 limit): up to +-limit, smooth to the second slope */
#define SOFT_WIDTH 1.875f
#define SOFT_3     (-2.0f / 3.0f)
#define SOFT_5     0.2f

/* clang-format off */
static const struct param_desc ladder_params[] = {
	[LADDER_CUTOFF] = {.key = "cutoff_hz", .label = "Cutoff", .unit = UNIT_HZ, .min = 20.0f,
		.max = 20000.0f, .def = 800.0f, .curve = CURVE_EXP, .smooth_ms = 40.0f},
	[LADDER_RESONANCE] = {.key = "resonance", .label = "Resonance", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 0.4f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[LADDER_ENV_AMOUNT] = {.key = "env_amount", .label = "Envelope, octaves", .unit = UNIT_NONE,
		.min = -8.0f, .max = 8.0f, .def = 3.0f, .curve = CURVE_LINEAR, .smooth_ms = 30.0f},
	[LADDER_DRIVE] = {.key = "drive_db", .label = "Drive", .unit = UNIT_DB, .min = 0.0f,
		.max = 36.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[LADDER_ACCENT_AMOUNT] = {.key = "accent_amount", .label = "Accent amount",
		.unit = UNIT_NORM, .min = 0.0f, .max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR,
		.smooth_ms = 30.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(ladder_params) == LADDER_N_PARAMS, "one row per parameter");

static const struct port_desc ladder_ins[] = {
	[LADDER_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
	[LADDER_ENV] = {.key = "env", .label = "Envelope", .kind = PORT_CONTROL},
	[LADDER_ACCENT] = {.key = "accent", .label = "Accent", .kind = PORT_CONTROL},
};
static const struct port_desc ladder_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct ladder {
	v4f s[STAGES];
	struct halfband up, down;
	float radians_per_hz; /* pi / twice the rate */
	float max_hz;
	float pad[2];
};

/* y of a stage by what goes into the first one, x, and by what the stages hold: G^(k+1) x and a sum.
 * So none of the stages waits for the one before it. */
struct ladder_coeffs {
	v4f k, still;        /* feedback, k / (1 + k) */
	v4f powers[STAGES];  /* G^1.. */
	v4f keep;            /* 1 - G */
	v4f to_back[STAGES]; /* what each stage holds, to z of the feedback's bend: G^3..1 known */
	v4f forward;         /* what goes in, to the same: k G^4 / (1 + k G^4) - still */
	v4f to_soft, limit;  /* of the input: its gain to z of SOFT_*, and from there */
};

#define BACK_WIDTH (FEEDBACK_LIMIT * SOFT_WIDTH)

static void ladder_reset(void *state)
{
	memset(state, 0, offsetof(struct ladder, radians_per_hz));
}

static void ladder_init(void *state, float rate_hz)
{
	struct ladder *ladder = state;

	ladder->radians_per_hz = 3.14159265f / (2.0f * rate_hz);
	ladder->max_hz = CUTOFF_MAX_NORM * rate_hz;
}

/* accent * accent_amount */
static inline v4f accent_at(const struct module_io *io, size_t i)
{
	v4f accent = cable_at(cable_or_zero(io->ins[LADDER_ACCENT]), i);

	return lanes_clamp(accent, lanes_of(0.0f), lanes_of(1.0f)) *
	       cable_at(io->params[LADDER_ACCENT_AMOUNT], i);
}

/* Feedback and the input's bend */
static inline void levels_take(struct ladder_coeffs *c, const struct module_io *io, size_t i)
{
	v4f k = cable_at(io->params[LADDER_RESONANCE], i) * FEEDBACK_MAX;
	v4f gain = lanes_gain_of_db(cable_at(io->params[LADDER_DRIVE], i));
	v4f limit = IN_LIMIT + IN_LIMIT_MORE / (gain * gain);

	c->k = lanes_min(k + lanes_min(accent_at(io, i), lanes_of(1.0f)), lanes_of(FEEDBACK_MAX));
	c->still = c->k / (1.0f + c->k);
	c->to_soft = gain / (limit * SOFT_WIDTH);
	c->limit = limit * SOFT_WIDTH * (1.0f + BASS_BACK * c->k);
}

static inline void cutoff_take(
	struct ladder_coeffs *c, const struct ladder *ladder, const struct module_io *io, size_t i)
{
	v4f hz = cable_at(io->params[LADDER_CUTOFF], i), g, g4, k_solved;

	if (io->ins[LADDER_ENV].at) {
		v4f octaves = cable_at(io->ins[LADDER_ENV], i) *
			      cable_at(io->params[LADDER_ENV_AMOUNT], i) *
			      (1.0f + accent_at(io, i));

		hz *= lanes_exp2(lanes_clamp(octaves, lanes_of(-20.0f), lanes_of(20.0f)));
	}
	hz = lanes_clamp(hz, lanes_of(CUTOFF_MIN_HZ), lanes_of(ladder->max_hz));
	g = lanes_tan(hz * ladder->radians_per_hz);
	g = g / (1.0f + g);
	c->powers[0] = g;
	c->powers[1] = g * g;
	c->powers[2] = c->powers[1] * g;
	c->powers[3] = g4 = c->powers[1] * c->powers[1];
	c->keep = 1.0f - g;
	k_solved = c->k / (1.0f + c->k * g4);
	c->forward = (g4 * k_solved - c->still) * (1.0f / BACK_WIDTH);
	c->to_back[3] = c->keep * k_solved * (1.0f / BACK_WIDTH);
	for (int k = 0; k < STAGES - 1; k++)
		c->to_back[k] = c->to_back[3] * c->powers[2 - k];
}

/* z of SOFT_*, bent */
static inline v4f soft(v4f z)
{
	v4f y = lanes_clamp(z, lanes_of(-1.0f), lanes_of(1.0f)), y2 = y * y;

	return y + (y * y2) * (y2 * SOFT_5 + SOFT_3);
}

/* Half a frame */
static inline v4f ladder_step(v4f *s, const struct ladder_coeffs *c, v4f in)
{
	v4f x = soft(in * c->to_soft) * c->limit;
	v4f back = (c->to_back[0] * s[0] + c->to_back[1] * s[1]) +
		   ((c->to_back[2] * s[2] + x * c->forward) + c->to_back[3] * s[3]);
	v4f held = c->keep * s[0], y;

	x -= x * c->still + soft(back) * BACK_WIDTH;
	for (int k = 0; k < STAGES; k++) {
		y = c->powers[k] * x + held;
		if (k < STAGES - 1)
			held = c->powers[0] * held + c->keep * s[k + 1];
		s[k] = (y - s[k]) + y;
	}
	return y;
}

static inline __attribute__((always_inline)) void ladder_run(struct ladder *ladder,
	const struct module_io *io, const bool has_levels, const bool has_cutoff)
{
	struct cable in = cable_or_zero(io->ins[LADDER_IN]);
	struct ladder_coeffs c;
	struct ladder now = *ladder;

	levels_take(&c, io, 0);
	cutoff_take(&c, ladder, io, 0);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), sooner, later;

		if (has_levels)
			levels_take(&c, io, i);
		if (has_cutoff)
			cutoff_take(&c, &now, io, i);
		x = lanes_clamp(x, lanes_of(-1e3f), lanes_of(1e3f)); /* no NaN stays in a filter */
		sooner = halfband_chain(&now.up, halfband_short, HALFBAND_SHORT, 0, x);
		later = halfband_chain(&now.up, halfband_short, HALFBAND_SHORT, 1, x);
		sooner = ladder_step(now.s, &c, sooner);
		later = ladder_step(now.s, &c, later);
		io->outs[0][i] =
			halfband_down(&now.down, halfband_short, HALFBAND_SHORT, sooner, later);
	}
	*ladder = now;
}

static void ladder_render(void *state, const struct module_io *io)
{
	if (cable_step(io->ins[LADDER_ACCENT]) || params_move(io, LADDER_DRIVE, LADDER_DRIVE) ||
		params_move(io, LADDER_RESONANCE, LADDER_RESONANCE) ||
		params_move(io, LADDER_ACCENT_AMOUNT, LADDER_ACCENT_AMOUNT))
		ladder_run(state, io, true, true);
	else if (cable_step(io->ins[LADDER_ENV]) ||
		 params_move(io, LADDER_CUTOFF, LADDER_ENV_AMOUNT))
		ladder_run(state, io, false, true);
	else
		ladder_run(state, io, false, false);
}

const struct module_desc ladder_module = {
	.key = "ladder",
	.purpose = "filter: lowpass with feedback, 24 dB an octave, saturating; sings by itself",
	.params = ladder_params,
	.n_params = LADDER_N_PARAMS,
	.ins = ladder_ins,
	.n_ins = LADDER_N_INS,
	.outs = ladder_outs,
	.n_outs = ARRAY_LEN(ladder_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct ladder),
	.init = ladder_init,
	.reset = ladder_reset,
	.render = ladder_render,
};
