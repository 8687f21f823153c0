/* gpio_claim.c - the lines of all controls on a chip. See gpio_claim.h.
 * Tested by: unit/board/test_gpio_board */
#include "board/gpio_claim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

enum { DEBOUNCE_US = 5000 };

int gpio_claim_init(struct gpio_claim *claim, const struct board_config *config, struct diag *diag)
{
	int err;

	memset(claim, 0, sizeof(*claim));
	claim->config = *config;
	err = lines_list(&claim->lines, config, diag);
	if (err == 0 && claim->lines.n > GPIO_MAX_LINES)
		err = diag_set(diag, -EINVAL, "GPIO: %d lines; the kernel gives %d in one request",
			claim->lines.n, GPIO_MAX_LINES);
	return err;
}

/* ---- lines by number: inputs first, then LEDs */

static bool is_wanted(const struct gpio_claim *claim, int i)
{
	int led = i - claim->lines.n;

	if (led < 0)
		return !claim->lines.at[i].is_lost;
	return !claim->is_led_lost[led] && claim->config.leds[led].pin != BOARD_NO_PIN;
}

static struct gpio_wish wish_of(const struct gpio_claim *claim, int i)
{
	const struct board_led *led;
	const struct line *line;

	if (i >= claim->lines.n) {
		led = &claim->config.leds[i - claim->lines.n];
		return (struct gpio_wish){.pin = (unsigned)led->pin,
			.is_output = true,
			.is_high = led->is_active_low};
	}
	line = &claim->lines.at[i];
	return (struct gpio_wish){.pin = line->pin,
		.bias = line->bias,
		.debounce_us = line->role == LINE_SWITCH ? DEBOUNCE_US : 0};
}

/* The control that is not there without line i. */
static void control_name(const struct gpio_claim *claim, int i, char *text, size_t text_bytes)
{
	const struct board_config *config = &claim->config;
	const struct line *line = &claim->lines.at[i];
	const struct line_switch *sw;

	if (i >= claim->lines.n) {
		snprintf(text, text_bytes, "led %s", config->leds[i - claim->lines.n].name);
		return;
	}
	sw = &claim->lines.switches[line->index];
	if (line->role != LINE_SWITCH)
		snprintf(text, text_bytes, "knob %s", config->knobs[line->index].name);
	else if (sw->first_kind == BOARD_PUSH)
		snprintf(text, text_bytes, "the push of knob %s", config->knobs[sw->index].name);
	else
		snprintf(text, text_bytes, "button %s", config->buttons[sw->index].name);
}

static void line_lose(struct gpio_claim *claim, int i, const struct diag *why)
{
	char control[64];

	if (i < claim->lines.n)
		lines_lose(&claim->lines, i);
	else
		claim->is_led_lost[i - claim->lines.n] = true;
	if (claim->is_loss_logged[i])
		return;
	claim->is_loss_logged[i] = true;
	control_name(claim, i, control, sizeof(control));
	log_line(LOG_LEVEL_WARNING, "GPIO: %s; playing without %s (free the line and restart)",
		why->text, control);
}

/* ---- requests */

/* All wanted lines of from..to-1 in one request. Those that cannot be had are logged and left out. */
static int request(struct gpio_claim *claim, struct gpio_chip *chip, int from, int to,
	struct gpio_lines **lines)
{
	struct gpio_wish wishes[LINES_MAX];
	struct diag why;

	for (;;) {
		int n = 0, n_lost = 0, err;

		*lines = NULL;
		for (int i = from; i < to; i++)
			if (is_wanted(claim, i))
				wishes[n++] = wish_of(claim, i);
		err = n > 0 ? gpio_lines_request(lines, chip, wishes, n) : 0;
		if (err == 0)
			return 0;
		for (int i = from; i < to; i++) {
			struct gpio_wish wish = wish_of(claim, i);

			if (is_wanted(claim, i) && gpio_chip_probe(chip, &wish, &why) < 0) {
				line_lose(claim, i, &why);
				n_lost++;
			}
		}
		if (n_lost == 0)
			return err;
	}
}

static int requests_make(struct gpio_claim *claim, struct gpio_chip *chip, struct diag *diag)
{
	int n = claim->lines.n, err;

	for (int i = 0; i < n; i++)
		claim->lines.at[i].is_lost = false;
	memset(claim->is_led_lost, 0, sizeof(claim->is_led_lost));
	err = request(claim, chip, 0, n, &claim->inputs);
	if (err == 0)
		err = request(claim, chip, n, n + claim->config.n_leds, &claim->outputs);
	if (err < 0) {
		gpio_claim_release(claim);
		return diag_set(
			diag, err, "the lines of %s: %s", gpio_chip_name(chip), strerror(-err));
	}
	if (!claim->inputs && !claim->outputs)
		return diag_set(diag, -EBUSY, "no line of %s can be had", gpio_chip_name(chip));
	for (int i = 0; i < n + claim->config.n_leds; i++)
		if (is_wanted(claim, i))
			claim->is_loss_logged[i] = false;
	return 0;
}

int gpio_claim_take(struct gpio_claim *claim, char *name, size_t name_bytes, struct diag *diag)
{
	struct gpio_chip *chip;
	int err = gpio_chip_open(&chip, claim->config.chip, diag);

	if (err < 0)
		return err;
	err = requests_make(claim, chip, diag);
	snprintf(name, name_bytes, "%s", gpio_chip_name(chip));
	gpio_chip_close(chip); /* requests live on */
	return err;
}

void gpio_claim_release(struct gpio_claim *claim)
{
	if (claim->inputs)
		gpio_lines_release(claim->inputs);
	if (claim->outputs)
		gpio_lines_release(claim->outputs);
	claim->inputs = claim->outputs = NULL;
}

int gpio_claim_get(struct gpio_claim *claim, bool *are_high)
{
	bool had[GPIO_MAX_LINES] = {false};
	int n = 0, err = claim->inputs ? gpio_lines_get(claim->inputs, had) : 0;

	for (int i = 0; i < claim->lines.n; i++)
		are_high[i] = !claim->lines.at[i].is_lost && had[n++];
	return err;
}

int gpio_claim_light(struct gpio_claim *claim, const bool *are_lit)
{
	bool are_high[BOARD_MAX_LEDS] = {false};
	int n = 0;

	for (int i = 0; i < claim->config.n_leds; i++)
		if (is_wanted(claim, claim->lines.n + i))
			are_high[n++] = are_lit[i] != claim->config.leds[i].is_active_low;
	return claim->outputs ? gpio_lines_set(claim->outputs, are_high) : 0;
}
