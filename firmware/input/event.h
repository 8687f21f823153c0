/* event.h - one movement of a hand, whatever it touches: an encoder, a button, a key.
 * Threads: [desk] */
#ifndef INPUT_EVENT_H
#define INPUT_EVENT_H

#include <stdint.h>

#include "config/settings.h"

enum input_kind {
	INPUT_TURN,  /* of a knob; value: detents, signed */
	INPUT_PRESS, /* of a switch, let go early */
	INPUT_LONG_PRESS,
	INPUT_DOUBLE_PRESS,
	INPUT_DOWN, /* of a key that holds something open */
	INPUT_UP,
	INPUT_MESSAGE, /* of MIDI: bytes */
};

/* Controls have the same numbers whichever source moves them. */
enum input_control {
	INPUT_KNOBS = 0,                                     /* + index in the settings */
	INPUT_PUSHES = INPUT_KNOBS + SETTINGS_MAX_KNOBS,     /* + index of the knob */
	INPUT_BUTTONS = INPUT_PUSHES + SETTINGS_MAX_KNOBS,   /* + index in the settings */
	INPUT_COMMIT = INPUT_BUTTONS + SETTINGS_MAX_BUTTONS, /* settings without a button for it */
	INPUT_ALL_GATES,                                     /* a key that plays every gate */
	INPUT_QUIT,
	INPUT_MIDI,
	INPUT_N_CONTROLS
};

struct input_event {
	uint8_t source; /* row of the table that it was opened from */
	uint8_t kind;   /* enum input_kind */
	uint16_t control;
	union {
		float value;
		struct {
			uint8_t n_bytes, bytes[3];
		};
	};
	int64_t time_ns; /* CLOCK_MONOTONIC, when the hand moved; 0: now */
};

#endif
