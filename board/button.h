/* button.h - switches that are pressed short, long or twice, or held; time is a parameter.
 *
 * A press is reported when the switch is let go, a long one when it has been held long enough, a double one when
 * it goes down again; only a switch that has_double waits with a short press for that. One that is_hold
 * reports its edges alone.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_BUTTON_H
#define BOARD_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

enum { BUTTON_LONG_MS = 500, BUTTON_DOUBLE_MS = 300 };

enum button_says {
	BUTTON_NOTHING,
	BUTTON_SHORT,
	BUTTON_LONG,
	BUTTON_DOUBLE,
	BUTTON_DOWN,
	BUTTON_UP
};

struct button {
	bool is_hold, has_double; /* as it is used */
	bool is_down;
	bool is_reported; /* all that this press is has been reported; is_hold: nothing has */
	bool is_waiting;  /* a short press, for a second one */
	int64_t down_ns;  /* when it went down */
	int64_t up_ns;
};

/* The switch went down or up at now_ns (debounced). */
enum button_says button_edge(struct button *button, bool is_down, int64_t now_ns);
/* When it has been held long enough by now, or no second press has come: once. */
enum button_says button_tick(struct button *button, int64_t now_ns);
/* When button_tick is wanted next; 0: never. */
int64_t button_deadline_ns(const struct button *button);
/* It is looked at anew: one that is down tells nothing until it is let go and pressed again. true: one
 * that was held was let go meanwhile, which its next edge will tell. */
bool button_begin(struct button *button, bool is_down);

#endif
