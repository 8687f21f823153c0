/* board.h - knobs and buttons, wherever they are: GPIO lines, a terminal, a test.
 *
 * A board turns what hands do into events; it knows nothing of patches or sound.
 * Threads: open, close [init]; fd, read [desk].
 * Errors:  negative errno, the reason in diag. read: -EIO when the board is gone. */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include "base/diag.h"

enum { BOARD_NAME_BYTES = 32, BOARD_NO_PIN = -1 };

struct board_knob {
	char name[BOARD_NAME_BYTES];
	int pin_a, pin_b, pin_push; /* BCM numbers or BOARD_NO_PIN */
	int steps_per_detent;
	int reversed;
};

struct board_button {
	char name[BOARD_NAME_BYTES];
	int pin;
};

struct board_config {
	int n_knobs, n_buttons;
	struct board_knob knobs[32];
	struct board_button buttons[16];
};

enum board_event_kind {
	BOARD_TURN,       /* knob index, detents (signed) */
	BOARD_PRESS,      /* button index, let go early */
	BOARD_LONG_PRESS, /* button index, held for 500 ms or more */
	BOARD_PUSH,       /* knob index: its own switch, short */
	BOARD_LONG_PUSH,
	BOARD_QUIT,       /* the user wants out (terminal) */
	BOARD_GATE,       /* detents 1: on, 0: off; the terminal's space bar plays every gate */
};

struct board_event {
	enum board_event_kind kind;
	int index;
	int detents;
};

struct board {
	/* A file descriptor that polls readable when there is something to read. */
	int (*fd)(const struct board *board);
	/* Up to max events; how many, 0 when there is nothing more, or a negative errno. Never
	 * waits. */
	int (*read)(struct board *board, struct board_event *events, int max);
	void (*close)(struct board *board);
};

/* Keys of a terminal. Puts it into raw mode; close restores it, and so does any exit. */
int board_terminal_open(struct board **board, const struct board_config *config, struct diag *diag);
/* GPIO lines by libgpiod v2. -ENOSYS where the program was built without it, -ENODEV: no chip. */
int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag);

#endif
