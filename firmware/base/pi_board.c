/* pi_board.c - the boards. See pi_board.h. */
#include "base/pi_board.h"

#include <stddef.h>
#include <string.h>

#include "base/util.h"

/* Raspberry Pi documentation, config.txt, "Overclocking options": arm_freq of each model. A 4B from
 * revision 1.4 on does 1800 with arm_boost=1, older ones do not: 1500 is right for all. */
static const struct pi_board boards[] = {
	{"Raspberry Pi 3 Model B Plus", 1400, true},
	{"Raspberry Pi 3 Model A Plus", 1400, true},
	{"Raspberry Pi 3 Model B", 1200, true},
	{"Raspberry Pi Compute Module 3", 1200, true},
	{"Raspberry Pi Zero 2", 1000, true},
	{"Raspberry Pi 400", 1800, false},
	{"Raspberry Pi 4", 1500, false},
	{"Raspberry Pi Compute Module 4", 1500, false},
	{"Raspberry Pi 5", 2400, false}, /* and 500 */
	{"Raspberry Pi Compute Module 5", 2400, false},
};

const struct pi_board *pi_board_find(const char *model)
{
	for (size_t i = 0; i < ARRAY_LEN(boards); i++)
		if (strncmp(model, boards[i].model, strlen(boards[i].model)) == 0)
			return &boards[i];
	return NULL;
}

/* A third period is a reserve for an interrupt that comes late: 1.3 ms of 64 frames. */
int pi_board_periods(const char *model)
{
	const struct pi_board *board = pi_board_find(model);

	return board && board->is_irq_bound ? 3 : 2;
}
