/* quadrature.h - two lines of a rotary encoder to detents.
 *
 * Each change of a line is one step of four a cycle; a line that bounces steps forth and back and
 * adds up to nothing. With 4 or 2 steps a detent, a detent counts when the knob comes to rest in
 * the next one: once, however much it bounces on the way. With 1, every step counts, forth and
 * back. Both lines changing at once is illegal: two steps were made, nobody knows which way. They
 * count as none, so each costs one detent at most (two with 1 step a detent), and the next rest
 * puts the decoder right.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_QUADRATURE_H
#define BOARD_QUADRATURE_H

#include <stdbool.h>
#include <stdint.h>

struct quadrature {
	uint8_t lines; /* 2 * a + b, as seen last */
	uint8_t rest;  /* the lines in a detent (2 steps: also their opposite) */
	int8_t steps_per_detent;
	bool is_reversed;
	int steps;          /* since the last detent */
	uint32_t n_illegal; /* both lines changed at once */
};

/* a, b: the lines now (true: high). steps_per_detent: 1, 2 or 4. is_open_high: both are high while
 * their contacts are open. If both lines are the same now, that is how the knob rests; else it is
 * being turned, and rests with both contacts open. */
void quadrature_init(struct quadrature *quadrature, bool a, bool b, int steps_per_detent,
	bool is_reversed, bool is_open_high);
/* The lines now. Returns detents: 0 or 1, either way; more only where illegal changes hid a rest. 1
 * is A before B. */
int quadrature_update(struct quadrature *quadrature, bool a, bool b);

#endif
