/* osc_tail.c - begun frames of an oscillator, for another step. See osc_shapes.h. */
#include "modules/osc_shapes.h"

/* Adds the plain frames that a tail of this step leaves out, times gain; if it is 0, none. */
static void tail_add_plain(
	enum osc_shape shape, const struct stretch *s, struct cycles step, float gain, v4f *frames)
{
	struct cycles at = phase_of_output(s, step);
	v4u width = width_at(s, -1);

	for (int i = 0; i < BLEP_LATENCY && has_step(step); i++) {
		at = cycles_add(at, step);
		frames[i] += plain(shape, cycles_high(at), width, lanes_of(gain));
	}
}

__attribute__((noinline)) void tail_take_step(
	enum osc_shape shape, const struct stretch *s, struct tail *tail, struct cycles step)
{
	for (; tail->n_frames < BLEP_TAPS; tail->n_frames++)
		tail->frames[tail->n_frames] = lanes_of(0.0f);
	tail_add_plain(shape, s, tail->step, 1.0f, tail->frames);
	tail_add_plain(shape, s, step, -1.0f, tail->frames);
	tail->step = step;
}
