/* lines.h - which line is which control, and what its edges mean.
 *
 * Knows levels and times, no kernel.
 * Everything is wired to ground: pulled up, and a switch that is pressed is low.
 * Memory:  the caller owns struct lines; nothing is allocated.
 * Threads: lines_list, lines_begin [init]; the others [desk].
 * Errors:  lines_list: -EINVAL, the reason in diag. The others cannot fail. */
#ifndef BOARD_LINES_H
#define BOARD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "board/board.h"
#include "board/button.h"
#include "board/quadrature.h"

enum { LINES_MAX = 3 * 32 + 16, LINES_MAX_SWITCHES = 32 + 16 };

enum line_role { LINE_A, LINE_B, LINE_SWITCH }; /* B stands just behind its A */

struct line {
	unsigned pin;
	enum line_role role;
	int index; /* of the knob, or of the switch */
	bool is_high;
};

struct line_switch {
	struct button button;
	enum board_event_kind short_kind, long_kind;
	int index; /* of the button, or of the knob */
};

struct lines {
	int n, n_switches;
	struct line at[LINES_MAX];
	struct line_switch switches[LINES_MAX_SWITCHES];
	struct quadrature knobs[32];
};

/* The lines that a board has, their levels not known yet. */
int lines_list(struct lines *lines, const struct board_config *config, struct diag *diag);
/* After at[].is_high was set: knobs rest there, and a switch that is held down says nothing. */
void lines_begin(struct lines *lines, const struct board_config *config);
/* A line's level since at_ns. Returns 1 and an event, or 0. */
int lines_edge(struct lines *lines, unsigned pin, bool is_high, int64_t at_ns,
	       struct board_event *event);
/* Switches that have been held for long by now: up to max events, how many. */
int lines_tick(struct lines *lines, int64_t now_ns, struct board_event *events, int max);
/* When lines_tick is wanted next; 0: never. */
int64_t lines_deadline_ns(const struct lines *lines);

#endif
