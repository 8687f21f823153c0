/* fm.c - two sines, one moving the other's phase (FM as the DX synthesizers have it).
 *
 *     modulator = sin(2 pi ratio f t + feedback)      out = level sin(2 pi f t + index modulator)
 * Feedback: the mean of the modulator's two latest frames, times pi f (1 - f / 2): nearly a saw at
 *           1. From 0.6 pi on it would chatter, in spite of the mean.
 * Aliases:  the band of such a sound is about f + (index + 2) ratio f. Where that is more than 0.45
 *           of the rate the index is made smaller, so high notes become plain. What lies beyond
 *           folds: at most -35 dB to full scale, at the highest index.
 * Pitch:    where plugged, it is the frequency and freq_hz is unused.
 * Source:   Chowning, "The Synthesis of Complex Audio Spectra by Means of Frequency Modulation",
 *           JAES 1973; Tomisawa, US patent 4249447 (the mean in the feedback), expired. */
#include "dsp/cycles.h"
#include "modules/modules.h"
#include "dsp/voice.h"

enum { FM_FREQ, FM_RATIO, FM_INDEX, FM_FEEDBACK, FM_LEVEL, FM_N_PARAMS };
enum { FM_PITCH, FM_N_INS };

#define TOP_NORM      0.45f /* of the rate */
#define TURNS_PER_RAD 0.159154943f

/* clang-format off */
static const struct param_desc fm_params[] = {
	[FM_FREQ] = {.key = "freq_hz", .label = "Frequency", .unit = UNIT_HZ, .min = 0.1f,
		.max = 20000.0f, .def = 220.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[FM_RATIO] = {.key = "ratio", .label = "Ratio", .unit = UNIT_NONE, .min = 0.125f,
		.max = 16.0f, .def = 2.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[FM_INDEX] = {.key = "index", .label = "Index", .unit = UNIT_NONE, .min = 0.0f,
		.max = 20.0f, .def = 2.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[FM_FEEDBACK] = {.key = "feedback", .label = "Feedback", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[FM_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(fm_params) == FM_N_PARAMS, "one row per parameter");

static const struct port_desc fm_ins[] = {
	[FM_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
};
static const struct port_desc fm_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct fm {
	struct cycles carrier, modulator; /* phases of the latest frame */
	v4f latest, before;               /* of the modulator */
	float rate_hz;
	float pad[3];
};

/* The values of a frame beside the phases. */
struct fm_now {
	struct cycles carrier, modulator; /* steps */
	v4f index, feedback;              /* in 2^-24 cycles */
};

static void fm_reset(void *state)
{
	struct fm *fm = state;

	*fm = (struct fm){.rate_hz = fm->rate_hz};
}

static void fm_init(void *state, float rate_hz)
{
	struct fm *fm = state;

	fm->rate_hz = rate_hz;
}

static inline struct fm_now fm_at(const struct fm *fm, const struct module_io *io, size_t i)
{
	const struct cable *params = io->params;
	v4f top_hz = lanes_of(TOP_NORM * fm->rate_hz), ratio = cable_at(params[FM_RATIO], i);
	v4f freq_hz = hz_at(io->ins[FM_PITCH], params[FM_FREQ], i), fm_hz, most;
	v4f f = cable_at(params[FM_FEEDBACK], i);
	double cycles_per_hz = 1.0 / (double)fm->rate_hz;

	freq_hz = lanes_clamp(freq_hz, lanes_of(0.01f), top_hz);
	fm_hz = lanes_min(freq_hz * ratio, top_hz);
	most = lanes_max((top_hz - freq_hz) / fm_hz - 2.0f, lanes_of(0.0f));
	return (struct fm_now){
		.carrier = cycles_of_hz(freq_hz, cycles_per_hz),
		.modulator = cycles_of_hz(fm_hz, cycles_per_hz),
		.index = lanes_min(cable_at(params[FM_INDEX], i), most) * (TURNS_PER_RAD * 0x1p24f),
		.feedback = f * (1.0f - 0.5f * f) * (0.25f * 0x1p24f),
	};
}

static void fm_render(void *state, const struct module_io *io)
{
	const struct cable *params = io->params;
	size_t n = (size_t)io->n_frames;
	size_t is_moving = params[FM_FREQ].step | params[FM_RATIO].step | params[FM_INDEX].step |
			   params[FM_FEEDBACK].step | cable_step(io->ins[FM_PITCH]);
	struct fm fm = *(struct fm *)state;
	struct fm_now now = fm_at(&fm, io, 0);
	v4f *out = io->outs[0];

	for (size_t i = 0; i < n; i++) {
		v4u back, by;
		v4f modulator;

		if (is_moving)
			now = fm_at(&fm, io, i);
		fm.carrier = cycles_add(fm.carrier, now.carrier);
		fm.modulator = cycles_add(fm.modulator, now.modulator);
		back = (v4u)lanes_to_int((fm.latest + fm.before) * now.feedback) << 8;
		modulator = phase_sin(cycles_high(fm.modulator) + back);
		fm.before = fm.latest;
		fm.latest = modulator;
		by = (v4u)lanes_to_int(modulator * now.index) << 8;
		out[i] = phase_sin(cycles_high(fm.carrier) + by) * cable_at(params[FM_LEVEL], i);
	}
	*(struct fm *)state = fm;
}

const struct module_desc fm_module = {
	.key = "fm",
	.purpose = "two sines, one moving the phase of the other: bells, basses, electric pianos",
	.params = fm_params,
	.n_params = FM_N_PARAMS,
	.ins = fm_ins,
	.n_ins = FM_N_INS,
	.outs = fm_outs,
	.n_outs = ARRAY_LEN(fm_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct fm),
	.init = fm_init,
	.reset = fm_reset,
	.render = fm_render,
};
