/* phaser.c - notches that wander: a chain of allpass filters beside the signal itself.
 *
 * Stages:  first-order allpasses, 2 to 8, all with one corner: stages / 2 notches where mix is 0.5.
 *          Each turns its input x and its memory s by an angle, out = s sin - x cos, s = s cos + x
 *          sin, tan(angle / 2) = sqrt g, g = tan(pi corner / rate). So no energy comes or goes
 *          however the corner moves: it may be modulated at any speed, and what is fed back does
 *          not grow. Another number of stages is moved to in 20 ms.
 * Sweep:   a sine; the corner goes depth_octaves up and down from center_hz, the right side
 *          `spread` of a half cycle later.
 * Feedback: what left the chain a frame ago, times feedback, into its input; bent softly from 2 on.
 * Source:  Smith, "An Allpass Approach to Digital Phasing and Flanging", ICMC 1984; Gray and
 *          Markel, "A Normalized Digital Filter Structure", IEEE ASSP 1975 (the rotations). */
#include "dsp/cycles.h"
#include "dsp/effect.h"
#include "dsp/fade.h"
#include "modules/modules.h"
#include "dsp/voice.h"

enum {
	PHASER_RATE,
	PHASER_DEPTH,
	PHASER_CENTER,
	PHASER_FEEDBACK,
	PHASER_MIX,
	PHASER_SPREAD,
	PHASER_STAGES,
	PHASER_N_PARAMS
};
enum { PHASER_IN, PHASER_N_INS };
enum { MAX_STAGES = 8, N_TAPS = MAX_STAGES / 2 };

#define CORNER_MIN_HZ   10.0f
#define CORNER_MAX_NORM 0.45f /* of the rate */
#define FADE_MS         20.0f
#define ALIKE           0.3f

static const char *const phaser_stages[] = {"2", "4", "6", "8"};
_Static_assert(ARRAY_LEN(phaser_stages) == N_TAPS, "heard after every second stage");

/* clang-format off */
static const struct param_desc phaser_params[] = {
	[PHASER_RATE] = {.key = "rate_hz", .label = "Rate", .unit = UNIT_HZ, .min = 0.01f,
		.max = 10.0f, .def = 0.4f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[PHASER_DEPTH] = {.key = "depth_octaves", .label = "Depth (octaves)", .unit = UNIT_NONE,
		.min = 0.0f, .max = 3.0f, .def = 1.5f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[PHASER_CENTER] = {.key = "center_hz", .label = "Centre", .unit = UNIT_HZ, .min = 50.0f,
		.max = 5000.0f, .def = 700.0f, .curve = CURVE_EXP, .smooth_ms = 20.0f},
	[PHASER_FEEDBACK] = {.key = "feedback", .label = "Feedback", .unit = UNIT_NORM,
		.min = -0.95f, .max = 0.95f, .def = 0.4f, .curve = CURVE_LINEAR,
		.smooth_ms = 20.0f},
	[PHASER_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[PHASER_SPREAD] = {.key = "spread", .label = "Spread", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[PHASER_STAGES] = {.key = "stages", .label = "Stages", .unit = UNIT_CHOICE,
		.max = N_TAPS - 1, .def = 1.0f, .curve = CURVE_CHOICE, .choices = phaser_stages},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(phaser_params) == PHASER_N_PARAMS, "one row per parameter");

static const struct port_desc phaser_ins[] = {
	[PHASER_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc phaser_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct phaser {
	struct cycles phase; /* of the latest frame */
	v4f s[MAX_STAGES];
	v4f back;  /* the chain's latest output */
	v4f share; /* lane k: of what is heard after stage 2 (k + 1) */
	float rate_hz;
	float share_step;
	int32_t is_started;
	float pad;
};

static void phaser_reset(void *state)
{
	struct phaser *phaser = state;

	*phaser = (struct phaser){.rate_hz = phaser->rate_hz, .share_step = phaser->share_step};
}

static void phaser_init(void *state, float rate_hz)
{
	struct phaser *phaser = state;

	phaser->rate_hz = rate_hz;
	phaser->share_step = share_step(FADE_MS, rate_hz);
}

/* All of it after the stages chosen. */
static inline v4f share_wanted(const struct module_io *io, size_t i)
{
	const v4f taps = {0.0f, 1.0f, 2.0f, 3.0f};
	v4i is_chosen = cable_at(io->params[PHASER_STAGES], i) == taps;

	return lane_if(is_chosen, lanes_of(1.0f));
}

/* The angle of the stages */
struct turn {
	v4f cos, sin;
};

/* How much later in the sweep each side is */
static inline v4u later_at(const struct module_io *io, size_t i)
{
	const v4f is_right = {0.0f, 1.0f, 0.0f, 1.0f};

	return (v4u)lanes_to_int(cable_at(io->params[PHASER_SPREAD], i) * is_right * 0x1p30f) << 1;
}

/* For the corner of this frame; with g = over / under, cos is (1 - g) / (1 + g). */
static inline struct turn turn_at(
	const struct phaser *phaser, const struct module_io *io, v4u later, size_t i)
{
	v4f octaves = phase_sin(cycles_high(phaser->phase) + later) *
		      cable_at(io->params[PHASER_DEPTH], i);
	v4f hz = cable_at(io->params[PHASER_CENTER], i) * lanes_exp2(octaves);
	v4f top_hz = lanes_of(CORNER_MAX_NORM * phaser->rate_hz), part, root;
	struct ratio g;

	hz = lanes_clamp(hz, lanes_of(CORNER_MIN_HZ), top_hz);
	g = lanes_tan_ratio(hz * (3.14159265f / phaser->rate_hz));
	part = 1.0f / (g.under + g.over);
	root = lanes_sqrt(g.under * g.over);
	return (struct turn){(g.under - g.over) * part, 2.0f * root * part};
}

static inline v4f allpass(v4f *s, v4f x, struct turn by)
{
	v4f y = *s * by.sin - x * by.cos;

	*s = *s * by.cos + x * by.sin;
	return y;
}

/* Feedback makes the wet signal louder, by 1 / sqrt(1 - feedback^2). The lowest and highest
 * frequencies of the two are the same and add up by amplitude, ALIKE of their power. */
static inline struct dry_wet levels_at(const struct module_io *io, size_t i)
{
	struct dry_wet levels = dry_wet_of(cable_at(io->params[PHASER_MIX], i));
	v4f feedback = cable_at(io->params[PHASER_FEEDBACK], i);

	v4f alone = 1.0f / lanes_sqrt(1.0f + 2.0f * ALIKE * levels.dry * levels.wet);

	levels.dry *= alone;
	levels.wet *= alone * lanes_sqrt(1.0f - feedback * feedback);
	return levels;
}

static void phaser_render(void *state, const struct module_io *io)
{
	struct phaser now = *(struct phaser *)state;
	struct cable in = cable_or_zero(io->ins[PHASER_IN]);
	struct dry_wet levels = levels_at(io, 0);
	bool has_levels = io->params[PHASER_MIX].step || io->params[PHASER_FEEDBACK].step;
	struct cable feedback = io->params[PHASER_FEEDBACK], rate = io->params[PHASER_RATE];
	double cycles_per_hz = 1.0 / (double)now.rate_hz;
	struct cycles step = cycles_of_hz(rate.at[0], cycles_per_hz);
	v4f most = lanes_of(now.share_step), share;
	v4u later = later_at(io, 0);

	if (!now.is_started)
		now.share = share_wanted(io, 0);
	now.is_started = 1;
	share = share_wanted(io, 0);
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), y, wet = {0};
		struct turn by;

		if (rate.step)
			step = cycles_of_hz(cable_at(rate, i), cycles_per_hz);
		if (has_levels)
			levels = levels_at(io, i);
		if (io->params[PHASER_STAGES].step)
			share = share_wanted(io, i);
		if (io->params[PHASER_SPREAD].step)
			later = later_at(io, i);
		now.phase = cycles_add(now.phase, step);
		now.share = lanes_approach(now.share, share, most);
		by = turn_at(&now, io, later, i);
		y = lanes_bend(x + now.back * cable_at(feedback, i));
		for (int k = 0; k < N_TAPS; k++) {
			y = allpass(&now.s[2 * k], y, by);
			y = allpass(&now.s[2 * k + 1], y, by);
			wet += y * now.share[k];
		}
		now.back = wet;
		io->outs[0][i] = x * levels.dry + wet * levels.wet;
	}
	*(struct phaser *)state = now;
}

const struct module_desc phaser_module = {
	.key = "phaser",
	.purpose = "wandering notches: 2 to 8 allpasses, feedback, stereo",
	.params = phaser_params,
	.n_params = PHASER_N_PARAMS,
	.ins = phaser_ins,
	.n_ins = PHASER_N_INS,
	.outs = phaser_outs,
	.n_outs = ARRAY_LEN(phaser_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct phaser),
	.init = phaser_init,
	.reset = phaser_reset,
	.render = phaser_render,
};
