/* button.h - switches that are pressed short or long; time is a parameter.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_BUTTON_H
#define BOARD_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

enum { BUTTON_LONG_MS = 500 };

enum button_says { BUTTON_NOTHING, BUTTON_SHORT, BUTTON_LONG };

struct button {
	bool is_down;
	bool is_reported; /* the long press was reported while it was still held */
	int64_t down_ns;  /* when it went down */
};

/* The switch went down or up at now_ns (debounced). A press is reported when it ends. */
enum button_says button_edge(struct button *button, bool is_down, int64_t now_ns);
/* BUTTON_LONG, once, when it has been held long enough by now. */
enum button_says button_tick(struct button *button, int64_t now_ns);
/* When button_tick is wanted next; 0: never. */
int64_t button_deadline_ns(const struct button *button);

#endif
