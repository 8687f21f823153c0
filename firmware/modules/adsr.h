/* adsr.h - the state of the module adsr and where it is heading, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_ADSR_H
#define MODULES_ADSR_H

#include <stdbool.h>

#include "dsp/cycles.h"
#include "dsp/voice.h"

enum { ADSR_ATTACK, ADSR_DECAY, ADSR_SUSTAIN, ADSR_RELEASE, ADSR_CURVE, ADSR_N_PARAMS };
enum { ADSR_IN, ADSR_GATE, ADSR_N_INS };
enum adsr_curve { CURVE_STRAIGHT, CURVE_BENT, N_CURVES };

#define WHOLE       (1ull << 62)
#define REST_TO_ONE 0x1p-30f          /* of the upper 32 bits */
#define REST_DONE   (WHOLE / 1000000) /* what may be left after millions of steps */

struct adsr {
	struct cycles rest; /* of the segment */
	v4f from;           /* level where the segment began */
	v4f level;
	v4i is_open;   /* the gate of the latest frame */
	v4i is_attack; /* else decay, sustain (open) or release, silence (closed) */
	float frames_per_ms;
	int32_t curve;
	int32_t is_started;
	float pad;
};

/* Each lane's destination, and how much of the way it goes in a frame. */
struct heading {
	struct cycles step; /* 0 where it has arrived */
	v4f target;
	v4f bend, scale; /* of the exponential curve: c, and 1 / (2^c - 1) */
};

static inline bool has_arrived(struct cycles rest)
{
	v2u any = rest.a | rest.b;

	return !(any[0] | any[1]);
}

static inline v4i is_done(struct cycles rest)
{
	v2i a = (v2i)(rest.a <= REST_DONE), b = (v2i)(rest.b <= REST_DONE);

	return __builtin_shufflevector((v4i)a, (v4i)b, 0, 2, 4, 6);
}

static inline struct heading heading_of(
	const struct adsr *adsr, const struct cable *params, size_t i)
{
	v4f sustain = cable_at(params[ADSR_SUSTAIN], i), one = lanes_of(1.0f);
	v4f open_ms = lanes_select(
		adsr->is_attack, cable_at(params[ADSR_ATTACK], i), cable_at(params[ADSR_DECAY], i));
	v4f ms = lanes_select(adsr->is_open, open_ms, cable_at(params[ADSR_RELEASE], i));
	struct cycles step = cycles_of_hz(1.0f / (ms * adsr->frames_per_ms), 0.25);

	return (struct heading){
		.target = lane_if(adsr->is_open, lanes_select(adsr->is_attack, one, sustain)),
		.step = cycles_clear(step, is_done(adsr->rest)),
		.bend = lanes_select(adsr->is_attack, lanes_of(2.0f), lanes_of(6.64385619f)),
		.scale = lanes_select(
			adsr->is_attack, lanes_of(1.0f / 3.0f), lanes_of(1.0f / 99.0f)),
	};
}

/* The rest of the segment: from 1, when it begins, to 0. */
static inline v4f remaining(struct cycles rest)
{
	return lanes_from_int((v4i)cycles_high(rest)) * REST_TO_ONE;
}

/* The distance to the target with x of the segment remaining: from 1 to 0, along the curve. */
static inline v4f distance_at(enum adsr_curve curve, const struct heading *to, v4f x)
{
	return curve == CURVE_BENT ? (lanes_exp2(x * to->bend) - 1.0f) * to->scale : x;
}

/* The gates of this frame begin segments. */
static inline void take_gate(struct adsr *adsr, v4i is_open)
{
	struct cycles whole = {{WHOLE, WHOLE}, {WHOLE, WHOLE}};
	v4i edge = is_open ^ adsr->is_open;

	adsr->from = lanes_select(edge, adsr->level, adsr->from);
	adsr->rest = cycles_select(edge, whole, adsr->rest);
	adsr->is_attack = (adsr->is_attack | edge) & is_open;
	adsr->is_open = is_open;
}

/* The curve of this frame; a new one begins where the old one is. */
static inline void take_curve(struct adsr *adsr, const struct heading *to, int32_t curve)
{
	v4f way = adsr->level - to->target;
	v4f distance = distance_at((enum adsr_curve)curve, to, remaining(adsr->rest));
	v4i can = distance > 1e-5f;

	if (adsr->is_started && curve != adsr->curve)
		adsr->from = lanes_select(can,
			to->target + way / lanes_select(can, distance, lanes_of(1.0f)), adsr->from);
	adsr->curve = curve;
	adsr->is_started = 1;
}

/* Frames from `at` on that have one level, or one segment that no lane ends, with parameters that do
 * not move. Must equal the reference, frame_run(). Returns how many they are; 0: the reference is to
 * render the frame `at`. */
int adsr_fast(struct adsr *adsr, const struct module_io *io, struct cable gate, int at) RT_SAFE;

#endif
