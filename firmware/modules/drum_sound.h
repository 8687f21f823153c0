/* drum_sound.h - what each kind of drum is made of, for drum.c: the sound of a frame, and the state behind
 * it.
 * Threads: [worker]. */
#ifndef MODULES_DRUM_SOUND_H
#define MODULES_DRUM_SOUND_H

#include "dsp/effect.h"
#include "dsp/voice.h"

enum drum_kind { KIND_KICK, KIND_SNARE, KIND_HAT, KIND_TOM, KIND_CLAP, N_KINDS };
enum { N_SQUARES = 6, N_BANDS = 2, N_CLAPS = 3 };

#define CLAP_MS    10.0f /* from one to the next */
#define NOISE_HZ   14000.0f
#define NOISE_GAIN 1.27f /* as loud as white noise at 48 kHz */
#define HAT_LOW    2.2f
#define HAT_HIGH   4.0f
#define CLAP_GAIN  3.0f

static const float square_ratios[N_SQUARES] = {1.0f, 1.4828f, 1.8005f, 2.5461f, 2.6303f, 3.8967f};

/* A bandpass, 1 at its middle: state-variable, trapezoidal as in svf.c */
struct drum_band {
	v4f s1, s2;
};

struct drum_band_law {
	v4f g, scale, width; /* scale: 1 / (1 + g (g + width)) */
};

struct drum_gates {
	v4i was_open, was_choked;
	v4i is_choked; /* since the hit */
};

/* Computed once, of the rate */
struct drum_rate {
	float hz;
	float choke;                  /* what is left of a choked drum a frame later */
	float noise_part, noise_gain; /* of the noise's lowpass, and before it */
	struct drum_band_law hat[N_BANDS];
};

struct drum {
	v4u phase[N_SQUARES];
	v4u random, n_hits;
	v4f decay;       /* what is left of the hit, 1..0 */
	v4f body, sweep; /* the same of the snare's sines or of one clap, and of the pitch's fall */
	v4f attack;      /* 0..1 */
	v4f strength;    /* of the hit */
	v4f low[2];      /* of the noise's two highpasses */
	v4f noise;       /* of its lowpass */
	v4f since;       /* ms since the hit, while it claps */
	struct drum_band bands[N_BANDS];
	v4f value;     /* of the latest frame, without level */
	v4f old, left; /* what sounded at the hit, and how much of that is left */
	struct drum_gates gates;
	int32_t kind, is_started, pad[2];
	struct drum_rate rate;
};

/* The parameters at a frame, as the sound needs them. */
struct drum_now {
	v4f hz, decay, body, sweep, tone, snap, high;
	v4f share[N_BANDS];
	struct drum_band_law clap;
	float attack, fade, frame_ms;
};

static inline struct drum_band_law band_law(v4f hz, float width, float rate_hz)
{
	v4f g = lanes_tan(lanes_min(hz * (3.14159265f / rate_hz), lanes_of(1.5f)));

	return (struct drum_band_law){g, 1.0f / (1.0f + g * (g + width)), lanes_of(width)};
}

static inline v4f band_of(struct drum_band *band, const struct drum_band_law *law, v4f x)
{
	v4f middle = (band->s1 + law->g * (x - band->s2)) * law->scale;
	v4f low = band->s2 + law->g * middle;

	band->s1 = 2.0f * middle - band->s1;
	band->s2 = 2.0f * low - band->s2;
	return middle * law->width;
}

static inline v4u inc_of(v4f hz, float rate_hz)
{
	return (v4u)lanes_to_int(hz * (0x1p32f / rate_hz));
}

/* Two one-pole highpasses in a row */
static inline v4f high_of(struct drum *now, v4f x, v4f part)
{
	for (int k = 0; k < 2; k++) {
		v4f slow = (x - now->low[k]) * part;

		x -= now->low[k] + slow;
		now->low[k] += 2.0f * slow;
	}
	return x;
}

static inline v4f squares_of(struct drum *now, v4f hz)
{
	v4f sum = lanes_of(0.0f);

	for (int k = 0; k < N_SQUARES; k++) {
		now->phase[k] += inc_of(hz * square_ratios[k], now->rate.hz);
		sum += (v4f)((now->phase[k] & 0x80000000u) | (v4u)lanes_of(1.0f / N_SQUARES));
	}
	return sum;
}

static inline v4f noise_of(struct drum *now)
{
	v4f white = rand_bipolar(now->random = rand_next(now->random)) * now->rate.noise_gain;

	now->noise += (white - now->noise) * now->rate.noise_part;
	return now->noise;
}

static inline v4f hat_of(struct drum *now, const struct drum_now *p, v4f noise)
{
	v4f x = squares_of(now, p->hz) * (1.0f - p->snap * 0.7f) + noise * (p->snap * 0.5f);

	return (band_of(&now->bands[0], &now->rate.hat[0], x) * (p->share[0] * HAT_LOW) +
		       band_of(&now->bands[1], &now->rate.hat[1], x) * (p->share[1] * HAT_HIGH)) *
	       now->decay;
}

/* Each clap but the last begins anew before it has gone. */
static inline v4f clap_of(struct drum *now, const struct drum_now *p, v4f noise)
{
	v4f room = 0.7f - 0.6f * p->snap;

	for (int k = 1; k < N_CLAPS; k++) {
		v4f at = lanes_of(CLAP_MS * (float)k);
		v4i is_next = (now->since < at) & (now->since + p->frame_ms >= at);

		now->body = lanes_select(is_next, lanes_of(1.0f), now->body);
	}
	now->since = lanes_min(now->since + p->frame_ms, lanes_of(CLAP_MS * N_CLAPS));
	noise = band_of(&now->bands[0], &p->clap, noise);
	return noise * CLAP_GAIN * (now->body * (1.0f - room) + now->decay * room);
}

static inline __attribute__((always_inline)) v4f sound_of(
	struct drum *now, const struct drum_now *p, enum drum_kind kind)
{
	v4f sine, noise = noise_of(now), drive;

	if (kind == KIND_HAT)
		return hat_of(now, p, noise);
	if (kind == KIND_CLAP)
		return clap_of(now, p, noise);
	if (kind == KIND_SNARE) {
		now->phase[0] += inc_of(p->hz, now->rate.hz);
		now->phase[1] += inc_of(p->hz * 1.6f, now->rate.hz);
		sine = phase_sin(now->phase[0]) * 0.6f + phase_sin(now->phase[1]) * 0.3f;
		noise = high_of(now, noise, p->high) * now->decay * 0.8f;
		return sine * now->body * (1.0f - p->snap * 0.7f) + noise * p->snap;
	}
	now->phase[0] +=
		inc_of(p->hz * (1.0f + p->snap * now->sweep * (kind == KIND_KICK ? 6.0f : 1.0f)),
			now->rate.hz);
	sine = phase_sin(now->phase[0]);
	if (kind == KIND_TOM)
		return (sine * 0.9f + noise * now->sweep * p->tone * 0.2f) * now->decay;
	drive = p->tone * 4.0f;
	return sine * (1.0f + drive) / (1.0f + lanes_abs(sine) * drive) * now->decay;
}

#endif
