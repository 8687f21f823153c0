/* quadrature.c - a rotary encoder's lines to detents. See quadrature.h. */
#include "board/quadrature.h"

#include <stdlib.h>

enum { ILLEGAL = 2 };

/* [lines before][lines now]; forward is 3 1 0 2 3: A falls first. */
static const int8_t steps_of[4][4] = {
	{0, -1, 1, ILLEGAL},
	{1, 0, ILLEGAL, -1},
	{-1, ILLEGAL, 0, 1},
	{ILLEGAL, 1, -1, 0},
};

void quadrature_init(struct quadrature *q, bool a, bool b, int steps_per_detent, bool is_reversed,
	bool is_open_high)
{
	uint8_t lines = (uint8_t)(2 * a + b);

	*q = (struct quadrature){
		.lines = lines,
		.rest = a == b         ? lines
			: is_open_high ? 3
				       : 0,
		.steps_per_detent = (int8_t)steps_per_detent,
		.is_reversed = is_reversed,
	};
}

static bool is_at_rest(const struct quadrature *q)
{
	if (q->steps_per_detent == 1)
		return true;
	return q->lines == q->rest || (q->steps_per_detent == 2 && q->lines == (q->rest ^ 3));
}

int quadrature_update(struct quadrature *q, bool a, bool b)
{
	uint8_t lines = (uint8_t)(2 * a + b);
	int step = steps_of[q->lines][lines];
	int detents;

	q->lines = lines;
	if (step == ILLEGAL) {
		q->n_illegal++; /* two steps, but which way? */
		step = 0;
	}
	q->steps += step;
	if (!is_at_rest(q))
		return 0;
	/* the nearest whole number, a half rounded down: a step may have been missed */
	detents = (2 * abs(q->steps) + q->steps_per_detent - 1) / (2 * q->steps_per_detent);
	if ((q->steps < 0) != q->is_reversed)
		detents = -detents;
	q->steps = 0;
	return detents;
}
