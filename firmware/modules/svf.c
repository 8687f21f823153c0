/* svf.c - state-variable filter, 12 dB an octave, stable at every setting and speed of change.
 *
 * Two trapezoidal integrators (the states s1 and s2 only ever lose energy by themselves, whatever
 * the cutoff does), with g = tan(pi cutoff / rate) and damping k:
 *     band = (s1 + g (in - s2)) / (1 + g (g + k)),   low = s2 + g band.
 * Resonance r means damping k = 1/Q = 0.04 + 1.96 (1 - r)^2: Q 0.5 at 0, 0.77 at 0.2, 25 at 1.
 * At the cutoff lowpass and highpass reach Q, the bandpass 1, the notch 0, the peak 4 (12 dB).
 * Modes:  each is a mixture of in, k band and low. Another mode is moved to at 1 in 5 ms.
 * Source: Zavalishin, The Art of VA Filter Design, ch. 4; Simper, "Solving the continuous SVF
 *         equations using trapezoidal integration", Cytomic 2013. */
#include "dsp/effect.h"
#include "dsp/fade.h"
#include "modules/modules.h"
#include "modules/svf.h"

static const char *const svf_modes[] = {
	[MODE_LOWPASS] = "lowpass",
	[MODE_HIGHPASS] = "highpass",
	[MODE_BANDPASS] = "bandpass",
	[MODE_NOTCH] = "notch",
	[MODE_PEAK] = "peak",
	[MODE_ALLPASS] = "allpass",
};
_Static_assert(ARRAY_LEN(svf_modes) == N_MODES, "one name per mode");

static const float mixtures[N_MODES][N_PARTS] = {
	[MODE_LOWPASS] = {0.0f, 0.0f, 1.0f},
	[MODE_HIGHPASS] = {1.0f, -1.0f, -1.0f},
	[MODE_BANDPASS] = {0.0f, 1.0f, 0.0f},
	[MODE_NOTCH] = {1.0f, -1.0f, 0.0f},
	[MODE_PEAK] = {1.0f, 3.0f, 0.0f},
	[MODE_ALLPASS] = {1.0f, -2.0f, 0.0f},
};

/* clang-format off */
static const struct param_desc svf_params[] = {
	[SVF_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE, .max = N_MODES - 1,
		.curve = CURVE_CHOICE, .choices = svf_modes},
	[SVF_CUTOFF] = {.key = "cutoff_hz", .label = "Cutoff", .unit = UNIT_HZ, .min = 20.0f,
		.max = 20000.0f, .def = 1000.0f, .curve = CURVE_EXP, .smooth_ms = 30.0f},
	[SVF_RESONANCE] = {.key = "resonance", .label = "Resonance", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.2f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(svf_params) == SVF_N_PARAMS, "one row per parameter");

static const struct port_desc svf_ins[] = {
	[SVF_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc svf_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

#define FADE_MS         5.0f
#define CUTOFF_MAX_NORM 0.49f /* of the rate */
#define NO_MODE         (-1.0f)
#define NEW_MODE        (-2.0f) /* nothing was heard yet: any mode is begun with at once */

enum svf_pace {
	PACE_CONSTANT,
	PACE_SWEEP,  /* the cutoff moves */
	PACE_MOVING, /* the resonance too */
	PACE_FADING, /* and the mode */
};

static void svf_reset(void *state)
{
	struct svf *svf = state;

	*svf = (struct svf){
		.mix_step = svf->mix_step,
		.radians_per_hz = svf->radians_per_hz,
		.max_hz = svf->max_hz,
		.mode = lanes_of(NEW_MODE),
	};
}

static void svf_init(void *state, float rate_hz)
{
	struct svf *svf = state;

	svf->mix_step = share_step(FADE_MS, rate_hz);
	svf->radians_per_hz = 3.14159265f / rate_hz;
	svf->max_hz = CUTOFF_MAX_NORM * rate_hz;
}

/* part's share in the output for the mode of each lane */
static v4f mix_target(v4f mode, int part)
{
	v4f target = {0.0f, 0.0f, 0.0f, 0.0f};

	for (int k = 0; k < N_MODES; k++)
		target = lanes_select(mode == (float)k, lanes_of(mixtures[k][part]), target);
	return target;
}

static void mix_move(struct svf *svf, v4f mode)
{
	for (int part = 0; part < N_PARTS; part++)
		svf->mix[part] = lanes_approach(
			svf->mix[part], mix_target(mode, part), lanes_of(svf->mix_step));
}

/* Finds out whether `mode` has been reached. */
static void mode_settle(struct svf *svf, v4f mode)
{
	v4i differs = {0, 0, 0, 0};

	for (int part = 0; part < N_PARTS; part++)
		differs |= mix_target(mode, part) != svf->mix[part];
	svf->mode = lanes_any(differs) ? lanes_of(NO_MODE) : mode;
	svf->is_lowpass = !lanes_any(svf->mode != (float)MODE_LOWPASS);
}

/* The reference: one frame after the other, whatever moves. */
static inline __attribute__((always_inline)) void svf_run(struct svf *svf,
	const struct module_io *io, const enum svf_pace pace, const bool is_lowpass)
{
	struct cable in = cable_or_zero(io->ins[SVF_IN]), mode = io->params[SVF_MODE];
	struct cable cutoff = io->params[SVF_CUTOFF], resonance = io->params[SVF_RESONANCE];
	v4f *out = io->outs[0];
	struct svf now = *svf;
	v4f k = damping_of(resonance.at[0]);
	struct svf_coeffs c = coeffs_of(&now, cutoff.at[0], k);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), before = now.s1, low;

		if (pace == PACE_FADING)
			mix_move(&now, cable_at(mode, i));
		if (pace >= PACE_MOVING)
			k = damping_of(cable_at(resonance, i));
		if (pace >= PACE_SWEEP)
			c = coeffs_of(&now, cable_at(cutoff, i), k);
		low = svf_step(&now.s1, &now.s2, &c, x);
		out[i] = is_lowpass ? low
				    : now.mix[OF_IN] * x + now.mix[OF_LOW] * low +
					      now.mix[OF_BAND] * (c.k_half * (before + now.s1));
	}
	*svf = now;
}

static void svf_fade(struct svf *svf, const struct module_io *io)
{
	struct cable mode = io->params[SVF_MODE];

	svf_run(svf, io, PACE_FADING, false);
	mode_settle(svf, cable_at(mode, (size_t)io->n_frames - 1));
}

static void svf_render(void *state, const struct module_io *io)
{
	struct svf *svf = state;
	struct cable mode = io->params[SVF_MODE];

	if (svf->mode[0] == NEW_MODE) {
		for (int part = 0; part < N_PARTS; part++)
			svf->mix[part] = mix_target(mode.at[0], part);
		mode_settle(svf, mode.at[0]);
	}
	if (mode.step || lanes_any(svf->mode != mode.at[0]))
		svf_fade(svf, io);
	else if (io->params[SVF_RESONANCE].step)
		svf_run(svf, io, PACE_MOVING, false);
	else if (svf_fast(svf, io))
		return;
	else if (svf->is_lowpass && io->params[SVF_CUTOFF].step)
		svf_run(svf, io, PACE_SWEEP, true);
	else if (svf->is_lowpass)
		svf_run(svf, io, PACE_CONSTANT, true);
	else if (io->params[SVF_CUTOFF].step)
		svf_run(svf, io, PACE_SWEEP, false);
	else
		svf_run(svf, io, PACE_CONSTANT, false);
}

const struct module_desc svf_module = {
	.key = "svf",
	.purpose = "filter: lowpass, highpass, bandpass, notch, peak or allpass, 12 dB an octave",
	.params = svf_params,
	.n_params = SVF_N_PARAMS,
	.ins = svf_ins,
	.n_ins = SVF_N_INS,
	.outs = svf_outs,
	.n_outs = ARRAY_LEN(svf_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct svf),
	.init = svf_init,
	.reset = svf_reset,
	.render = svf_render,
};
