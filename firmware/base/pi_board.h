/* pi_board.h - how a Raspberry Pi's boards differ, by their name (/proc/device-tree/model).
 *
 * Threads: [any], pure. */
#ifndef BASE_PI_BOARD_H
#define BASE_PI_BOARD_H

#include <stdbool.h>

struct pi_board {
	const char *model; /* begins with */
	int full_mhz;      /* of its cores */
	/* All device interrupts are taken by core 0 and cannot be moved: its interrupt controller
	 * has no way to (drivers/irqchip/irq-bcm2836.c). So sound's wait for those of network and
	 * SD card. */
	bool is_irq_bound;
};

/* NULL: not one that is known. */
const struct pi_board *pi_board_find(const char *model);

/* [audio] periods = auto */
int pi_board_periods(const char *model);

#endif
