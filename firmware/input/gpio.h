/* gpio.h - knobs, buttons and LEDs that are wired to GPIO lines (board/board.h), as a source.
 * Threads: [init] */
#ifndef INPUT_GPIO_H
#define INPUT_GPIO_H

#include "input/source.h"

/* INPUT_IS_UNUSED where the settings name no pin. */
int input_gpio_open(
	struct input_source **source, const struct settings *settings, struct diag *diag);

#endif
