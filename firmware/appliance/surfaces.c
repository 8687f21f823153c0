/* surfaces.c - who may play: knobs and buttons on GPIO, the terminal's keys, the control socket. */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/runtime_dir.h"
#include "appliance/run.h"
#include "appliance/screen.h"

static enum board_bias bias_of(const struct settings *settings, enum settings_bias bias)
{
	static const enum board_bias biases[] = {[BIAS_PULL_UP] = BOARD_PULL_UP,
		[BIAS_PULL_DOWN] = BOARD_PULL_DOWN,
		[BIAS_NONE] = BOARD_NO_BIAS};

	return biases[bias == BIAS_OF_GPIO ? settings->bias : bias];
}

static struct board_knob board_knob_of(
	const struct settings *settings, const struct settings_knob *from)
{
	struct board_knob knob = {.pin_a = from->pin_a,
		.pin_b = from->pin_b,
		.pin_push = from->pin_push,
		.steps_per_detent = from->steps_per_detent,
		.reversed = from->reversed,
		.acceleration = from->acceleration,
		.bias = bias_of(settings, from->bias)};

	memcpy(knob.name, from->name, sizeof(knob.name));
	return knob;
}

static void describe_board(const struct settings *settings, struct board_config *config)
{
	static const enum board_sign signs[] = {[SIGN_RUNNING] = BOARD_RUNNING,
		[SIGN_STAGED] = BOARD_STAGED,
		[SIGN_STANDBY] = BOARD_STANDBY,
		[SIGN_FAULT] = BOARD_FAULT};

	memcpy(config->chip, settings->chip, sizeof(config->chip));
	config->n_knobs = settings->n_knobs;
	for (int i = 0; i < settings->n_knobs; i++)
		config->knobs[i] = board_knob_of(settings, &settings->knobs[i]);
	config->n_buttons = settings->n_buttons;
	for (int i = 0; i < settings->n_buttons; i++) {
		const struct settings_button *from = &settings->buttons[i];

		memcpy(config->buttons[i].name, from->name, sizeof(config->buttons[i].name));
		config->buttons[i].pin = from->pin;
		config->buttons[i].bias = bias_of(settings, from->bias);
	}
	config->n_leds = settings->n_leds;
	for (int i = 0; i < settings->n_leds; i++) {
		const struct settings_led *from = &settings->leds[i];

		memcpy(config->leds[i].name, from->name, sizeof(config->leds[i].name));
		config->leds[i].pin = from->pin;
		config->leds[i].shows = signs[from->shows];
		config->leds[i].is_active_low = from->active_low;
	}
}

static bool has_pins(const struct board_config *config)
{
	for (int i = 0; i < config->n_knobs; i++)
		if (config->knobs[i].pin_a != BOARD_NO_PIN ||
			config->knobs[i].pin_push != BOARD_NO_PIN)
			return true;
	for (int i = 0; i < config->n_buttons; i++)
		if (config->buttons[i].pin != BOARD_NO_PIN)
			return true;
	return config->n_leds > 0;
}

/* GPIO where pins are named, and the keys of the terminal where there is one. Without either the
 * instrument plays all the same. */
void run_open_hands(struct run *run)
{
	const struct board_config *config = &run->controls;
	struct diag diag;
	char path[300];

	describe_board(&run->settings, &run->controls);
	if (has_pins(config) && board_gpio_open(&run->gpio, config, &diag) < 0)
		run_degrade(run, "GPIO: %s; playing without knobs, buttons and LEDs", diag.text);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		if (board_terminal_open(&run->keys, config, &diag) < 0)
			log_line(LOG_LEVEL_INFO, "%s", diag.text);
		else if (screen_open(&run->screen, STDOUT_FILENO) < 0)
			run->screen = NULL;
	}
	if (run->has_folder && runtime_path(path, sizeof(path), "control.sock") == 0 &&
		control_socket_open(&run->control, path, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "`chronus send` will not work: %s", diag.text);
}
