/* board.h - knobs, buttons and LEDs, on GPIO lines or in a test.
 *
 * A board turns what is moved into events, and shows four indicators; it knows nothing of patches or
 * sound.
 * Threads: open, close [init]; the rest [desk].
 * Errors:  negative errno, the reason in diag. read: -EIO when the board is gone for good. */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

enum {
	BOARD_NAME_BYTES = 32,
	BOARD_CHIP_BYTES = 64,
	BOARD_MAX_KNOBS = 32,
	BOARD_MAX_BUTTONS = 16,
	BOARD_MAX_LEDS = 16,
	BOARD_NO_PIN = -1
};

/* The pull on a line while its contact is open; with BOARD_NO_BIAS the board has pull-ups of its
 * own. A closed contact is low, with BOARD_PULL_DOWN high. */
enum board_bias { BOARD_PULL_UP, BOARD_PULL_DOWN, BOARD_NO_BIAS };

/* The presses of a switch that are of use */
struct board_press {
	bool is_hold;    /* down and up, and no other */
	bool has_double; /* a press waits a moment for a second one */
};

struct board_knob {
	char name[BOARD_NAME_BYTES];
	int pin_a, pin_b, pin_push; /* BCM numbers or BOARD_NO_PIN */
	int steps_per_detent;       /* 1, 2 or 4 */
	int reversed;
	int acceleration; /* up to this many times; 0: off */
	enum board_bias bias;
	struct board_press push;
};

struct board_button {
	char name[BOARD_NAME_BYTES];
	int pin;
	enum board_bias bias;
	struct board_press press;
};

enum board_indicator {
	BOARD_RUNNING,
	BOARD_STAGED,
	BOARD_STANDBY,
	BOARD_FAULT,
	BOARD_N_INDICATORS
};

enum board_pattern {
	BOARD_PATTERN_OFF,
	BOARD_PATTERN_STEADY,
	BOARD_PATTERN_SLOW, /* blinks once a second */
	BOARD_PATTERN_FAST, /* four times a second */
	BOARD_PATTERN_TWICE /* two flashes, then dark: once in two seconds */
};

struct board_led {
	char name[BOARD_NAME_BYTES];
	int pin;
	enum board_indicator shows;
	bool is_active_low; /* lit while the line is low */
};

struct board_config {
	/* A chip's label, gpiochipN or a path; "auto" or empty: the header of a Raspberry Pi */
	char chip[BOARD_CHIP_BYTES];
	int n_knobs, n_buttons, n_leds;
	struct board_knob knobs[BOARD_MAX_KNOBS];
	struct board_button buttons[BOARD_MAX_BUTTONS];
	struct board_led leds[BOARD_MAX_LEDS];
};

enum board_event_kind {
	BOARD_TURN, /* knob index, detents (signed) */
	/* button index: in the order of button.h */
	BOARD_PRESS,      /* let go early */
	BOARD_LONG_PRESS, /* held for 500 ms or more */
	BOARD_DOUBLE_PRESS,
	BOARD_DOWN, /* of one that is held */
	BOARD_UP,
	/* knob index: its own switch, in the same order */
	BOARD_PUSH,
	BOARD_LONG_PUSH,
	BOARD_DOUBLE_PUSH,
	BOARD_PUSH_DOWN,
	BOARD_PUSH_UP
};

struct board_event {
	enum board_event_kind kind;
	int index;
	int detents;
	int64_t at_ns; /* CLOCK_MONOTONIC */
};

struct board_counts {           /* since it was opened */
	uint64_t n_detents;     /* either way, before acceleration */
	uint64_t n_lost;        /* edges that the kernel dropped, its queue being full */
	uint64_t n_illegal;     /* both lines of a knob changed at once: a step was missed */
	uint64_t n_chip_losses; /* times the chip went away */
};

struct board {
	/* A file descriptor that polls readable when there is something to read. */
	int (*fd)(const struct board *board);
	/* Up to max events; how many, 0 when there is nothing more, or a negative errno. Never
	 * waits. */
	int (*read)(struct board *board, struct board_event *events, int max);
	void (*close)(struct board *board);
	/* The patterns of its LEDs from now on. NULL: it has none. */
	void (*show)(struct board *board, const enum board_pattern patterns[BOARD_N_INDICATORS]);
	/* NULL: it counts nothing. */
	void (*count)(const struct board *board, struct board_counts *counts);
};

/* GPIO lines by libgpiod v2. -ENOSYS where the program was built without it. A chip that is not
 * there, or goes away, is told in the log and looked for once a second; a line that cannot be had
 * is told there too, and costs its control only. */
int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag);

#endif
