/* patch_clock.c - see patch_clock.h. */
#include "modules/patch_clock.h"

#include <math.h>

#define ROUNDING 1e-6 /* of a unit: what a beat that is no binary fraction may have lost */

/* clang-format off */
static const struct param_desc clock_params[] = {
	[PATCH_CLOCK_TEMPO_BPM] = {.key = "tempo_bpm", .label = "Tempo", .unit = UNIT_BPM,
		.min = 20.0f, .max = 400.0f, .def = 120.0f, .curve = CURVE_LINEAR},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(clock_params) == PATCH_CLOCK_N_PARAMS, "one row per parameter");

static double beat_now(const struct patch_clock *clock)
{
	return clock->anchor_beat + (double)clock->n_frames * clock->anchor_beats_per_frame;
}

double patch_clock_beats_per_frame(float tempo_bpm, float rate_hz)
{
	return (double)tempo_bpm / (60.0 * (double)rate_hz);
}

struct transport patch_clock_next(const struct patch_clock *clock, float tempo_bpm, float rate_hz)
{
	return (struct transport){
		.beat = beat_now(clock),
		.beats_per_frame = patch_clock_beats_per_frame(tempo_bpm, rate_hz),
		.is_stopped = clock->transport.is_stopped,
	};
}

double patch_clock_next_multiple(double beat, double unit_beats)
{
	return (floor(beat / unit_beats + ROUNDING) + 1.0 - ROUNDING) * unit_beats;
}

bool patch_clock_passes(double before, double beat, double unit_beats)
{
	if (unit_beats <= 0.0)
		return true;
	return floor(beat / unit_beats + ROUNDING) > floor(before / unit_beats + ROUNDING);
}

static void clock_render(void *state, const struct module_io *io)
{
	struct patch_clock *clock = state;
	float tempo_bpm = io->params[PATCH_CLOCK_TEMPO_BPM].at[0][0];

	clock->transport = patch_clock_next(clock, tempo_bpm, io->rate_hz);
	if (clock->transport.beats_per_frame != clock->anchor_beats_per_frame) {
		clock->anchor_beat = clock->transport.beat;
		clock->anchor_beats_per_frame = clock->transport.beats_per_frame;
		clock->n_frames = 0;
	}
	clock->n_frames += (uint64_t)io->n_frames;
}

const struct module_desc patch_clock_module = {
	.key = "patch",
	.purpose = "the tempo of the patch",
	.params = clock_params,
	.n_params = PATCH_CLOCK_N_PARAMS,
	.flow = FLOW_MONO,
	.state_bytes = sizeof(struct patch_clock),
	.render = clock_render,
};
