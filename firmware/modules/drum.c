/* drum.c - a drum: kick, snare, hat or tom, made of sines, squares and noise.
 *
 * kick:  a sine whose pitch falls from up to 7 times its own (snap); tone bends it (drive).
 * snare: two sines, 1 : 1.6, that last half as long as the noise; snap is the noise's share, tone
 *        how high it is.
 * hat:   six squares that are no harmonics of each other; tone is how high it is, snap the share of
 *        noise. The squares fold, as their originals rattle.
 * tom:   a sine whose pitch falls by up to an octave (snap); tone adds noise.
 * decay_ms is the time to -60 dB; at -100 dB the drum is silent: all zeros.
 * A hit is the frame where the gate opens, as loud as `velocity` then is (1 where nothing is
 * plugged in); plugged, `accent` 0 makes it 0.7 times as loud, 1 not. A drum that still sounds is
 * hit without a click: what it was fades over 3 ms beside the new hit, which rises within 0.3 ms.
 * Another kind fades out what sounds.
 * pitch: where plugged it is the drum's; tune_semis is added to that or to the kind's own.
 * Source: Werner, Abel, Smith, "A Physically-Informed, Circuit-Bendable, Digital Model of the
 *         Roland TR-808 Bass Drum Circuit", DAFx 2014; "The TR-808 Cymbal", ICMC 2014. */
#include <stdbool.h>

#include "modules/modules.h"
#include "dsp/voice.h"

enum { DRUM_KIND, DRUM_TUNE, DRUM_DECAY, DRUM_TONE, DRUM_SNAP, DRUM_LEVEL, DRUM_N_PARAMS };
enum { DRUM_GATE, DRUM_VELOCITY, DRUM_ACCENT, DRUM_PITCH, DRUM_N_INS };
enum drum_kind { KIND_KICK, KIND_SNARE, KIND_HAT, KIND_TOM, N_KINDS };
enum { N_SQUARES = 6 };

#define FADE_MS      3.0f
#define ATTACK_MS    0.3f
#define SILENCE      1e-5f
#define OCTAVES_60DB 9.96578428f
#define SWEEP_MS     90.0f /* the pitch's way down, to -60 dB */

static const char *const drum_kinds[] = {
	[KIND_KICK] = "kick",
	[KIND_SNARE] = "snare",
	[KIND_HAT] = "hat",
	[KIND_TOM] = "tom",
};
_Static_assert(ARRAY_LEN(drum_kinds) == N_KINDS, "one name per kind");

static const float own_hz[N_KINDS] = {50.0f, 185.0f, 205.0f, 110.0f};
static const float square_ratios[N_SQUARES] = {1.0f, 1.4828f, 1.8005f, 2.5461f, 2.6303f, 3.8967f};

/* clang-format off */
static const struct param_desc drum_params[] = {
	[DRUM_KIND] = {.key = "kind", .label = "Kind", .unit = UNIT_CHOICE, .max = N_KINDS - 1,
		.curve = CURVE_CHOICE, .choices = drum_kinds},
	[DRUM_TUNE] = {.key = "tune_semis", .label = "Tune", .unit = UNIT_SEMIS, .min = -24.0f,
		.max = 24.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DRUM_DECAY] = {.key = "decay_ms", .label = "Decay", .unit = UNIT_MS, .min = 10.0f,
		.max = 5000.0f, .def = 400.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[DRUM_TONE] = {.key = "tone", .label = "Tone", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DRUM_SNAP] = {.key = "snap", .label = "Snap", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DRUM_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.8f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(drum_params) == DRUM_N_PARAMS, "one row per parameter");

static const struct port_desc drum_ins[] = {
	[DRUM_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[DRUM_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
	[DRUM_ACCENT] = {.key = "accent", .label = "Accent", .kind = PORT_CONTROL},
	[DRUM_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
};
static const struct port_desc drum_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct drum {
	v4u phase[N_SQUARES];
	v4u random, n_hits;
	v4f decay;       /* what is left of the hit, 1..0 */
	v4f body, sweep; /* the same of the snare's sines, and of the pitch's fall */
	v4f attack;      /* 0..1 */
	v4f strength;    /* of the hit */
	v4f low[2];      /* of the noise's two highpasses */
	v4f value;       /* of the latest frame, without level */
	v4f old, left;   /* what sounded at the hit, and how much of that is left */
	v4i was_open;
	float rate_hz;
	int32_t kind, is_started, pad;
};

/* The parameters at a frame, as the sound needs them. */
struct drum_now {
	v4f hz, decay, body, tone, snap, high;
	float sweep, attack, fade;
};

static void drum_reset(void *state)
{
	struct drum *drum = state;

	*drum = (struct drum){.rate_hz = drum->rate_hz};
}

static void drum_init(void *state, float rate_hz)
{
	struct drum *drum = state;

	drum->rate_hz = rate_hz;
}

static inline struct drum_now drum_at(
	const struct drum *drum, const struct module_io *io, enum drum_kind kind, size_t i)
{
	const struct cable *params = io->params;
	struct cable pitch = io->ins[DRUM_PITCH];
	v4f semis = cable_at(params[DRUM_TUNE], i), tone = cable_at(params[DRUM_TONE], i);
	v4f hz = pitch.at ? pitch_to_hz(cable_at(pitch, i), semis)
			  : own_hz[kind] * lanes_exp2(semis / 12.0f);
	v4f octaves =
		lanes_of(-OCTAVES_60DB * 1000.0f / drum->rate_hz) / cable_at(params[DRUM_DECAY], i);
	v4f high_hz = lanes_exp2(tone * 2.5f + (kind == KIND_HAT ? 11.5f : 9.5f));

	return (struct drum_now){
		.hz = lanes_clamp(hz, lanes_of(5.0f), lanes_of(0.06f * drum->rate_hz)),
		.decay = lanes_exp2(octaves),
		.body = lanes_exp2(octaves * 2.0f),
		.tone = tone,
		.snap = cable_at(params[DRUM_SNAP], i),
		.high = 1.0f - lanes_exp2(high_hz * (-9.0647203f / drum->rate_hz)),
		.sweep =
			lanes_exp2(lanes_of(-OCTAVES_60DB * 1000.0f / SWEEP_MS / drum->rate_hz))[0],
		.attack = 1000.0f / ATTACK_MS / drum->rate_hz,
		/* not share_step(): of 3 ms that would be other bits */
		.fade = 1000.0f / FADE_MS / drum->rate_hz,
	};
}

/* The drum as it was begins to fade in these lanes. */
static void leave(struct drum *now, v4i lanes)
{
	now->old = lanes_select(lanes, now->value, now->old);
	now->left = lanes_select(lanes, lanes_of(1.0f), now->left);
	now->decay = lane_if(~lanes, now->decay);
}

/* Each hit has its own random numbers, whatever was before. */
static __attribute__((noinline)) void hit(
	struct drum *now, const struct module_io *io, size_t i, v4i lanes)
{
	struct cable velocity = io->ins[DRUM_VELOCITY], accent = io->ins[DRUM_ACCENT];
	v4f strength = velocity.at ? cable_at(velocity, i) : lanes_of(1.0f);
	v4f zero = lanes_of(0.0f), one = lanes_of(1.0f);
	v4u seed;

	if (accent.at)
		strength *= 0.7f + 0.3f * lanes_clamp(cable_at(accent, i), zero, one);
	leave(now, lanes);
	now->n_hits -= (v4u)lanes;
	seed = rand_next(rand_seed(io) + (now->n_hits << 8)) | 1u;
	now->random = ((v4u)lanes & seed) | (~(v4u)lanes & now->random);
	now->strength = lanes_select(lanes, lanes_clamp(strength, zero, one), now->strength);
	now->decay = lanes_select(lanes, one, now->decay);
	now->body = lanes_select(lanes, one, now->body);
	now->sweep = lanes_select(lanes, one, now->sweep);
	now->attack = lane_if(~lanes, now->attack);
	for (int k = 0; k < N_SQUARES; k++)
		now->phase[k] &= (v4u)~lanes;
	for (int k = 0; k < 2; k++)
		now->low[k] = lane_if(~lanes, now->low[k]);
}

static inline v4u inc_of(v4f hz, float rate_hz)
{
	return (v4u)lanes_to_int(hz * (0x1p32f / rate_hz));
}

/* Two one-pole highpasses in a row */
static inline v4f high_of(struct drum *now, v4f x, v4f part)
{
	for (int k = 0; k < 2; k++) {
		now->low[k] += (x - now->low[k]) * part;
		x -= now->low[k];
	}
	return x;
}

static inline v4f squares_of(struct drum *now, v4f hz)
{
	v4f sum = lanes_of(0.0f);

	for (int k = 0; k < N_SQUARES; k++) {
		now->phase[k] += inc_of(hz * square_ratios[k], now->rate_hz);
		sum += (v4f)((now->phase[k] & 0x80000000u) | (v4u)lanes_of(1.0f / N_SQUARES));
	}
	return sum;
}

static inline __attribute__((always_inline)) v4f sound_of(
	struct drum *now, const struct drum_now *p, enum drum_kind kind)
{
	v4f sine, noise = rand_bipolar(now->random = rand_next(now->random)), drive;

	if (kind == KIND_HAT) {
		v4f metal = squares_of(now, p->hz) * (1.0f - p->snap * 0.7f);

		return high_of(now, metal + noise * (p->snap * 0.5f), p->high) * 3.0f * now->decay;
	}
	if (kind == KIND_SNARE) {
		now->phase[0] += inc_of(p->hz, now->rate_hz);
		now->phase[1] += inc_of(p->hz * 1.6f, now->rate_hz);
		sine = phase_sin(now->phase[0]) * 0.6f + phase_sin(now->phase[1]) * 0.3f;
		noise = high_of(now, noise, p->high) * now->decay;
		return sine * now->body * (1.0f - p->snap * 0.7f) + noise * p->snap;
	}
	now->phase[0] +=
		inc_of(p->hz * (1.0f + p->snap * now->sweep * (kind == KIND_KICK ? 6.0f : 1.0f)),
			now->rate_hz);
	sine = phase_sin(now->phase[0]);
	if (kind == KIND_TOM)
		return (sine * 0.9f + noise * now->sweep * p->tone * 0.2f) * now->decay;
	drive = p->tone * 4.0f;
	return sine * (1.0f + drive) / (1.0f + lanes_abs(sine) * drive) * now->decay;
}

static inline __attribute__((always_inline)) void drum_run(
	struct drum *drum, const struct module_io *io, int at, int n, enum drum_kind kind)
{
	const struct cable *params = io->params;
	struct cable gate = cable_or_zero(io->ins[DRUM_GATE]);
	size_t is_moving = params[DRUM_TUNE].step | params[DRUM_DECAY].step |
			   params[DRUM_TONE].step | params[DRUM_SNAP].step |
			   cable_step(io->ins[DRUM_PITCH]);
	struct drum now = *drum;
	struct drum_now p = drum_at(&now, io, kind, (size_t)at);

	for (size_t i = (size_t)at; i < (size_t)(at + n); i++) {
		v4i hits = gate_rises(gate, i, &now.was_open);
		v4f x;

		if (lanes_any(hits))
			hit(&now, io, i, hits);
		if (is_moving)
			p = drum_at(&now, io, kind, i);
		now.attack = lanes_min(now.attack + p.attack, lanes_of(1.0f));
		x = sound_of(&now, &p, kind) * now.attack * now.strength;
		now.decay = lane_if(now.decay > SILENCE, now.decay * p.decay);
		now.body = lane_if(now.body > SILENCE, now.body * p.body);
		now.sweep = lane_if(now.sweep > SILENCE, now.sweep * p.sweep);
		x = lane_if(now.decay > 0.0f, x) + now.old * now.left;
		now.left = lanes_max(now.left - p.fade, lanes_of(0.0f));
		now.value = x;
		io->outs[0][i] = x * cable_at(params[DRUM_LEVEL], i);
	}
	*drum = now;
}

/* No lane sounds, and none is hit. */
static bool is_quiet(const struct drum *drum, struct cable gate, int at, int n)
{
	v4i was_open = drum->was_open, hits = (drum->decay > 0.0f) | (drum->left > 0.0f);

	for (int i = at; i < at + (gate.step ? n : 1); i++)
		hits |= gate_rises(gate, (size_t)i, &was_open);
	return !lanes_any(hits);
}

static void drum_render(void *state, const struct module_io *io)
{
	struct drum *drum = state;
	struct cable gate = cable_or_zero(io->ins[DRUM_GATE]), kinds = io->params[DRUM_KIND];
	int n;

	for (int at = 0; at < io->n_frames; at += n) {
		int32_t kind = (int32_t)cable_first(kinds, at);

		n = choice_frames(kinds, at, io->n_frames - at);
		if (drum->is_started && kind != drum->kind)
			leave(drum, drum->decay > 0.0f);
		drum->is_started = 1;
		drum->kind = kind;
		if (is_quiet(drum, gate, at, n)) {
			drum->was_open = cable_at(gate, (size_t)(at + n - 1)) > GATE_ON;
			drum->value = lanes_of(0.0f);
			memset(io->outs[0] + at, 0, (size_t)n * sizeof(v4f));
		} else if (kind == KIND_KICK) {
			drum_run(drum, io, at, n, KIND_KICK);
		} else if (kind == KIND_SNARE) {
			drum_run(drum, io, at, n, KIND_SNARE);
		} else if (kind == KIND_HAT) {
			drum_run(drum, io, at, n, KIND_HAT);
		} else {
			drum_run(drum, io, at, n, KIND_TOM);
		}
	}
}

const struct module_desc drum_module = {
	.key = "drum",
	.purpose = "drum: kick, snare, hat or tom, hit by a gate",
	.params = drum_params,
	.n_params = DRUM_N_PARAMS,
	.ins = drum_ins,
	.n_ins = DRUM_N_INS,
	.outs = drum_outs,
	.n_outs = ARRAY_LEN(drum_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct drum),
	.init = drum_init,
	.reset = drum_reset,
	.render = drum_render,
};
