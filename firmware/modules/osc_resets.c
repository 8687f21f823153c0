/* osc_resets.c - where the phase of an oscillator jumps to 0. See osc_resets.h.
 * Tested by: unit/modules/test_osc */
#include "modules/osc_resets.h"
#include "dsp/voice.h"

bool osc_resets_find(struct osc_resets *resets, struct cable sync, struct cable gate, size_t at,
	size_t n, v4f *age)
{
	v4i found = {0, 0, 0, 0};

	for (size_t i = 0; i < n; i++) {
		v4f none = lanes_of(-1.0f), frames = none;

		if (sync.at) {
			v4f now = cable_at(sync, at + i), before = resets->sync;
			v4i rises = (now > 0.0f) & (before <= 0.0f);
			v4f rise = lanes_select(rises, now - before, lanes_of(1.0f));

			frames = lanes_select(rises, lanes_min(now / rise, lanes_of(1.0f)), none);
			resets->sync = now;
		}
		if (gate.at) {
			v4i is_on = cable_at(gate, at + i) > GATE_ON;

			frames = lanes_select(is_on & ~resets->is_open, (v4f){0}, frames);
			resets->is_open = is_on;
		}
		age[i] = frames;
		found |= frames >= 0.0f;
	}
	return lanes_any(found);
}

struct cycles osc_resets_put(const v4f *age, v4u *phase, v4i *inc, size_t n)
{
	v4u now = phase[0], before = now;

	for (size_t i = 0; i < n; i++) {
		v4i by = (v4i)(phase[i + 1] - before);
		v4i since = lanes_to_int(lanes_from_int(by) * age[i]);
		v4i is_reset = age[i] >= 0.0f;

		before = phase[i + 1];
		now = (v4u)((is_reset & since) | (~is_reset & (v4i)(now + (v4u)by)));
		inc[i] = by;
		phase[i + 1] = now;
	}
	return (struct cycles){
		{(uint64_t)now[0] << 32, (uint64_t)now[1] << 32},
		{(uint64_t)now[2] << 32, (uint64_t)now[3] << 32},
	};
}
