/* led.h - when a LED is lit, by its pattern. All LEDs that blink alike blink together.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_LED_H
#define BOARD_LED_H

#include <stdbool.h>
#include <stdint.h>

#include "board/board.h"

/* Half of a blink: 1 a second, 4 a second; a flash. */
enum { LED_SLOW_HALF_MS = 500, LED_FAST_HALF_MS = 125, LED_FLASH_MS = 125 };

bool led_is_lit(enum board_pattern pattern, int64_t now_ns);
/* When it changes next; 0: never. */
int64_t led_deadline_ns(enum board_pattern pattern, int64_t now_ns);

#endif
