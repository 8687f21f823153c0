/* gpio_claim.h - the lines of all controls on a chip: taken, as far as they can be had.
 *
 * One request for the inputs, one for the LEDs. A line that cannot be had is logged, with
 * who uses it, and costs its control only.
 * Threads: [init] [desk]
 * Errors:  0 or a negative errno. */
#ifndef BOARD_GPIO_CLAIM_H
#define BOARD_GPIO_CLAIM_H

#include <stddef.h>

#include "board/gpio_lines.h"
#include "board/lines.h"

struct gpio_claim {
	struct board_config config;
	struct lines lines;
	struct gpio_lines *inputs, *outputs; /* NULL: none */
	bool is_led_lost[BOARD_MAX_LEDS];
	bool is_loss_logged[LINES_MAX + BOARD_MAX_LEDS];
};

/* -EINVAL: a pin is used twice, or there are too many. */
int gpio_claim_init(struct gpio_claim *claim, const struct board_config *config, struct diag *diag);
/* Finds the chip and takes the lines. name: what the chip is called. -ENODEV: no chip; -EBUSY: not
 * one line can be had. On errors nothing is taken. */
int gpio_claim_take(struct gpio_claim *claim, char *name, size_t name_bytes, struct diag *diag);
void gpio_claim_release(struct gpio_claim *claim);
/* Levels of all lines in lines.at[]; lost ones are low. */
int gpio_claim_get(struct gpio_claim *claim, bool *are_high);
/* LEDs, in the order of the config. */
int gpio_claim_light(struct gpio_claim *claim, const bool *are_lit);

#endif
