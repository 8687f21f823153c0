/* comb.c - comb filter: rings at a pitch and its multiples (feedback), or dips there (feedforward).
 *
 *     w = in sqrt(1 - feedback^2) + feedback late,   out = w + feedforward late
 * late is w one period of the pitch ago, so the peaks are at multiples of it; with a negative
 * feedback halfway between. The root makes noise as loud as it was; w bends softly from 2 on.
 * Loop:   read between frames by cubic Lagrange interpolation, then a lowpass of three taps (b, 1 -
 *         2 b, b), b = damping / 4, which delays all by just one frame: in tune however damped.
 * Pitch:  where plugged, it is the frequency and freq_hz is unused; each lane has its own. Another
 *         frequency is faded to over 10 ms; while it keeps moving, one such fade follows another.
 *         At most a third of the rate.
 * Memory: a ring of one entry a frame, written from head on; each lane reads its own delay.
 * Source: Dutilleux, Zoelzer in: DAFX, 2nd ed., ch. 2.5 (universal comb filter); Jaffe, Smith,
 *         "Extensions of the Karplus-Strong Plucked-String Algorithm", CMJ 1983 (the lowpass). */
#include <math.h>

#include "dsp/effect.h"
#include "dsp/fade.h"
#include "modules/modules.h"
#include "dsp/tap.h"
#include "dsp/voice.h"

enum { COMB_FREQ, COMB_FEEDBACK, COMB_FEEDFORWARD, COMB_DAMPING, COMB_MIX, COMB_N_PARAMS };
enum { COMB_IN, COMB_PITCH, COMB_N_INS };

#define FREQ_MIN_HZ 20.0f
#define FREQ_MAX_HZ 5000.0f
#define PERIOD_MIN  3.001f /* frames: what is read begins with the newest frame of the ring */
#define FADE_MS     10.0f

/* clang-format off */
static const struct param_desc comb_params[] = {
	[COMB_FREQ] = {.key = "freq_hz", .label = "Frequency", .unit = UNIT_HZ, .min = FREQ_MIN_HZ,
		.max = FREQ_MAX_HZ, .def = 220.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[COMB_FEEDBACK] = {.key = "feedback", .label = "Feedback", .unit = UNIT_NORM, .min = -0.99f,
		.max = 0.99f, .def = 0.8f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[COMB_FEEDFORWARD] = {.key = "feedforward", .label = "Feedforward", .unit = UNIT_NORM,
		.min = -1.0f, .max = 1.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[COMB_DAMPING] = {.key = "damping", .label = "Damping", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.2f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[COMB_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(comb_params) == COMB_N_PARAMS, "one row per parameter");

static const struct port_desc comb_ins[] = {
	[COMB_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
	[COMB_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
};
static const struct port_desc comb_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct comb {
	uint32_t head;    /* first, as module.h asks */
	struct fade fade; /* from `now` to `next` */
	int32_t is_started;
	v4f now, next; /* frames ago, less the lowpass's one */
	v4f read[2];   /* the two latest values read, for the lowpass */
	float rate_hz, max_hz;
	float pad[2];
};

static size_t comb_memory_frames(float rate_hz)
{
	return (size_t)(rate_hz / FREQ_MIN_HZ) + 8;
}

static void comb_reset(void *state)
{
	struct comb *comb = state;

	*comb = (struct comb){
		.rate_hz = comb->rate_hz,
		.max_hz = comb->max_hz,
		.fade = {.frames = comb->fade.frames},
	};
}

static void comb_init(void *state, float rate_hz)
{
	struct comb *comb = state;

	comb->rate_hz = rate_hz;
	comb->max_hz = fminf(FREQ_MAX_HZ, rate_hz / PERIOD_MIN);
	comb->fade.frames = fade_frames(FADE_MS, rate_hz);
}

static inline v4f frames_wanted(const struct comb *comb, const struct module_io *io, size_t i)
{
	v4f hz = hz_at(io->ins[COMB_PITCH], io->params[COMB_FREQ], i);

	return comb->rate_hz / lanes_clamp(hz, lanes_of(FREQ_MIN_HZ), lanes_of(comb->max_hz)) -
	       1.0f;
}

static inline v4f ring_read(const struct lanes_tap *tap, const struct module_io *io, uint32_t head)
{
	return lanes_tap_read(tap, io->memory, (uint32_t)io->memory_frames, head, 3);
}

/* Begins a fade to another delay; a first one is taken at once. */
static inline void delay_choose(struct comb *comb, v4f frames)
{
	comb->next = frames;
	if (comb->is_started)
		fade_begin(&comb->fade);
	else
		comb->now = frames;
	comb->is_started = 1;
}

static inline v4f gain_of(v4f feedback)
{
	return lanes_sqrt(1.0f - feedback * feedback);
}

static void comb_render(void *state, const struct module_io *io)
{
	struct comb now = *(struct comb *)state;
	struct cable in = cable_or_zero(io->ins[COMB_IN]), feedback = io->params[COMB_FEEDBACK];
	struct cable pitch = io->ins[COMB_PITCH], freq = io->params[COMB_FREQ];
	size_t has_moves = pitch.at ? pitch.step : freq.step;
	v4f gain = gain_of(feedback.at[0]), frames = frames_wanted(&now, io, 0);
	struct lanes_tap here = lanes_tap_at(now.now), next = lanes_tap_at(now.next);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), back = cable_at(feedback, i), read, late, wet;

		if (has_moves)
			frames = frames_wanted(&now, io, i);
		if (feedback.step)
			gain = gain_of(back);
		if (!now.fade.left && (!now.is_started || lanes_any(frames != now.now))) {
			delay_choose(&now, frames);
			here = lanes_tap_at(now.now);
			next = lanes_tap_at(now.next);
		}
		read = ring_read(&here, io, now.head);
		if (now.fade.left) {
			v4f to = ring_read(&next, io, now.head);

			read += (to - read) * fade_next(&now.fade);
			if (!now.fade.left) {
				now.now = now.next;
				here = next;
			}
		}
		late = cable_at(io->params[COMB_DAMPING], i) * 0.25f;
		late = now.read[0] + late * (read - 2.0f * now.read[0] + now.read[1]);
		now.read[1] = now.read[0];
		now.read[0] = read;
		wet = lanes_bend(x * gain + late * back);
		io->memory[now.head] = wet;
		now.head = ring_next(now.head, (uint32_t)io->memory_frames);
		wet += late * cable_at(io->params[COMB_FEEDFORWARD], i);
		io->outs[0][i] = x + (wet - x) * cable_at(io->params[COMB_MIX], i);
	}
	*(struct comb *)state = now;
}

const struct module_desc comb_module = {
	.key = "comb",
	.purpose = "comb filter: rings or dips at a pitch and its multiples",
	.params = comb_params,
	.n_params = COMB_N_PARAMS,
	.ins = comb_ins,
	.n_ins = COMB_N_INS,
	.outs = comb_outs,
	.n_outs = ARRAY_LEN(comb_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct comb),
	.memory_frames = comb_memory_frames,
	.init = comb_init,
	.reset = comb_reset,
	.render = comb_render,
};
