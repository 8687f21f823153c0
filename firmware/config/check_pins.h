/* check_pins.h - do controls share pins of the header with what config.txt gives away?
 *
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_PINS_H
#define CONFIG_CHECK_PINS_H

#include <stddef.h>

#include "config/settings.h"

/* Appends a line to warnings (n_bytes in all) for each control on such a pin; whole lines only.
 * config.txt is the one beside the settings' file, else Raspberry Pi OS's. Without either it may
 * be as the card's is: with the UART on. */
void check_pins(const struct settings *settings, char *warnings, size_t n_bytes);

#endif
