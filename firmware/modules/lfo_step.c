/* lfo_step.c - how far the phase of an lfo goes in a frame, free or synced. See lfo.h. */
#include "modules/lfo.h"

#define ON_THE_BEAT (1ull << 34) /* 2^-30 cycles: a beat rounded down is not missed by a frame */

/* As the names of lfo.c, in quarter notes */
static const double beats_of[] = {16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 6.0, 3.0, 1.5, 0.75,
	0.375, 8.0 / 3.0, 4.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
_Static_assert(ARRAY_LEN(beats_of) == N_DIVISIONS, "one length per name");

static struct cycles cycles_of(double cycles) /* 0 <= cycles < 1 */
{
	uint64_t x = (uint64_t)(cycles * 0x1p63) << 1;

	return (struct cycles){{x, x}, {x, x}};
}

struct cycles lfo_step(struct lfo *lfo, const struct module_io *io, int i)
{
	const struct transport *transport = io->transport;
	double cycles_per_beat, cycles_per_frame, at;
	struct cycles music;

	if (lfo->mode != MODE_SYNC)
		return cycles_of_hz(
			cable_at(io->params[LFO_RATE], (size_t)i), 1.0 / (double)lfo->rate_hz);
	if (transport->is_stopped)
		return (struct cycles){0};
	cycles_per_beat = 1.0 / beats_of[lfo->division];
	cycles_per_frame = transport->beats_per_frame * cycles_per_beat;
	at = (transport->beat + i * transport->beats_per_frame) * cycles_per_beat;
	music = cycles_of(at - (double)(int64_t)at);
	lfo->at.a = music.a - lfo->zero.a + ON_THE_BEAT;
	lfo->at.b = music.b - lfo->zero.b + ON_THE_BEAT;
	return cycles_of(cycles_per_frame < 0.5 ? cycles_per_frame : 0.5);
}
