/* steps.h - steps in time with the patch, and the gate over them: what clock, seq and euclid share.
 *
 * Grid:   step k begins at beat k * length, odd ones later by swing * length; even ones, and so
 *         bars, stay where they are. Everything is derived from transport->beat, so steps of all
 *         modules stay in phase. A step begins at the first frame at or after its beat.
 * Once:   each step begins once. The swing of a step is taken when the one before it begins;
 *         another length holds at once, from its own next step on.
 * Gate:   opens with a hit, and closes when its part of the step is over, or one frame before the
 *         next step; a tie holds it through. Where the next step comes earlier than it was to (a
 *         jump of the tempo), the gate closes for that frame and opens with the next. It closes
 *         when the transport stops, and no step begins then.
 * Threads: [worker]; stepper_reset also [desk]. */
#ifndef DSP_STEPS_H
#define DSP_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/cable.h"
#include "dsp/fill.h"

/* As the numbers of LIST_STEPS */
enum beat_kind { BEAT_REST, BEAT_HIT, BEAT_ACCENT, BEAT_TIE };

/* The choices of a step's length, long ones first; d: dotted, t: triplet. */
enum { N_STEP_LENGTHS = 24, STEP_QUARTER = 13, STEP_SIXTEENTH = 19 };
extern const char *const step_length_names[N_STEP_LENGTHS];
double step_length_beats(float choice) RT_SAFE; /* in quarter notes */

#define SWING_MAX 0.75f

/* A row of a parameter table each */
#define STEP_LENGTH_PARAM(KEY, LABEL, DEF) \
	{.key = KEY,                       \
		.label = LABEL,            \
		.unit = UNIT_CHOICE,       \
		.max = N_STEP_LENGTHS - 1, \
		.def = DEF,                \
		.curve = CURVE_CHOICE,     \
		.choices = step_length_names}
#define STEP_GATE_PARAM(DEF)       \
	{.key = "gate_length",     \
		.label = "Gate",   \
		.unit = UNIT_NORM, \
		.min = 0.01f,      \
		.max = 1.0f,       \
		.def = DEF,        \
		.curve = CURVE_LINEAR}
#define STEP_SWING_PARAM           \
	{.key = "swing",           \
		.label = "Swing",  \
		.unit = UNIT_NORM, \
		.min = 0.0f,       \
		.max = SWING_MAX,  \
		.def = 0.0f,       \
		.curve = CURVE_LINEAR}

/* Part of a module's state */
struct stepper {
	double next_beat; /* when `step` begins */
	double off_beat;  /* when an open gate closes */
	double last_beat; /* of the step begun last, without its swing */
	int64_t step;     /* the next, counted from beat 0 */
	int32_t length;   /* the choice */
	uint8_t is_started;
	uint8_t is_open;    /* the gate of the current frame */
	uint8_t opens_next; /* at the next frame */
	uint8_t is_tied;    /* the next step is a tie */
	uint64_t pad;
};

void stepper_reset(struct stepper *stepper) RT_SAFE;

/* Call these in turn from frame 0 on: does stepper->step begin at this frame? If so begin it. Then
 * all is as it is up to stepper_until(), and that is the next frame. */
bool stepper_is_due(struct stepper *stepper, const struct module_io *io, struct cable length,
	struct cable swing, int frame) RT_SAFE;
/* gate: part of the step, 0..1 */
void stepper_begin(struct stepper *stepper, const struct module_io *io, int frame,
	enum beat_kind kind, bool is_tied, float swing, float gate) RT_SAFE;
int stepper_until(struct stepper *stepper, const struct module_io *io, struct cable length,
	int frame) RT_SAFE;

#endif
