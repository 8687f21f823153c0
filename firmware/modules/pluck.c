/* pluck.c - a plucked string: a burst of noise that goes round in a tuned delay line.
 *
 * Loop:   delay line, read between its entries by cubic Lagrange interpolation; a lowpass of three
 *         taps (b, 1 - 2 b, b), which delays every partial by just one frame; a highpass at a 200th
 *         of the frequency; a gain. So the period is rate / frequency whatever the damping is.
 *         Without the highpass, what stands still (it comes when a sounding string gets another
 *         length) would outlast the string. The delay makes up for its lead at the fundamental.
 * Decay:  decay_ms is the time to -60 dB of the fundamental. The gain makes up for the lowpass, by
 *         MAKE_UP_MAX at most: what stands still would grow from 1 + 2 pi HIGHPASS on. So only dull
 *         notes above 2 kHz decay sooner.
 * Pluck:  at the frame where the gate opens: one period of noise, less the same noise later by
 *         `position` of a period, as a string plucked there lacks partials; high notes as much louder as
 *         makes them even. The softer, the duller: below velocity 1 the noise goes through a lowpass, down to twice the frequency. A string
 *         that still sounds goes on beneath. Below 1e-7 a frame is 0: the string becomes silent.
 * Memory: a ring of one entry a frame; each lane reads its own delay.
 * Source: Karplus, Strong, "Digital Synthesis of Plucked-String and Drum Timbres", CMJ 1983; Jaffe,
 *         Smith, "Extensions of the Karplus-Strong Plucked-String Algorithm", CMJ 1983. */
#include <math.h>
#include <stdbool.h>

#include "modules/modules.h"
#include "dsp/effect.h"
#include "dsp/lanes_curve.h"
#include "dsp/tap.h"
#include "dsp/voice.h"

enum { PLUCK_FREQ, PLUCK_DECAY, PLUCK_BRIGHTNESS, PLUCK_POSITION, PLUCK_LEVEL, PLUCK_N_PARAMS };
enum { PLUCK_GATE, PLUCK_PITCH, PLUCK_VELOCITY, PLUCK_N_INS };

#define FREQ_MIN_HZ  20.0f
#define FREQ_MAX_HZ  5000.0f
#define PERIOD_MIN   3.0f /* frames: what is read begins with the newest frame of the ring */
#define OCTAVES_60DB 9.96578428f
#define GAIN_MAX     0.99999f
#define MAKE_UP_MAX  1.02f
#define SILENCE      1e-7f
#define HIGHPASS     0.005f /* its corner, to the frequency: also its lead, in radians */
#define TWO_PI       6.28318531f
#define HARD_HZ      20000.0f /* the corner of a pluck's noise at velocity 1 ... */
#define EVEN         0.25f    /* octaves of gain an octave: high strings lose more of their noise */
#define EVEN_HZ      220.0f
#define SOFT_OCTAVES 4.0f /* ... and how far below that it is at 0 */

/* clang-format off */
static const struct param_desc pluck_params[] = {
	[PLUCK_FREQ] = {.key = "freq_hz", .label = "Frequency", .unit = UNIT_HZ, .min = FREQ_MIN_HZ,
		.max = FREQ_MAX_HZ, .def = 220.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[PLUCK_DECAY] = {.key = "decay_ms", .label = "Decay", .unit = UNIT_MS, .min = 50.0f,
		.max = 30000.0f, .def = 3000.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[PLUCK_BRIGHTNESS] = {.key = "brightness", .label = "Brightness", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[PLUCK_POSITION] = {.key = "position", .label = "Pick position", .unit = UNIT_NORM,
		.min = 0.02f, .max = 0.5f, .def = 0.2f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[PLUCK_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(pluck_params) == PLUCK_N_PARAMS, "one row per parameter");

static const struct port_desc pluck_ins[] = {
	[PLUCK_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[PLUCK_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[PLUCK_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
};
static const struct port_desc pluck_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct pluck {
	uint32_t head;   /* of the ring */
	uint32_t n_calm; /* frames of silence so far, up to the ring's length */
	float rate_hz, max_hz;
	v4f read[2];      /* the two latest values read, for the lowpass */
	v4f standing;     /* what the highpass takes away */
	v4f since, burst; /* frames since the pluck; its length; */
	v4f later;        /* how many frames later it is taken away again */
	v4f strength;
	v4f soft, noise; /* of the noise's lowpass: its part, and what it gave */
	v4u random[2], n_plucks;
	v4i was_open;
};

/* The parameters at a frame, as the sound needs them. */
struct pluck_now {
	struct lanes_tap tap;
	v4f side, gain;
	v4f part; /* of what comes through, that goes into `standing` */
	v4f period;
};

static size_t pluck_memory_frames(float rate_hz)
{
	return (size_t)(rate_hz / FREQ_MIN_HZ) + 8;
}

static void pluck_reset(void *state)
{
	struct pluck *pluck = state;

	*pluck = (struct pluck){
		.rate_hz = pluck->rate_hz,
		.max_hz = pluck->max_hz,
		.n_calm = UINT32_MAX,
	};
}

static void pluck_init(void *state, float rate_hz)
{
	struct pluck *pluck = state;

	pluck->rate_hz = rate_hz;
	pluck->max_hz = fminf(FREQ_MAX_HZ, rate_hz / PERIOD_MIN);
}

static inline struct pluck_now pluck_at(
	const struct pluck *pluck, const struct module_io *io, size_t i)
{
	const struct cable *params = io->params;
	v4f hz = hz_at(io->ins[PLUCK_PITCH], params[PLUCK_FREQ], i);
	v4f period =
		pluck->rate_hz / lanes_clamp(hz, lanes_of(FREQ_MIN_HZ), lanes_of(pluck->max_hz));
	v4f part = TWO_PI * HIGHPASS / period;
	v4f frames = cable_at(params[PLUCK_DECAY], i) * (pluck->rate_hz / 1000.0f);
	v4f side = (1.0f - cable_at(params[PLUCK_BRIGHTNESS], i)) * 0.25f;
	v4f half = lanes_sin_quarter(3.14159265f / period);
	v4f gain = lanes_min(lanes_exp2(period / frames * -OCTAVES_60DB), lanes_of(GAIN_MAX));
	v4f make_up = (1.0f + 0.5f * HIGHPASS * HIGHPASS) / (1.0f - 4.0f * side * half * half);

	return (struct pluck_now){
		.tap = lanes_tap_at(period * (1.0f + HIGHPASS / TWO_PI) - 1.0f),
		.side = side,
		.gain = gain * lanes_min(make_up, lanes_of(MAKE_UP_MAX)) * (1.0f - 0.5f * part),
		.part = part,
		.period = period,
	};
}

static __attribute__((noinline)) void pluck_string(struct pluck *now, const struct module_io *io,
	const struct pluck_now *p, size_t i, v4i lanes)
{
	struct cable velocity = io->ins[PLUCK_VELOCITY];
	v4f strength = velocity.at ? cable_at(velocity, i) : lanes_of(1.0f);
	v4f burst = lanes_floor(p->period + 0.5f);
	v4f later = lanes_floor(p->period * cable_at(io->params[PLUCK_POSITION], i) + 1.0f);
	v4f soft_hz, even;
	v4u seed;

	strength = lanes_clamp(strength, lanes_of(0.0f), lanes_of(1.0f));
	soft_hz = lanes_max(lanes_exp2((strength - 1.0f) * SOFT_OCTAVES) * HARD_HZ,
		2.0f * now->rate_hz / p->period);
	now->soft = lanes_select(lanes,
		lanes_select(
			strength < 1.0f, one_pole_of_hz(soft_hz, now->rate_hz), lanes_of(1.0f)),
		now->soft);
	now->noise = lane_if(~lanes, now->noise);
	now->n_plucks -= (v4u)lanes;
	seed = rand_next(rand_seed(io) + (now->n_plucks << 8)) | 1u;
	for (int k = 0; k < 2; k++)
		now->random[k] = ((v4u)lanes & seed) | (~(v4u)lanes & now->random[k]);
	now->since = lane_if(~lanes, now->since);
	now->burst = lanes_select(lanes, burst, now->burst);
	now->later = lanes_select(lanes, later, now->later);
	even = lanes_exp2(lanes_log2(now->rate_hz / (p->period * EVEN_HZ)) * EVEN);
	now->strength = lanes_select(lanes, strength * even, now->strength);
}

/* The noise of this frame: once, and less the same later. */
static inline v4f burst_next(struct pluck *now)
{
	const v4u half = (v4u)lanes_of(0.57735027f);
	v4f part[2], begin = lanes_of(0.0f);

	for (int k = 0; k < 2; k++) {
		v4i is_on = (now->since >= begin) & (now->since < begin + now->burst);
		v4u next = rand_next(now->random[k]);

		now->random[k] = ((v4u)is_on & next) | (~(v4u)is_on & now->random[k]);
		/* either of two values: each burst has the same energy, however short it is */
		part[k] = lane_if(is_on, (v4f)((now->random[k] & 0x80000000u) | half));
		begin = now->later;
	}
	now->since += 1.0f;
	now->noise += (part[0] - part[1] - now->noise) * now->soft;
	return now->noise * now->strength * 0.5f;
}

static void pluck_run(struct pluck *pluck, const struct module_io *io, struct cable gate)
{
	const struct cable *params = io->params;
	size_t is_moving = params[PLUCK_FREQ].step | params[PLUCK_DECAY].step |
			   params[PLUCK_BRIGHTNESS].step | cable_step(io->ins[PLUCK_PITCH]);
	uint32_t size = (uint32_t)io->memory_frames;
	struct pluck now = *pluck;
	struct pluck_now p = pluck_at(&now, io, 0);

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4i plucks = gate_rises(gate, i, &now.was_open);
		v4f read, x;

		if (is_moving)
			p = pluck_at(&now, io, i);
		if (lanes_any(plucks))
			pluck_string(&now, io, &p, i, plucks);
		read = lanes_tap_read(&p.tap, io->memory, size, now.head, 3);
		x = now.read[0] + p.side * (read - 2.0f * now.read[0] + now.read[1]);
		x -= now.standing;
		now.standing += x * p.part;
		x *= p.gain;
		now.read[1] = now.read[0];
		now.read[0] = read;
		if (lanes_any(now.since < now.later + now.burst))
			x += burst_next(&now);
		x = lanes_bend(lane_if(lanes_abs(x) > SILENCE, x));
		now.standing = lane_if(lanes_abs(now.standing) > SILENCE * HIGHPASS, now.standing);
		now.n_calm = lanes_any((x != 0.0f) | (now.standing != 0.0f))
				     ? 0
				     : now.n_calm + (now.n_calm < size + 4);
		io->memory[now.head] = x;
		now.head = ring_next(now.head, size);
		io->outs[0][i] = x * cable_at(params[PLUCK_LEVEL], i);
	}
	*pluck = now;
}

/* Nothing is in the ring, and nothing will come. */
static bool is_quiet(const struct pluck *pluck, const struct module_io *io, struct cable gate)
{
	v4i was_open = pluck->was_open, plucks = pluck->since < pluck->later + pluck->burst;

	for (size_t i = 0; i < (gate.step ? (size_t)io->n_frames : 1); i++)
		plucks |= gate_rises(gate, i, &was_open);
	return pluck->n_calm >= io->memory_frames + 4 && !lanes_any(plucks);
}

static void pluck_render(void *state, const struct module_io *io)
{
	struct pluck *pluck = state;
	struct cable gate = cable_or_zero(io->ins[PLUCK_GATE]);
	uint32_t size = (uint32_t)io->memory_frames, n = (uint32_t)io->n_frames;

	if (!is_quiet(pluck, io, gate)) {
		pluck_run(pluck, io, gate);
		return;
	}
	memset(io->outs[0], 0, n * sizeof(v4f));
	for (uint32_t i = 0; i < n; i++) {
		io->memory[pluck->head] = lanes_of(0.0f);
		pluck->head = ring_next(pluck->head, size);
	}
	pluck->was_open = cable_at(gate, n - 1) > GATE_ON;
}

const struct module_desc pluck_module = {
	.key = "pluck",
	.purpose = "plucked string",
	.params = pluck_params,
	.n_params = PLUCK_N_PARAMS,
	.ins = pluck_ins,
	.n_ins = PLUCK_N_INS,
	.outs = pluck_outs,
	.n_outs = ARRAY_LEN(pluck_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct pluck),
	.memory_frames = pluck_memory_frames,
	.init = pluck_init,
	.reset = pluck_reset,
	.render = pluck_render,
};
