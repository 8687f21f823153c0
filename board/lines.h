/* lines.h - which line is which control, and what its edges mean.
 *
 * Knows levels and times, no kernel. A contact that is closed pulls its line low, with
 * BOARD_PULL_DOWN high.
 * Memory:  the caller owns struct lines; nothing is allocated.
 * Threads: lines_list, lines_begin [init]; the others [desk].
 * Errors:  lines_list: -EINVAL, the reason in diag. The others cannot fail. */
#ifndef BOARD_LINES_H
#define BOARD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "board/acceleration.h"
#include "board/board.h"
#include "board/button.h"
#include "board/quadrature.h"

enum {
	LINES_MAX_SWITCHES = BOARD_MAX_KNOBS + BOARD_MAX_BUTTONS,
	LINES_MAX = 2 * BOARD_MAX_KNOBS + LINES_MAX_SWITCHES
};

enum line_role { LINE_A, LINE_B, LINE_SWITCH }; /* B stands just behind its A */

struct line {
	unsigned pin;
	enum line_role role;
	int index; /* of the knob, or of the switch */
	enum board_bias bias;
	bool is_high;
	bool is_lost; /* cannot be had: its control is not there */
};

struct line_switch {
	struct button button;
	enum board_event_kind first_kind; /* BOARD_PRESS or BOARD_PUSH */
	int index;                        /* of the button, or of the knob */
};

struct line_knob {
	struct quadrature quadrature;
	struct acceleration acceleration;
	bool has_rest; /* it was seen at rest; where, is kept when the chip comes back */
};

struct lines {
	int n, n_switches;
	struct line at[LINES_MAX];
	struct line_switch switches[LINES_MAX_SWITCHES];
	struct line_knob knobs[BOARD_MAX_KNOBS];
	uint64_t n_detents, n_illegal; /* since lines_list */
};

/* The lines that a board has, their levels not known yet. */
int lines_list(struct lines *lines, const struct board_config *config, struct diag *diag);
/* Line i of at[] cannot be had, nor is then the other line of the same encoder. */
void lines_lose(struct lines *lines, int i);
/* After at[].is_high was set: knobs rest there, and a switch that is held down says nothing. true: lines_look
 * has to tell of one that was held and is up now. */
bool lines_begin(struct lines *lines, const struct board_config *config);
/* A line's level since at_ns. Returns 1 and an event, or 0. */
int lines_edge(
	struct lines *lines, unsigned pin, bool is_high, int64_t at_ns, struct board_event *event);
/* Levels as they are at at_ns, for each of at[], after edges were lost. Returns up to max events;
 * with max of them it may be asked again. */
int lines_look(struct lines *lines, const bool *are_high, int64_t at_ns, struct board_event *events,
	int max);
/* Switches that have been held for long by now: up to max events, how many. */
int lines_tick(struct lines *lines, int64_t now_ns, struct board_event *events, int max);
/* When lines_tick is wanted next; 0: never. */
int64_t lines_deadline_ns(const struct lines *lines);

#endif
