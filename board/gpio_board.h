/* gpio_board.h - board_gpio_open with a clock of one's own, for tests.
 * Threads: [init] */
#ifndef BOARD_GPIO_BOARD_H
#define BOARD_GPIO_BOARD_H

#include "board/board.h"

/* now_ns: CLOCK_MONOTONIC, or a test's. */
int gpio_board_open(struct board **board, const struct board_config *config,
	int64_t (*now_ns)(void), struct diag *diag);

#endif
