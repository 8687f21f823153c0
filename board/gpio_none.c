/* gpio_none.c - in the place of gpio_lines.c where libgpiod v2 was not there to build with.
 * Tested by: docs/test_commands.sh */
#include <errno.h>

#include "board/gpio_lines.h"

int gpio_chip_open(struct gpio_chip **chip, const char *wanted, struct diag *diag)
{
	(void)chip;
	(void)wanted;
	return diag_set(diag, -ENOSYS,
		"this chronus was built without libgpiod 2 (Debian 13 has it: apt install "
		"libgpiod-dev, then make)");
}

/* Without a chip nobody comes here. */
void gpio_chip_close(struct gpio_chip *chip)
{
	(void)chip;
}

const char *gpio_chip_name(const struct gpio_chip *chip)
{
	(void)chip;
	return "";
}

int gpio_chip_probe(struct gpio_chip *chip, const struct gpio_wish *wish, struct diag *diag)
{
	(void)chip;
	(void)wish;
	return diag_set(diag, -ENOSYS, "no libgpiod");
}

int gpio_lines_request(
	struct gpio_lines **lines, struct gpio_chip *chip, const struct gpio_wish *wishes, int n)
{
	(void)lines;
	(void)chip;
	(void)wishes;
	(void)n;
	return -ENOSYS;
}

void gpio_lines_release(struct gpio_lines *lines)
{
	(void)lines;
}

int gpio_lines_fd(const struct gpio_lines *lines)
{
	(void)lines;
	return -ENOSYS;
}

int gpio_lines_read(struct gpio_lines *lines, struct edges *edges)
{
	(void)lines;
	(void)edges;
	return -ENOSYS;
}

int gpio_lines_get(struct gpio_lines *lines, bool *are_high)
{
	(void)lines;
	(void)are_high;
	return -ENOSYS;
}

int gpio_lines_set(struct gpio_lines *lines, const bool *are_high)
{
	(void)lines;
	(void)are_high;
	return -ENOSYS;
}
