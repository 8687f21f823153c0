/* check_pins.c - pins that the Pi's firmware gives to a UART or a bus. See check_pins.h.
 * Tested by: e2e/test_cli */
#include "config/check_pins.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/sys_file.h"
#include "base/util.h"
#include "config/check_warn.h"

enum { CONFIG_TXT_BYTES = 8192 };

/* Pins first..last belong to somebody else where config.txt has this line. */
static const struct owner {
	const char *line;
	int first, last;
	const char *is;
} owners[] = {
	{"enable_uart=1", 14, 15, "the serial port (TXD, RXD)"},
	{"dtoverlay=chronus-i2s-dac", 18, 21, "the I2S DAC"},
	{"dtoverlay=chronus-adc", 7, 11, "the converter on SPI 0"},
};

/* The last line of that key decides; filters ([pi4]) are taken as true. An overlay's own parameters
 * may follow it. */
static bool config_has(const char *text, const char *wanted)
{
	size_t n_key = strcspn(wanted, "=") + 1, n = strlen(wanted);
	bool is_overlay = strncmp(wanted, "dtoverlay=", 10) == 0, has = false;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		line += strspn(line, " \t");
		if (strncmp(line, wanted, n_key) != 0)
			continue;
		if (strncmp(line, wanted, n) == 0 && strchr(" \t\r\n,", line[n]))
			has = true;
		else if (!is_overlay)
			has = false;
	}
	return has;
}

/* 0: text is that file; -ENOENT and the like: there is none, text is the card's own. */
static int config_get(const struct settings *settings, char *text, size_t n_bytes)
{
	const char *slash = strrchr(settings->path, '/');
	int n_folder = slash ? (int)(slash - settings->path) : 1;
	int err = sys_read(
		text, n_bytes, "", "%.*s/config.txt", n_folder, slash ? settings->path : ".");

	if (err < 0)
		err = sys_read(text, n_bytes, "", "/boot/firmware/config.txt");
	if (err < 0)
		snprintf(text, n_bytes, "enable_uart=1\n");
	return err;
}

static bool is_header(const char *chip)
{
	return strcmp(chip, "auto") == 0 || strcmp(chip, "gpiochip0") == 0 ||
	       strncmp(chip, "pinctrl-", 8) == 0;
}

struct pins {
	const struct settings *settings;
	char config[CONFIG_TXT_BYTES];
	bool has_config;
	struct check *check;
};

static void warn_of_pin(struct pins *pins, const char *kind, const char *name, int line, int pin)
{
	for (size_t i = 0; i < ARRAY_LEN(owners); i++) {
		const struct owner *owner = &owners[i];

		if (pin < owner->first || pin > owner->last ||
			!config_has(pins->config, owner->line))
			continue;
		check_warn(pins->check, pins->settings->path, line,
			"[%s %s] pin %d belongs to %s while config.txt has %s%s; take another pin, "
			"or that line out",
			kind, name, pin, owner->is, owner->line,
			pins->has_config ? "" : " (as the card's has)");
		return;
	}
}

void check_pins(const struct settings *settings, struct check *check)
{
	static struct pins pins;

	pins.settings = settings;
	pins.check = check;
	if (!is_header(settings->gpio.chip))
		return;
	pins.has_config = config_get(settings, pins.config, sizeof(pins.config)) >= 0;
	for (int i = 0; i < settings->n_knobs; i++) {
		const struct settings_knob *knob = &settings->knobs[i];

		warn_of_pin(&pins, "knob", knob->name, knob->line, knob->pin_a);
		warn_of_pin(&pins, "knob", knob->name, knob->line, knob->pin_b);
		warn_of_pin(&pins, "knob", knob->name, knob->line, knob->pin_push);
	}
	for (int i = 0; i < settings->n_buttons; i++)
		warn_of_pin(&pins, "button", settings->buttons[i].name, settings->buttons[i].line,
			settings->buttons[i].pin);
	for (int i = 0; i < settings->n_leds; i++)
		warn_of_pin(&pins, "led", settings->leds[i].name, settings->leds[i].line,
			settings->leds[i].pin);
}
