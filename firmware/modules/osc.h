/* osc.h - the state of the module osc and its frequency, for its two files.
 * Threads: [worker]. */
#ifndef MODULES_OSC_H
#define MODULES_OSC_H

#include "dsp/fade.h"
#include "dsp/voice.h"
#include "modules/osc_resets.h"
#include "modules/osc_sine.h"
#include "modules/osc_wave.h"

enum { OSC_SHAPE, OSC_FREQ, OSC_LEVEL, OSC_TUNE, OSC_FINE, OSC_WIDTH, OSC_FM_HZ, OSC_N_PARAMS };
/* reset is a control: a gate port would be a key of its own to `gate osc on` */
enum { OSC_PITCH, OSC_FM, OSC_SYNC, OSC_RESET, OSC_N_INS };

#define FREQ_MIN_HZ 0.01f
#define FREQ_MAX_HZ 20000.0f

struct osc {
	struct cycles phase;       /* of the latest frame */
	struct overlap overlap[2]; /* [0] the shape heard, [1] the one coming */
	struct cycles step;        /* where steady() goes on with it */
	v4f width;                 /* of the latest frame */
	struct osc_resets resets;
	int32_t shape, next_shape;
	struct fade fade; /* to next_shape, once its first BLEP_TAPS frames are over */
	int32_t is_started;
	float rate_hz;
	float pad[2];
	struct lone_sine sine; /* of a lone voice, for its fast path */
};

static inline float freq_max_hz(const struct osc *osc)
{
	float max_hz = FREQ_MAX_NORM * osc->rate_hz;

	return max_hz < FREQ_MAX_HZ ? max_hz : FREQ_MAX_HZ;
}

/* The frequency of a frame, without FM */
static inline v4f freq_of(const struct module_io *io, size_t i, float max_hz)
{
	struct cable pitch = io->ins[OSC_PITCH];
	v4f cents = cable_at(io->params[OSC_FINE], i);
	v4f semis = cable_at(io->params[OSC_TUNE], i) + cents * 0.01f, freq_hz;

	if (pitch.at) {
		freq_hz = pitch_to_hz(cable_at(pitch, i), semis);
	} else {
		freq_hz = cable_at(io->params[OSC_FREQ], i);
		if (lanes_any(semis != 0.0f))
			freq_hz *= lanes_exp2(semis / 12.0f);
	}
	return lanes_clamp(freq_hz, lanes_of(FREQ_MIN_HZ), lanes_of(max_hz));
}

/* A block in which nothing but the phase moves; of a lone sine, FM may. Must equal the reference,
 * render_stretches(). false: more moves, and nothing is done. */
bool osc_fast(struct osc *osc, const struct module_io *io) RT_SAFE;

#endif
