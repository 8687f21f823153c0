/* svf.c - state-variable filter, 12 dB an octave, stable at every setting and speed of change.
 *
 * Two trapezoidal integrators (the states s1 and s2 only ever lose energy by themselves, whatever
 * the cutoff does). With g = tan(pi cutoff / rate) = sin / cos the coefficients need no tangent:
 *     a1 = 1 / (1 + g (g + k)) = cos^2 / (1 + k sin cos),   a2 = g a1,   a3 = g a2.
 * Resonance r means damping k = 1/Q = 0.04 + 1.96 (1 - r)^2: Q 0.5 at 0, 0.77 at 0.2, 25 at 1.
 * Lowpass and highpass peak at Q; the bandpass peaks at 1. Another mode is faded to over 5 ms.
 * Source: Zavalishin, The Art of VA Filter Design, ch. 4; Simper, "Solving the continuous SVF
 *         equations using trapezoidal integration", Cytomic 2013. */
#include <stdbool.h>

#include "dsp/lanes_math.h"
#include "dsp/modules.h"

enum { SVF_MODE, SVF_CUTOFF, SVF_RESONANCE, SVF_N_PARAMS };
enum { SVF_IN, SVF_N_INS };
enum svf_mode { MODE_LOWPASS, MODE_HIGHPASS, MODE_BANDPASS, N_MODES };

#define FADE_MS         5.0f
#define CUTOFF_MAX_NORM 0.49f /* of the rate */

static const char *const svf_modes[] = {
	[MODE_LOWPASS] = "lowpass",
	[MODE_HIGHPASS] = "highpass",
	[MODE_BANDPASS] = "bandpass",
};
_Static_assert(ARRAY_LEN(svf_modes) == N_MODES, "one name per mode");

static const struct param_desc svf_params[] = {
	[SVF_MODE] = {"mode", "Mode", UNIT_CHOICE, 0.0f, N_MODES - 1, 0.0f, CURVE_CHOICE, 0.0f,
		svf_modes},
	[SVF_CUTOFF] = {"cutoff_hz", "Cutoff", UNIT_HZ, 20.0f, 20000.0f, 1000.0f, CURVE_EXP, 5.0f,
		NULL},
	[SVF_RESONANCE] = {"resonance", "Resonance", UNIT_NORM, 0.0f, 1.0f, 0.2f, CURVE_LINEAR,
		5.0f, NULL},
};
_Static_assert(ARRAY_LEN(svf_params) == SVF_N_PARAMS, "one row per parameter");

static const struct port_desc svf_ins[] = {[SVF_IN] = {"in", "In", PORT_AUDIO}};
static const struct port_desc svf_outs[] = {{"out", "Out", PORT_AUDIO}};

struct svf {
	v4f s1, s2;         /* the integrators */
	v4f share[N_MODES]; /* of each mode in the output; moves to 0 or 1 */
	float share_step;
	float radians_per_hz; /* pi / rate */
	float max_hz;
	int32_t is_started;
};

struct svf_coeffs {
	v4f a1, a2, a3;
	v4f of_in, of_band, of_low; /* the output's mixture */
};

static void svf_reset(void *state)
{
	struct svf *svf = state;

	*svf = (struct svf){
		.share_step = svf->share_step,
		.radians_per_hz = svf->radians_per_hz,
		.max_hz = svf->max_hz,
	};
}

static void svf_init(void *state, float rate_hz)
{
	struct svf *svf = state;

	svf->share_step = 1000.0f / (FADE_MS * rate_hz);
	svf->radians_per_hz = 3.14159265f / rate_hz;
	svf->max_hz = CUTOFF_MAX_NORM * rate_hz;
	svf_reset(state);
}

static inline v4f share_target(v4f mode, int k)
{
	return (v4f)((v4i)(mode == (float)k) & (v4i)lanes_of(1.0f));
}

static bool has_fade(const struct svf *svf, struct cable mode)
{
	v4i differs = {0, 0, 0, 0};

	for (int k = 0; k < N_MODES; k++)
		differs |= share_target(mode.at[0], k) != svf->share[k];
	return lanes_any(differs);
}

static inline void share_move(struct svf *svf, v4f mode)
{
	v4f step = lanes_of(svf->share_step);

	for (int k = 0; k < N_MODES; k++)
		svf->share[k] += lanes_clamp(share_target(mode, k) - svf->share[k], -step, step);
}

static inline struct svf_coeffs coeffs_of(const struct svf *svf, v4f cutoff_hz, v4f resonance)
{
	v4f angle = lanes_min(cutoff_hz, lanes_of(svf->max_hz)) * svf->radians_per_hz;
	v4f sin = lanes_sin_quarter(angle);
	v4f cos = lanes_sin_quarter(1.57079633f - angle);
	v4f k = (1.0f - resonance) * (1.0f - resonance) * 1.96f + 0.04f;
	v4f over = 1.0f / (1.0f + k * sin * cos);

	return (struct svf_coeffs){
		.a1 = cos * cos * over,
		.a2 = sin * cos * over,
		.a3 = sin * sin * over,
		.of_in = svf->share[MODE_HIGHPASS],
		.of_band = k * (svf->share[MODE_BANDPASS] - svf->share[MODE_HIGHPASS]),
		.of_low = svf->share[MODE_LOWPASS] - svf->share[MODE_HIGHPASS],
	};
}

static inline __attribute__((always_inline)) void svf_run(struct svf *svf,
	const struct module_io *io, struct cable in, const bool is_moving, const bool is_fading)
{
	struct cable mode = io->params[SVF_MODE];
	struct cable cutoff = io->params[SVF_CUTOFF], resonance = io->params[SVF_RESONANCE];
	struct svf now = *svf;
	struct svf_coeffs c = coeffs_of(&now, cutoff.at[0], resonance.at[0]);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = in.at[i * in.step], v1, v2, v3;

		if (is_fading)
			share_move(&now, mode.at[i * mode.step]);
		if (is_moving || is_fading)
			c = coeffs_of(
				&now, cutoff.at[i * cutoff.step], resonance.at[i * resonance.step]);
		v3 = x - now.s2;
		v1 = c.a1 * now.s1 + c.a2 * v3;
		v2 = now.s2 + c.a2 * now.s1 + c.a3 * v3;
		now.s1 = v1 + v1 - now.s1;
		now.s2 = v2 + v2 - now.s2;
		io->outs[0][i] = c.of_in * x + c.of_band * v1 + c.of_low * v2;
	}
	*svf = now;
}

static void svf_render(void *state, const struct module_io *io)
{
	static const v4f silence;
	struct svf *svf = state;
	struct cable in = io->ins[SVF_IN].at ? io->ins[SVF_IN] : cable_of(&silence, 0);
	struct cable mode = io->params[SVF_MODE];
	bool is_moving = io->params[SVF_CUTOFF].step || io->params[SVF_RESONANCE].step;

	for (int k = 0; !svf->is_started && k < N_MODES; k++)
		svf->share[k] = share_target(mode.at[0], k);
	svf->is_started = 1;
	if (mode.step || has_fade(svf, mode))
		svf_run(svf, io, in, true, true);
	else if (is_moving)
		svf_run(svf, io, in, true, false);
	else
		svf_run(svf, io, in, false, false);
}

const struct module_desc svf_module = {
	.key = "svf",
	.purpose = "filter: lowpass, highpass or bandpass, 12 dB an octave",
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
