/* osc.c - oscillator: sine, and saw, square and triangle without audible aliases.
 *
 * Phase:  64 bits of a cycle a lane, so that it wraps exactly and never drifts; a steady frequency
 *         is divided by the rate in double. All shapes rise through zero at phase 0.
 * Shapes: the sine is a polynomial; the others are plain waveforms, BLEP_LATENCY frames late, with
 *         every jump and corner made band-limited (blep.h).
 *         A change fades over 5 ms, after the new waveform's first (incomplete) frames. The shape
 *         of lane 0 is the shape of all lanes.
 * Pitch:  where plugged, it is the frequency: 440 Hz * 2^((pitch - 69) / 12), and freq_hz is
 *         unused. */
#include <math.h>
#include <stdbool.h>

#include "dsp/blep.h"
#include "dsp/lanes_math.h"
#include "dsp/modules.h"

enum { OSC_SHAPE, OSC_FREQ, OSC_LEVEL, OSC_N_PARAMS };
enum { OSC_PITCH, OSC_N_INS };
enum shape { SHAPE_SINE, SHAPE_SAW, SHAPE_SQUARE, SHAPE_TRIANGLE, N_SHAPES };

enum { STRETCH_MAX_FRAMES = 64 };

#define FREQ_MIN_HZ 0.01f
#define FREQ_MAX_HZ 20000.0f
#define FADE_MS     5.0f

static const char *const osc_shapes[] = {
	[SHAPE_SINE] = "sine",
	[SHAPE_SAW] = "saw",
	[SHAPE_SQUARE] = "square",
	[SHAPE_TRIANGLE] = "triangle",
};
_Static_assert(ARRAY_LEN(osc_shapes) == N_SHAPES, "one name per shape");

static const struct param_desc osc_params[] = {
	[OSC_SHAPE] = {"shape", "Shape", UNIT_CHOICE, 0.0f, N_SHAPES - 1, 0.0f, CURVE_CHOICE, 0.0f,
		osc_shapes},
	[OSC_FREQ] = {"freq_hz", "Frequency", UNIT_HZ, FREQ_MIN_HZ, FREQ_MAX_HZ, 440.0f, CURVE_EXP,
		5.0f, NULL},
	[OSC_LEVEL] = {"level", "Level", UNIT_NORM, 0.0f, 1.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
};
_Static_assert(ARRAY_LEN(osc_params) == OSC_N_PARAMS, "one row per parameter");

static const struct port_desc osc_ins[] = {[OSC_PITCH] = {"pitch", "Pitch", PORT_PITCH}};
static const struct port_desc osc_outs[] = {{"out", "Out", PORT_AUDIO}};

typedef uint64_t v2u __attribute__((vector_size(16)));
typedef int64_t v2i __attribute__((vector_size(16)));
typedef double v2d __attribute__((vector_size(16)));

/* Phases, and what is added to them, in 2^-64 cycles: lanes 0 and 1, lanes 2 and 3. */
struct cycles {
	v2u a, b;
};

struct osc {
	struct cycles phase;    /* of the latest frame */
	v4f tail[2][BLEP_TAPS]; /* frames begun; [0] the shape heard, [1] the one coming */
	int32_t shape, next_shape;
	int32_t fade_left; /* frames until next_shape is heard alone; 0: no fade */
	int32_t is_started;
	float rate_hz;
	float pad[3];
};

/* Up to STRETCH_MAX_FRAMES frames with one shape: what all shapes are made from. */
struct stretch {
	const v4u *phase; /* in 2^-32 cycles: n + 1, beginning with the frame before */
	struct cable inc; /* phase[i + 1] - phase[i], as a number */
	struct cable level;
	int n;
};

static struct cycles cycles_add(struct cycles x, struct cycles y)
{
	return (struct cycles){x.a + y.a, x.b + y.b};
}

static v4u cycles_high(struct cycles x)
{
	return (v4u)__builtin_shufflevector((v4u)x.a, (v4u)x.b, 1, 3, 5, 7);
}

/* freq_hz below half the rate */
static struct cycles cycles_of_hz(v4f freq_hz, double cycles_per_hz)
{
	v2d a = {(double)freq_hz[0], (double)freq_hz[1]};
	v2d b = {(double)freq_hz[2], (double)freq_hz[3]};

	return (struct cycles){
		(v2u) __builtin_convertvector(a * cycles_per_hz, v2i),
		(v2u) __builtin_convertvector(b * cycles_per_hz, v2i),
	};
}

static void osc_reset(void *state)
{
	struct osc *osc = state;
	float rate_hz = osc->rate_hz;

	memset(osc, 0, sizeof(*osc));
	osc->rate_hz = rate_hz;
}

static void osc_init(void *state, float rate_hz)
{
	struct osc *osc = state;

	blep_init();
	osc->rate_hz = rate_hz;
	osc_reset(state);
}

static v4f freq_of(v4f x, bool is_pitch, float max_hz)
{
	if (is_pitch) {
		v4f octaves = (lanes_clamp(x, lanes_of(-200.0f), lanes_of(200.0f)) - 69.0f) / 12.0f;

		x = lanes_exp2(octaves) * 440.0f;
	}
	return lanes_clamp(x, lanes_of(FREQ_MIN_HZ), lanes_of(max_hz));
}

/* Fills phase[0..n] and inc, and moves the oscillator's phase on; returns the step of inc. A
 * frequency is turned into cycles only where it differs from the frame before. */
static size_t osc_advance(
	struct osc *osc, struct cable from, bool is_pitch, v4u *phase, v4f *inc, size_t n)
{
	double cycles_per_hz = 0x1p64 / (double)osc->rate_hz;
	float max_hz = fminf(FREQ_MAX_HZ, 0.49f * osc->rate_hz);
	float scale = 0x1p32f / osc->rate_hz;
	struct cycles at = osc->phase;

	phase[0] = cycles_high(at);
	for (size_t i = 0; i < n;) {
		v4f x = from.at[i * from.step];
		v4f freq_hz = freq_of(x, is_pitch, max_hz), size = freq_hz * scale;
		struct cycles step = cycles_of_hz(freq_hz, cycles_per_hz);

		inc[i] = size;
		if (!from.step) {
			while (i < n) {
				at = cycles_add(at, step);
				phase[++i] = cycles_high(at);
			}
			break;
		}
		do {
			at = cycles_add(at, step);
			inc[i] = size;
			phase[++i] = cycles_high(at);
		} while (i < n && !lanes_any((v4i)(from.at[i] != x)));
	}
	osc->phase = at;
	return from.step;
}

/* A triangle: -2^30 at phase 0.25, 2^30 at 0.75 */
static v4i fold(v4u phase)
{
	v4i quarter = (v4i)(phase - 0x40000000u);

	return (quarter ^ (quarter >> 31)) - 0x40000000;
}

static void sine_render(const struct stretch *s, v4f *out)
{
	const float to_radians = -1.57079632679f * 0x1p-30f;

	for (size_t i = 0; i < (size_t)s->n; i++) {
		v4f x = lanes_sin_quarter(lanes_from_int(fold(s->phase[i + 1])) * to_radians);

		out[i] = x * s->level.at[i * s->level.step];
	}
}

/* The waveform before its jumps and corners are made band-limited */
static inline v4f plain(enum shape shape, v4u phase)
{
	if (shape == SHAPE_SAW)
		return lanes_from_int((v4i)phase) * 0x1p-31f;
	if (shape == SHAPE_SQUARE)
		return (v4f)((phase & 0x80000000u) | (v4u)lanes_of(1.0f));
	return lanes_from_int(fold(phase)) * -0x1p-30f;
}

/* One frame's jumps or corners. since: phase since the last, top bit: which kind of the two it
 * was. */
static __attribute__((noinline)) void smooth_edges(
	enum shape shape, v4i edge, v4u since, v4f inc, v4f *at)
{
	for (int k = 0; k < N_LANES; k++) {
		float age = (float)(since[k] & 0x7fffffffu) / inc[k];
		float down = since[k] & 0x80000000u ? -1.0f : 1.0f;

		if (edge[k] >= 0)
			continue;
		if (shape == SHAPE_TRIANGLE)
			blep_add_corner(
				at, k, age, down * inc[k] * 0x1p-29f); /* slope 4 -> -4 a cycle */
		else
			blep_add_step(at, k, age, down * 2.0f);
	}
}

/* Every edge is where the top bit of phase + shift flips; the saw has only the falling one.
 * sum: room for a stretch and the frames it begins. */
static inline __attribute__((always_inline)) void edgy_render(
	enum shape shape, const struct stretch *s, v4f *sum, v4f *tail, v4f *out)
{
	const uint32_t shift = shape == SHAPE_TRIANGLE ? 0x40000000u : 0;
	size_t n = (size_t)s->n;
	v4u before = s->phase[0] + shift;

	memcpy(sum, tail, BLEP_TAPS * sizeof(*sum));
	memset(sum + BLEP_TAPS, 0, n * sizeof(*sum));
	for (size_t i = 0; i < n; i++) {
		v4u since = s->phase[i + 1] + shift;
		v4i edge = (v4i)((since ^ before) & (shape == SHAPE_SAW ? since : ~(v4u){0}));

		before = since;
		sum[i + BLEP_LATENCY] += plain(shape, s->phase[i + 1]);
		if (lanes_any(edge))
			smooth_edges(shape, edge, since, s->inc.at[i * s->inc.step], sum + i);
		out[i] = sum[i] * s->level.at[i * s->level.step];
	}
	memcpy(tail, sum + n, BLEP_TAPS * sizeof(*sum));
}

static void shape_render(int32_t shape, const struct stretch *s, v4f *tail, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];

	switch (shape) {
	case SHAPE_SAW:
		edgy_render(SHAPE_SAW, s, sum, tail, out);
		break;
	case SHAPE_SQUARE:
		edgy_render(SHAPE_SQUARE, s, sum, tail, out);
		break;
	case SHAPE_TRIANGLE:
		edgy_render(SHAPE_TRIANGLE, s, sum, tail, out);
		break;
	default:
		sine_render(s, out);
		break;
	}
}

static int fade_frames(float rate_hz)
{
	return (int)(FADE_MS * 1e-3f * rate_hz);
}

static __attribute__((noinline)) void fade_render(
	struct osc *osc, const struct stretch *s, v4f *out)
{
	float n_frames = (float)fade_frames(osc->rate_hz);
	v4f next[STRETCH_MAX_FRAMES];

	shape_render(osc->next_shape, s, osc->tail[1], next);
	for (int i = 0; i < s->n; i++) {
		float to_next = 1.0f - (float)--osc->fade_left / n_frames;

		out[i] += (next[i] - out[i]) * (to_next > 0.0f ? to_next : 0.0f);
	}
	if (osc->fade_left)
		return;
	osc->shape = osc->next_shape;
	memcpy(osc->tail[0], osc->tail[1], sizeof(osc->tail[0]));
}

static void shape_choose(struct osc *osc, int32_t shape)
{
	if (!osc->is_started) {
		osc->shape = shape;
		osc->is_started = 1;
	}
	if (!osc->fade_left && shape != osc->shape) {
		osc->next_shape = shape;
		osc->fade_left = BLEP_TAPS + fade_frames(osc->rate_hz);
		memset(osc->tail[1], 0, sizeof(osc->tail[1]));
	}
}

static struct cable cable_from(struct cable cable, size_t frame)
{
	return cable_of(cable.at + frame * cable.step, cable.step);
}

/* How many frames have one shape, end no later than a fade, and fit a stretch. */
static int stretch_frames(const struct osc *osc, struct cable shape, int n)
{
	int run = 1;

	n = int_min(n, STRETCH_MAX_FRAMES);
	if (osc->fade_left)
		n = int_min(n, osc->fade_left);
	if (!shape.step)
		return n;
	while (run < n && shape.at[run][0] == shape.at[0][0])
		run++;
	return run;
}

static void osc_render(void *state, const struct module_io *io)
{
	struct osc *osc = state;
	bool is_pitch = io->ins[OSC_PITCH].at;
	struct cable from = is_pitch ? io->ins[OSC_PITCH] : io->params[OSC_FREQ];
	v4u phase[STRETCH_MAX_FRAMES + 1];
	v4f inc[STRETCH_MAX_FRAMES];
	int n = 0;

	for (int done = 0; done < io->n_frames; done += n) {
		size_t at = (size_t)done;
		struct cable shape = cable_from(io->params[OSC_SHAPE], at);
		struct stretch s = {.phase = phase,
			.inc.at = inc,
			.level = cable_from(io->params[OSC_LEVEL], at)};

		shape_choose(osc, (int32_t)shape.at[0][0]);
		s.n = n = stretch_frames(osc, shape, io->n_frames - done);
		s.inc.step =
			osc_advance(osc, cable_from(from, at), is_pitch, phase, inc, (size_t)n);
		shape_render(osc->shape, &s, osc->tail[0], io->outs[0] + at);
		if (osc->fade_left)
			fade_render(osc, &s, io->outs[0] + at);
	}
}

const struct module_desc osc_module = {
	.key = "osc",
	.purpose = "oscillator: sine, saw, square or triangle",
	.params = osc_params,
	.n_params = OSC_N_PARAMS,
	.ins = osc_ins,
	.n_ins = OSC_N_INS,
	.outs = osc_outs,
	.n_outs = ARRAY_LEN(osc_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct osc),
	.init = osc_init,
	.reset = osc_reset,
	.render = osc_render,
};
