/* drum.c - a drum: kick, snare, hat, tom or clap, made of sines, squares and noise.
 *
 * kick:  a sine whose pitch falls from up to 7 times its own (snap); tone bends it (drive).
 * snare: two sines, 1 : 1.6, that last half as long as the noise; snap is the noise's share, tone
 *        how high it is.
 * hat:   six squares that are no harmonics of each other, through bandpasses at 3.4 and 7.1 kHz;
 *        tone goes from the one to the other, snap is the share of noise. The squares fold, as their
 *        originals rattle.
 * tom:   a sine whose pitch falls by up to an octave (snap); tone adds noise.
 * clap:  noise through a bandpass: three claps in 20 ms, then what the room keeps of them; tone is
 *        how high it is, snap how far the claps stand out of the room.
 * Noise: white to 14 kHz and as loud per hertz at any rate, so that a drum sounds the same.
 * decay_ms is the time to -60 dB; at -100 dB the drum is silent: all zeros. sweep_ms is the time of
 * the pitch's fall, to -60 dB.
 * A hit is the frame where the gate opens, as loud as `velocity` then is (1 where nothing is
 * plugged in); plugged, `accent` 0 makes it quieter by the part accent_amount, 1 not. A drum that still
 * sounds is hit without a click: what it was fades over 3 ms beside the new hit, which rises within
 * 0.3 ms. Another kind fades out what sounds. Where `choke` opens, what sounds ends within CHOKE_MS,
 * as an open hat does when the closed one is hit.
 * pitch: where plugged it is the drum's; tune_semis is added to that or to the kind's own.
 * Source: Werner, Abel, Smith, "A Physically-Informed, Circuit-Bendable, Digital Model of the
 *         Roland TR-808 Bass Drum Circuit", DAFx 2014; "The TR-808 Cymbal", ICMC 2014. */
#include <stdbool.h>

#include "modules/modules.h"
#include "modules/drum_sound.h"

enum {
	DRUM_KIND,
	DRUM_TUNE,
	DRUM_DECAY,
	DRUM_TONE,
	DRUM_SNAP,
	DRUM_LEVEL,
	DRUM_SWEEP,
	DRUM_ACCENT_AMOUNT,
	DRUM_N_PARAMS
};
enum { DRUM_GATE, DRUM_VELOCITY, DRUM_ACCENT, DRUM_PITCH, DRUM_CHOKE, DRUM_N_INS };
#define FADE_MS      3.0f
#define ATTACK_MS    0.3f
#define SILENCE      1e-5f
#define OCTAVES_60DB 9.96578428f
#define CHOKE_MS     12.0f /* to -60 dB */
#define CLAP_END_MS  25.0f /* of one, to -60 dB */
#define HZ_MAX       2646.0f

static const char *const drum_kinds[] = {
	[KIND_KICK] = "kick",
	[KIND_SNARE] = "snare",
	[KIND_HAT] = "hat",
	[KIND_TOM] = "tom",
	[KIND_CLAP] = "clap",
};
_Static_assert(ARRAY_LEN(drum_kinds) == N_KINDS, "one name per kind");

static const float own_hz[N_KINDS] = {50.0f, 185.0f, 205.0f, 110.0f, 1000.0f};
static const float bands_hz[N_BANDS] = {3440.0f, 7100.0f}; /* of the hat */
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
	[DRUM_SWEEP] = {.key = "sweep_ms", .label = "Sweep", .unit = UNIT_MS, .min = 5.0f,
		.max = 1000.0f, .def = 90.0f, .curve = CURVE_EXP, .smooth_ms = 5.0f},
	[DRUM_ACCENT_AMOUNT] = {.key = "accent_amount", .label = "Accent", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 0.3f, .curve = CURVE_LINEAR},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(drum_params) == DRUM_N_PARAMS, "one row per parameter");

static const struct port_desc drum_ins[] = {
	[DRUM_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[DRUM_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
	[DRUM_ACCENT] = {.key = "accent", .label = "Accent", .kind = PORT_CONTROL},
	[DRUM_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[DRUM_CHOKE] = {.key = "choke", .label = "Choke", .kind = PORT_GATE},
};
static const struct port_desc drum_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static void drum_reset(void *state)
{
	struct drum *drum = state;

	*drum = (struct drum){.rate = drum->rate};
}

static void drum_init(void *state, float rate_hz)
{
	struct drum *drum = state;
	drum->rate.hz = rate_hz;
	drum->rate.choke = lanes_exp2(lanes_of(-OCTAVES_60DB * 1000.0f / CHOKE_MS / rate_hz))[0];
	drum->rate.noise_part = one_pole_of_hz(lanes_of(NOISE_HZ), rate_hz)[0];
	drum->rate.noise_gain = NOISE_GAIN * lanes_sqrt(lanes_of(rate_hz / 48000.0f))[0];
	for (int k = 0; k < N_BANDS; k++)
		drum->rate.hat[k] = band_law(lanes_of(bands_hz[k]), 0.5f, rate_hz);
}

static inline struct drum_now drum_at(
	const struct drum *drum, const struct module_io *io, enum drum_kind kind, size_t i)
{
	const struct cable *params = io->params;
	struct cable pitch = io->ins[DRUM_PITCH];
	v4f semis = cable_at(params[DRUM_TUNE], i), tone = cable_at(params[DRUM_TONE], i);
	v4f hz = pitch.at ? pitch_to_hz(cable_at(pitch, i), semis)
			  : own_hz[kind] * lanes_exp2(semis / 12.0f);
	v4f octaves_ms = lanes_of(-OCTAVES_60DB * 1000.0f / drum->rate.hz);
	v4f octaves = octaves_ms / cable_at(params[DRUM_DECAY], i);
	v4f high_hz = lanes_exp2(tone * 2.5f + 9.5f);
	struct dry_wet shares = dry_wet_of(tone);
	struct drum_band_law clap = drum->rate.hat[0];

	if (kind == KIND_CLAP)
		clap = band_law(hz * lanes_exp2(tone - 0.5f), 0.7f, drum->rate.hz);
	return (struct drum_now){
		.hz = lanes_clamp(hz, lanes_of(5.0f), lanes_of(HZ_MAX)),
		.decay = lanes_exp2(octaves),
		.body = lanes_exp2(kind == KIND_CLAP ? octaves_ms / CLAP_END_MS : octaves * 2.0f),
		.sweep = lanes_exp2(octaves_ms / cable_at(params[DRUM_SWEEP], i)),
		.tone = tone,
		.snap = cable_at(params[DRUM_SNAP], i),
		.high = one_pole_highpass_of_hz(high_hz, drum->rate.hz),
		.share = {shares.dry, shares.wet},
		.clap = clap,
		.frame_ms = 1000.0f / drum->rate.hz,
		.attack = 1000.0f / ATTACK_MS / drum->rate.hz,
		/* not share_step(): of 3 ms that would be other bits */
		.fade = 1000.0f / FADE_MS / drum->rate.hz,
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

	if (accent.at) {
		v4f amount = cable_at(io->params[DRUM_ACCENT_AMOUNT], i);

		strength *= 1.0f - amount * (1.0f - lanes_clamp(cable_at(accent, i), zero, one));
	}
	leave(now, lanes);
	now->n_hits -= (v4u)lanes;
	seed = rand_next(rand_seed(io) + (now->n_hits << 8)) | 1u;
	now->random = ((v4u)lanes & seed) | (~(v4u)lanes & now->random);
	now->strength = lanes_select(lanes, lanes_clamp(strength, zero, one), now->strength);
	now->decay = lanes_select(lanes, one, now->decay);
	now->body = lanes_select(lanes, one, now->body);
	now->sweep = lanes_select(lanes, one, now->sweep);
	now->attack = lane_if(~lanes, now->attack);
	now->since = lane_if(~lanes, now->since);
	now->noise = lane_if(~lanes, now->noise);
	now->gates.is_choked &= ~lanes;
	for (int k = 0; k < N_SQUARES; k++)
		now->phase[k] &= (v4u)~lanes;
	for (int k = 0; k < 2; k++)
		now->low[k] = lane_if(~lanes, now->low[k]);
	for (int k = 0; k < N_BANDS; k++) {
		now->bands[k].s1 = lane_if(~lanes, now->bands[k].s1);
		now->bands[k].s2 = lane_if(~lanes, now->bands[k].s2);
	}
}

static inline __attribute__((always_inline)) void drum_run(
	struct drum *drum, const struct module_io *io, int at, int n, enum drum_kind kind)
{
	const struct cable *params = io->params;
	struct cable gate = cable_or_zero(io->ins[DRUM_GATE]);
	struct cable choke = cable_or_zero(io->ins[DRUM_CHOKE]);
	size_t is_moving = params[DRUM_TUNE].step | params[DRUM_DECAY].step |
			   params[DRUM_TONE].step | params[DRUM_SNAP].step |
			   params[DRUM_SWEEP].step | cable_step(io->ins[DRUM_PITCH]);
	struct drum now = *drum;
	struct drum_now p = drum_at(&now, io, kind, (size_t)at);

	for (size_t i = (size_t)at; i < (size_t)(at + n); i++) {
		v4i hits = gate_rises(gate, i, &now.gates.was_open);
		v4f x;

		now.gates.is_choked |= gate_rises(choke, i, &now.gates.was_choked);
		if (lanes_any(hits))
			hit(&now, io, i, hits);
		if (is_moving)
			p = drum_at(&now, io, kind, i);
		now.attack = lanes_min(now.attack + p.attack, lanes_of(1.0f));
		x = sound_of(&now, &p, kind) * now.attack * now.strength;
		now.decay = lane_if(now.decay > SILENCE, now.decay * p.decay);
		if (lanes_any(now.gates.is_choked)) {
			v4f left = lanes_select(
				now.gates.is_choked, lanes_of(now.rate.choke), lanes_of(1.0f));

			now.decay *= left;
			now.body *= left;
		}
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
	v4i was_open = drum->gates.was_open, hits = (drum->decay > 0.0f) | (drum->left > 0.0f);

	for (int i = at; i < at + (gate.step ? n : 1); i++)
		hits |= gate_rises(gate, (size_t)i, &was_open);
	return !lanes_any(hits);
}

static void drum_render(void *state, const struct module_io *io)
{
	struct drum *drum = state;
	struct cable gate = cable_or_zero(io->ins[DRUM_GATE]), kinds = io->params[DRUM_KIND];
	struct cable choke = cable_or_zero(io->ins[DRUM_CHOKE]);
	int n;

	for (int at = 0; at < io->n_frames; at += n) {
		int32_t kind = (int32_t)cable_first(kinds, at);

		n = choice_frames(kinds, at, io->n_frames - at);
		if (drum->is_started && kind != drum->kind)
			leave(drum, drum->decay > 0.0f);
		drum->is_started = 1;
		drum->kind = kind;
		if (is_quiet(drum, gate, at, n)) {
			drum->gates.was_open = cable_at(gate, (size_t)(at + n - 1)) > GATE_ON;
			drum->gates.was_choked = cable_at(choke, (size_t)(at + n - 1)) > GATE_ON;
			drum->value = lanes_of(0.0f);
			memset(io->outs[0] + at, 0, (size_t)n * sizeof(v4f));
		} else if (kind == KIND_KICK) {
			drum_run(drum, io, at, n, KIND_KICK);
		} else if (kind == KIND_SNARE) {
			drum_run(drum, io, at, n, KIND_SNARE);
		} else if (kind == KIND_HAT) {
			drum_run(drum, io, at, n, KIND_HAT);
		} else if (kind == KIND_CLAP) {
			drum_run(drum, io, at, n, KIND_CLAP);
		} else {
			drum_run(drum, io, at, n, KIND_TOM);
		}
	}
}

const struct module_desc drum_module = {
	.key = "drum",
	.purpose = "drum: kick, snare, hat, tom or clap, hit by a gate",
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
