/* quadrature.h - two lines of a rotary encoder to detents.
 *
 * Each change of a line is one step of four a cycle; a line that bounces steps forth and back and
 * adds up to nothing. With 4 or 2 steps a detent, a detent counts when the knob comes to rest in
 * the next one: once, however much it bounces on the way, and what was missed is made good there.
 * With 1, every step counts, forth and back.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_QUADRATURE_H
#define BOARD_QUADRATURE_H

#include <stdbool.h>
#include <stdint.h>

struct quadrature {
	uint8_t lines; /* 2 * a + b, as seen last */
	uint8_t rest;  /* the lines in a detent (2 steps: also their opposite) */
	int8_t steps;  /* since the last detent */
	int8_t steps_per_detent;
	bool is_reversed;
	uint32_t n_illegal; /* both lines changed at once: something was missed */
};

/* a, b: the lines now (true: high). steps_per_detent: 1, 2 or 4. If both lines are the same now,
 * that is how the knob rests; else it is being turned, and rests with both high. */
void quadrature_init(struct quadrature *quadrature, bool a, bool b, int steps_per_detent,
		     bool is_reversed);
/* The lines now. Returns 0, or 1 or -1 detent; 1 is A before B. */
int quadrature_update(struct quadrature *quadrature, bool a, bool b);

#endif
