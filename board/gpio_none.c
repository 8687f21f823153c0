/* gpio_none.c - in the place of gpio_lines.c where libgpiod v2 was not there to build with. */
#include <errno.h>

#include "board/board.h"

int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag)
{
	(void)board;
	(void)config;
	return diag_set(diag, -ENOSYS,
			"knobs on GPIO pins: this chronus was built without libgpiod 2 (Debian 13 "
			"has it: apt install libgpiod-dev, then make)");
}
