/* terminal.h - the keys of a terminal as a source, and their names for the legend on the screen.
 * Threads: input_terminal_open [init]; the rest [any] */
#ifndef INPUT_TERMINAL_H
#define INPUT_TERMINAL_H

#include "input/source.h"

enum { TERMINAL_N_KNOBS = 10 };

/* The keys that turn a knob up and down; '\0' for knobs that have none. */
char terminal_key_up(int knob);
char terminal_key_down(int knob);

/* Puts the terminal at standard input into raw mode; close restores it, and so does any exit.
 * -ENOTTY where there is none. */
int terminal_open(struct input_source **source, const struct settings *settings, struct diag *diag);
/* The same, or INPUT_IS_UNUSED where standard input or output is no terminal. */
int input_terminal_open(
	struct input_source **source, const struct settings *settings, struct diag *diag);

#endif
