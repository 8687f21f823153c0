/* gpio_lines.h - what is needed of libgpiod: find a chip, request lines, read edges, set levels.
 *
 * Levels are the lines' own: high is 3.3 V.
 * Threads: [desk] [init]
 * Errors:  0 or a negative errno. -ENODEV and the like from read, get and set: the chip is gone. */
#ifndef BOARD_GPIO_LINES_H
#define BOARD_GPIO_LINES_H

#include "board/board.h"
#include "board/edges.h"

struct gpio_chip;
struct gpio_lines; /* lines of one request */

enum { GPIO_MAX_LINES = 64 }; /* the kernel's limit of a request */

struct gpio_wish {
	unsigned pin;
	bool is_output;
	bool is_high;         /* output: from the start */
	enum board_bias bias; /* input */
	int debounce_us;      /* input; 0: none */
};

/* wanted: as board_config.chip. -ENODEV: there is no such chip. The caller closes it; lines that
 * were requested live on. */
int gpio_chip_open(struct gpio_chip **chip, const char *wanted, struct diag *diag);
void gpio_chip_close(struct gpio_chip *chip);
/* "gpiochip0 [pinctrl-bcm2711]"; lives as long as chip */
const char *gpio_chip_name(const struct gpio_chip *chip);
/* Whether a line could be had by itself: 0, or a negative errno and the reason, which names the
 * line, the chip and who uses it. */
int gpio_chip_probe(struct gpio_chip *chip, const struct gpio_wish *wish, struct diag *diag);

/* All n lines or none; inputs tell both edges. The caller releases them. */
int gpio_lines_request(
	struct gpio_lines **lines, struct gpio_chip *chip, const struct gpio_wish *wishes, int n);
void gpio_lines_release(struct gpio_lines *lines);
int gpio_lines_fd(const struct gpio_lines *lines); /* readable when there are edges */
/* Moves edges that wait into `edges`, as far as there is room: how many; 0: none. Never waits. */
int gpio_lines_read(struct gpio_lines *lines, struct edges *edges);
/* Levels in the order of the wishes. */
int gpio_lines_get(struct gpio_lines *lines, bool *are_high);
int gpio_lines_set(struct gpio_lines *lines, const bool *are_high);

#endif
