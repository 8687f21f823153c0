/* terminal.h - which keys a terminal board has, for the legend on the screen.
 * Threads: [any] */
#ifndef BOARD_TERMINAL_H
#define BOARD_TERMINAL_H

enum { TERMINAL_N_KNOBS = 10 };

/* The keys that turn a knob up and down; '\0' for knobs that have none. */
char terminal_key_up(int knob);
char terminal_key_down(int knob);

#endif
