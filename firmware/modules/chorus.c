/* chorus.c - detuned copies of both sides: delays that swing; with short delays and feedback a
 * flanger.
 *
 * Copies:  two a side. Each is read delay_ms ago, more or less by up to depth_ms, after a sine:
 *          those of one side half a cycle apart, those of the right side `spread` of a quarter
 *          cycle later. A delay is at least 2 frames; the swing is as large as that allows.
 * Reading: between two frames by a cubic through four (Lagrange).
 * Changes: delay_ms moves over 800 ms and depth_ms over 300 ms, so that the pitch bends by less
 *          than 5 % while they do.
 * Mix:     by equal power. The more of it, the less of the second copy: at mix 1 a side is one copy,
 *          so that no frequency is lost between two.
 * Feedback: the mean of a side's two copies; what is written bends softly from 2 on.
 * Memory:  a ring of one frame an entry, written from head on.
 * Source:  Dattorro, "Effect Design, Part 2: Delay-Line Modulation and Chorus", JAES 1997. */
#include "dsp/cycles.h"
#include "dsp/effect.h"
#include "modules/modules.h"
#include "dsp/tap.h"
#include "dsp/voice.h"

enum {
	CHORUS_RATE,
	CHORUS_DEPTH,
	CHORUS_DELAY,
	CHORUS_FEEDBACK,
	CHORUS_MIX,
	CHORUS_SPREAD,
	CHORUS_N_PARAMS
};
enum { CHORUS_IN, CHORUS_N_INS };

#define DEPTH_MAX_MS 10.0f
#define DELAY_MAX_MS 30.0f

/* clang-format off */
static const struct param_desc chorus_params[] = {
	[CHORUS_RATE] = {.key = "rate_hz", .label = "Rate", .unit = UNIT_HZ, .min = 0.01f,
		.max = 10.0f, .def = 0.6f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[CHORUS_DEPTH] = {.key = "depth_ms", .label = "Depth", .unit = UNIT_MS, .min = 0.0f,
		.max = DEPTH_MAX_MS, .def = 2.0f, .curve = CURVE_LINEAR, .smooth_ms = 300.0f},
	[CHORUS_DELAY] = {.key = "delay_ms", .label = "Delay", .unit = UNIT_MS, .min = 0.1f,
		.max = DELAY_MAX_MS, .def = 10.0f, .curve = CURVE_LINEAR, .smooth_ms = 800.0f},
	[CHORUS_FEEDBACK] = {.key = "feedback", .label = "Feedback", .unit = UNIT_NORM,
		.min = -0.95f, .max = 0.95f, .def = 0.0f, .curve = CURVE_LINEAR,
		.smooth_ms = 20.0f},
	[CHORUS_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[CHORUS_SPREAD] = {.key = "spread", .label = "Spread", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 300.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(chorus_params) == CHORUS_N_PARAMS, "one row per parameter");

static const struct port_desc chorus_ins[] = {
	[CHORUS_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc chorus_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct chorus {
	uint32_t head; /* first, as module.h asks */
	float rate_hz;
	float pad[2];
	struct cycles phase; /* of the latest frame */
	v4f back;            /* the latest frame of all copies, a side the mean of its two */
};

static size_t chorus_memory_frames(float rate_hz)
{
	return (size_t)((DELAY_MAX_MS + DEPTH_MAX_MS) * rate_hz / 1000.0f) + 2 * TAP_MARGIN;
}

static void chorus_reset(void *state)
{
	struct chorus *chorus = state;

	*chorus = (struct chorus){.rate_hz = chorus->rate_hz};
}

static void chorus_init(void *state, float rate_hz)
{
	struct chorus *chorus = state;

	chorus->rate_hz = rate_hz;
}

/* How many frames ago each copy is read: lanes 0 and 2 left, 1 and 3 right. */
static inline v4f delay_at(const struct chorus *chorus, const struct module_io *io, size_t i)
{
	const v4u apart = {0, 0, 1u << 31, 1u << 31};
	const v4f is_right = {0.0f, 1.0f, 0.0f, 1.0f};
	float per_ms = chorus->rate_hz / 1000.0f;
	v4f later = cable_at(io->params[CHORUS_SPREAD], i) * is_right * 0x1p30f;
	v4f delay = cable_at(io->params[CHORUS_DELAY], i) * per_ms;
	v4f depth = cable_at(io->params[CHORUS_DEPTH], i) * per_ms;
	v4u phase = cycles_high(chorus->phase) + apart + (v4u)lanes_to_int(later);

	delay = lanes_max(delay, lanes_of(2.0f));
	depth = lanes_min(depth, delay - 2.0f);
	return lanes_max(delay + phase_sin(phase) * depth, lanes_of(2.0f));
}

/* The four copies, each so many frames ago. */
static inline v4f copies_read(const struct module_io *io, uint32_t head, v4f delay)
{
	struct lanes_tap tap = lanes_tap_at(delay);

	return lanes_tap_read(&tap, io->memory, (uint32_t)io->memory_frames, head, 1);
}

/* Of the input and a side's two copies */
struct levels {
	v4f dry, first, second;
};

/* The second copy has a share of 1 - mix. The two add up by power. */
static inline struct levels levels_at(const struct module_io *io, size_t i)
{
	v4f mix = cable_at(io->params[CHORUS_MIX], i), share = 1.0f - mix;
	struct dry_wet levels = dry_wet_of(mix);
	v4f wet = levels.wet / lanes_sqrt(1.0f + share * share);

	return (struct levels){levels.dry, wet, wet * share};
}

static void chorus_render(void *state, const struct module_io *io)
{
	struct chorus now = *(struct chorus *)state;
	struct cable in = cable_or_zero(io->ins[CHORUS_IN]);
	struct cable mix = io->params[CHORUS_MIX];
	struct levels levels = levels_at(io, 0);
	struct cable feedback = io->params[CHORUS_FEEDBACK], rate = io->params[CHORUS_RATE];
	double cycles_per_hz = 1.0 / (double)now.rate_hz;
	struct cycles step = cycles_of_hz(rate.at[0], cycles_per_hz);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), first, second, mean;

		if (rate.step)
			step = cycles_of_hz(cable_at(rate, i), cycles_per_hz);
		now.phase = cycles_add(now.phase, step);
		if (mix.step)
			levels = levels_at(io, i);
		first = copies_read(io, now.head, delay_at(&now, io, i));
		second = __builtin_shufflevector(first, first, 2, 3, 0, 1);
		mean = (first + second) * 0.5f;
		io->memory[now.head] = lanes_bend(x + mean * cable_at(feedback, i));
		now.head = ring_next(now.head, (uint32_t)io->memory_frames);
		io->outs[0][i] = x * levels.dry + first * levels.first + second * levels.second;
	}
	*(struct chorus *)state = now;
}

const struct module_desc chorus_module = {
	.key = "chorus",
	.purpose = "detuned copies of both sides; with short delays and feedback a flanger",
	.params = chorus_params,
	.n_params = CHORUS_N_PARAMS,
	.ins = chorus_ins,
	.n_ins = CHORUS_N_INS,
	.outs = chorus_outs,
	.n_outs = ARRAY_LEN(chorus_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct chorus),
	.memory_frames = chorus_memory_frames,
	.init = chorus_init,
	.reset = chorus_reset,
	.render = chorus_render,
};
