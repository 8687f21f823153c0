/* ladder.c - four-pole lowpass with feedback: 24 dB an octave, from warm to acid.
 *
 * Four trapezoidal one-pole stages; with g = tan(pi cutoff / rate) and G = g / (1 + g) each gives
 * y = s + G (x - s), and the loop without delay is solved for what enters the first stage. That is
 * bent by a hyperbolic tangent, which bounds it and moves no frequency: it oscillates at the
 * cutoff.
 * Resonance r: feedback k = 5 r; from 0.8 on it oscillates by itself. Half of the bass that
 * feedback takes is given back.
 * Cutoff:  cutoff_hz * 2^(env_amount * env * (1 + accent)); an accent also adds 1 to the feedback.
 * Aliases: it is not oversampled. Of a sine of 5 kHz at 0.5, 12 dB of drive make aliases of -42 dB
 *          at 48 kHz with the cutoff wide open, -46 dB with the cutoff at 5 kHz.
 * Source:  Zavalishin, The Art of VA Filter Design, ch. 5 (ladder, saturated loop). */
#include "dsp/effect.h"
#include "modules/modules.h"

enum { LADDER_CUTOFF, LADDER_RESONANCE, LADDER_ENV_AMOUNT, LADDER_DRIVE, LADDER_N_PARAMS };
enum { LADDER_IN, LADDER_ENV, LADDER_ACCENT, LADDER_N_INS };
enum { STAGES = 4 };

#define CUTOFF_MIN_HZ   10.0f
#define CUTOFF_MAX_NORM 0.45f /* of the rate */
#define FEEDBACK_MAX    5.0f
#define BASS_BACK       0.5f

/* clang-format off */
static const struct param_desc ladder_params[] = {
	[LADDER_CUTOFF] = {.key = "cutoff_hz", .label = "Cutoff", .unit = UNIT_HZ, .min = 20.0f,
		.max = 20000.0f, .def = 800.0f, .curve = CURVE_EXP, .smooth_ms = 30.0f},
	[LADDER_RESONANCE] = {.key = "resonance", .label = "Resonance", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 0.4f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[LADDER_ENV_AMOUNT] = {.key = "env_amount", .label = "Envelope, octaves", .unit = UNIT_NONE,
		.min = -8.0f, .max = 8.0f, .def = 3.0f, .curve = CURVE_LINEAR, .smooth_ms = 30.0f},
	[LADDER_DRIVE] = {.key = "drive_db", .label = "Drive", .unit = UNIT_DB, .min = 0.0f,
		.max = 36.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
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
	float radians_per_hz; /* pi / rate */
	float max_hz;
	float pad[2];
};

struct ladder_coeffs {
	v4f g;      /* G above */
	v4f k;      /* feedback */
	v4f solved; /* 1 / (1 + k G^4) */
	v4f in;     /* gain of the input */
};

static void ladder_reset(void *state)
{
	memset(state, 0, sizeof(((struct ladder *)state)->s));
}

static void ladder_init(void *state, float rate_hz)
{
	struct ladder *ladder = state;

	ladder->radians_per_hz = 3.14159265f / rate_hz;
	ladder->max_hz = CUTOFF_MAX_NORM * rate_hz;
}

static inline v4f accent_at(const struct module_io *io, size_t i)
{
	return lanes_clamp(
		cable_at(cable_or_zero(io->ins[LADDER_ACCENT]), i), lanes_of(0.0f), lanes_of(1.0f));
}

/* Feedback and gain of the input */
static inline void levels_take(struct ladder_coeffs *c, const struct module_io *io, size_t i)
{
	v4f k = cable_at(io->params[LADDER_RESONANCE], i) * FEEDBACK_MAX + accent_at(io, i);

	c->k = lanes_min(k, lanes_of(FEEDBACK_MAX));
	c->in = (1.0f + BASS_BACK * c->k) * lanes_gain_of_db(cable_at(io->params[LADDER_DRIVE], i));
}

static inline void cutoff_take(
	struct ladder_coeffs *c, const struct ladder *ladder, const struct module_io *io, size_t i)
{
	v4f hz = cable_at(io->params[LADDER_CUTOFF], i), g, g2;

	if (io->ins[LADDER_ENV].at) {
		v4f octaves = cable_at(io->ins[LADDER_ENV], i) *
			      cable_at(io->params[LADDER_ENV_AMOUNT], i) *
			      (1.0f + accent_at(io, i));

		hz *= lanes_exp2(lanes_clamp(octaves, lanes_of(-20.0f), lanes_of(20.0f)));
	}
	hz = lanes_clamp(hz, lanes_of(CUTOFF_MIN_HZ), lanes_of(ladder->max_hz));
	g = lanes_tan(hz * ladder->radians_per_hz);
	g = g / (1.0f + g);
	g2 = g * g;
	c->g = g;
	c->solved = 1.0f / (1.0f + c->k * (g2 * g2));
}

static inline v4f stage(v4f *s, v4f g, v4f x)
{
	v4f step = g * (x - *s), y = *s + step;

	*s = y + step;
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
		v4f known, y;

		if (has_levels)
			levels_take(&c, io, i);
		if (has_cutoff)
			cutoff_take(&c, &now, io, i);
		/* what the last stage would give if nothing went in */
		known = (((now.s[0] * c.g + now.s[1]) * c.g + now.s[2]) * c.g + now.s[3]) *
			(1.0f - c.g);
		y = lanes_tanh((cable_at(in, i) * c.in - c.k * known) * c.solved);
		for (int k = 0; k < STAGES; k++)
			y = stage(&now.s[k], c.g, y);
		io->outs[0][i] = y;
	}
	*ladder = now;
}

static void ladder_render(void *state, const struct module_io *io)
{
	if (cable_step(io->ins[LADDER_ACCENT]) || params_move(io, LADDER_DRIVE, LADDER_DRIVE) ||
		params_move(io, LADDER_RESONANCE, LADDER_RESONANCE))
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
