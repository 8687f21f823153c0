/* quadrature.c - a rotary encoder's lines to detents. See quadrature.h. */
#include "board/quadrature.h"

enum { ILLEGAL = 2 };

/* [lines before][lines now]; forward is 3 1 0 2 3: A falls first. */
static const int8_t steps_of[4][4] = {
	{0, -1, 1, ILLEGAL},
	{1, 0, ILLEGAL, -1},
	{-1, ILLEGAL, 0, 1},
	{ILLEGAL, 1, -1, 0},
};

void quadrature_init(struct quadrature *q, bool a, bool b, int steps_per_detent, bool is_reversed)
{
	uint8_t lines = (uint8_t)(2 * a + b);

	*q = (struct quadrature){
		.lines = lines,
		.rest = a == b ? lines : 3,
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
	int detents = 0;

	q->lines = lines;
	if (step == ILLEGAL) {
		q->n_illegal++; /* two steps, but which way? */
		step = 0;
	}
	q->steps = (int8_t)(q->steps + step);
	if (!is_at_rest(q))
		return 0;
	/* more than half of a detent is one: a step may have been missed */
	if (2 * q->steps > q->steps_per_detent)
		detents = 1;
	else if (2 * q->steps < -q->steps_per_detent)
		detents = -1;
	q->steps = 0;
	return q->is_reversed ? -detents : detents;
}
