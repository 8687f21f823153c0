/* check_pins.h - do controls share pins of the header with what config.txt gives away?
 *
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_PINS_H
#define CONFIG_CHECK_PINS_H

#include "config/check_text.h"
#include "config/settings.h"

/* Warns of each control on such a pin. config.txt is the one beside the settings' file, else Raspberry Pi
 * OS's. Without either it may be as the card's is: with the UART on. */
void check_pins(const struct settings *settings, struct check *check);

#endif
