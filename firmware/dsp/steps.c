/* steps.c - see steps.h. */
#include "dsp/steps.h"

#include <math.h>

/* How much of a frame a step may begin early: more than rounding ever is, and no fraction that a
 * tempo gives. */
#define ROUNDING_FRAMES 0.00123456789
#define GATE_MIN_FRAMES 3.0
#define FAR_FRAMES      1e6

const char *const step_length_names[N_STEP_LENGTHS] = {"4/1d", "4/1", "2/1d", "4/1t", "2/1", "1/1d",
	"2/1t", "1/1", "1/2d", "1/1t", "1/2", "1/4d", "1/2t", "1/4", "1/8d", "1/4t", "1/8", "1/16d",
	"1/8t", "1/16", "1/32d", "1/16t", "1/32", "1/32t"};

static int choice_of(float choice)
{
	return choice > 0.0f ? int_min((int)choice, N_STEP_LENGTHS - 1) : 0;
}

double step_length_beats(float choice)
{
	static const double beats[N_STEP_LENGTHS] = {24.0, 16.0, 12.0, 32.0 / 3.0, 8.0, 6.0,
		16.0 / 3.0, 4.0, 3.0, 8.0 / 3.0, 2.0, 1.5, 4.0 / 3.0, 1.0, 0.75, 2.0 / 3.0, 0.5,
		0.375, 1.0 / 3.0, 0.25, 0.1875, 0.5 / 3.0, 0.125, 0.25 / 3.0};

	return beats[choice_of(choice)];
}

void stepper_reset(struct stepper *stepper)
{
	*stepper = (struct stepper){.last_beat = -1.0};
}

static double beat_at(const struct module_io *io, int frame)
{
	return io->transport->beat + frame * io->transport->beats_per_frame;
}

/* The first frame at or after a beat, counted from the block's first. */
static int frame_of(const struct module_io *io, double beat)
{
	double frames = (beat - io->transport->beat) / io->transport->beats_per_frame;

	return frames < FAR_FRAMES ? (int)ceil(fmax(frames - ROUNDING_FRAMES, -1.0))
				   : (int)FAR_FRAMES;
}

static double begins_at(int64_t step, double length, double swing)
{
	return (double)step * length + (step & 1 ? swing * length : 0.0);
}

/* The first step of this length that is still to come. */
static void find_step(
	struct stepper *stepper, const struct module_io *io, int choice, float swing, int frame)
{
	double length = step_length_beats((float)choice);
	double now = beat_at(io, frame) - ROUNDING_FRAMES * io->transport->beats_per_frame;
	int64_t step = (int64_t)ceil(now / length) - 1; /* which may be late by its swing */

	if (step < 0 || begins_at(step, length, (double)swing) < now ||
		(double)step * length <= stepper->last_beat)
		step++;
	stepper->step = step;
	stepper->next_beat = begins_at(step, length, (double)swing);
	stepper->length = choice;
	stepper->is_started = 1;
	stepper->is_tied = 0;
}

bool stepper_is_due(struct stepper *stepper, const struct module_io *io, struct cable length,
	struct cable swing, int frame)
{
	int choice = choice_of(cable_first(length, frame));
	double beats = step_length_beats((float)choice);

	if (io->transport->is_stopped) {
		stepper->is_open = stepper->opens_next = 0;
		return false;
	}
	stepper->is_open |= stepper->opens_next;
	stepper->opens_next = 0;
	if (!stepper->is_started || choice != stepper->length ||
		fabs(stepper->next_beat - beat_at(io, frame)) > 2.0 * beats)
		find_step(stepper, io, choice, cable_first(swing, frame), frame);
	return frame_of(io, stepper->next_beat) <= frame;
}

void stepper_begin(struct stepper *stepper, const struct module_io *io, int frame,
	enum beat_kind kind, bool is_tied, float swing, float gate)
{
	double length = step_length_beats((float)stepper->length);
	double begin = stepper->next_beat;
	double least = beat_at(io, frame) + GATE_MIN_FRAMES * io->transport->beats_per_frame;

	stepper->last_beat = (double)stepper->step * length;
	stepper->step++;
	stepper->next_beat = begins_at(stepper->step, length, (double)swing);
	stepper->off_beat = fmax(begin + (double)gate * (stepper->next_beat - begin), least);
	stepper->is_tied = is_tied;
	if (kind == BEAT_REST) {
		stepper->is_open = 0;
	} else if (kind != BEAT_TIE) {
		stepper->opens_next = stepper->is_open;
		stepper->is_open = !stepper->is_open;
	}
}

int stepper_until(
	struct stepper *stepper, const struct module_io *io, struct cable length, int frame)
{
	int step_frame = int_max(frame_of(io, stepper->next_beat), frame + 1);
	int close_frame = int_min(frame_of(io, stepper->off_beat), step_frame - 1);
	int until = int_min(io->n_frames, stepper->opens_next ? frame + 1 : step_frame);

	if (io->transport->is_stopped)
		return io->n_frames;
	if (stepper->is_open && !stepper->is_tied) {
		stepper->is_open = close_frame > frame;
		if (stepper->is_open)
			until = int_min(until, close_frame);
	}
	for (int i = frame + 1; length.step && i < until; i++) {
		if (choice_of(cable_first(length, i)) != stepper->length)
			return i;
	}
	return until;
}
