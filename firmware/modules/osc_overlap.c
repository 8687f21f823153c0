/* osc_overlap.c - begun frames of an oscillator, for another step. See osc_shapes.h. */
#include "modules/osc_shapes.h"

/* Adds the plain frames that an overlap of this step leaves out, times gain; if it is 0, none. */
static void overlap_add_plain(
	enum osc_shape shape, const struct stretch *s, struct cycles step, float gain, v4f *frames)
{
	struct cycles at = phase_of_output(s, step);
	v4u width = width_at(s, -1);

	for (int i = 0; i < BLEP_LATENCY && has_step(step); i++) {
		at = cycles_add(at, step);
		frames[i] += plain(shape, cycles_high(at), width, lanes_of(gain));
	}
}

__attribute__((noinline)) void overlap_take_step(
	enum osc_shape shape, const struct stretch *s, struct overlap *overlap, struct cycles step)
{
	for (; overlap->n_frames < BLEP_TAPS; overlap->n_frames++)
		overlap->frames[overlap->n_frames] = lanes_of(0.0f);
	overlap_add_plain(shape, s, overlap->step, 1.0f, overlap->frames);
	overlap_add_plain(shape, s, step, -1.0f, overlap->frames);
	overlap->step = step;
}
