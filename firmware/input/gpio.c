#include "input/gpio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gpio {
	struct input_source source; /* first: the source is the GPIO */
	struct board *board;
};

/* ---- settings to the box's wiring */

static enum board_bias bias_of(const struct settings *settings, enum settings_bias bias)
{
	static const enum board_bias biases[] = {[BIAS_PULL_UP] = BOARD_PULL_UP,
		[BIAS_PULL_DOWN] = BOARD_PULL_DOWN,
		[BIAS_NONE] = BOARD_NO_BIAS};

	return biases[bias == BIAS_OF_GPIO ? settings->gpio.bias : bias];
}

static struct board_press board_press_of(const struct press_action *presses)
{
	return (struct board_press){.is_hold = press_is_held(presses[PRESS_SHORT].does),
		.has_double = presses[PRESS_DOUBLE].does != PRESS_NONE};
}

static struct board_knob board_knob_of(
	const struct settings *settings, const struct settings_knob *from)
{
	struct board_knob knob = {.push = board_press_of(from->presses),
		.pin_a = from->pin_a,
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
	static const enum board_indicator indicators[] = {[INDICATOR_RUNNING] = BOARD_RUNNING,
		[INDICATOR_STAGED] = BOARD_STAGED,
		[INDICATOR_STANDBY] = BOARD_STANDBY,
		[INDICATOR_FAULT] = BOARD_FAULT};

	memcpy(config->chip, settings->gpio.chip, sizeof(config->chip));
	config->n_knobs = settings->n_knobs;
	for (int i = 0; i < settings->n_knobs; i++)
		config->knobs[i] = board_knob_of(settings, &settings->knobs[i]);
	config->n_buttons = settings->n_buttons;
	for (int i = 0; i < settings->n_buttons; i++) {
		const struct settings_button *from = &settings->buttons[i];

		memcpy(config->buttons[i].name, from->name, sizeof(config->buttons[i].name));
		config->buttons[i].pin = from->pin;
		config->buttons[i].bias = bias_of(settings, from->bias);
		config->buttons[i].press = board_press_of(from->presses);
	}
	config->n_leds = settings->n_leds;
	for (int i = 0; i < settings->n_leds; i++) {
		const struct settings_led *from = &settings->leds[i];

		memcpy(config->leds[i].name, from->name, sizeof(config->leds[i].name));
		config->leds[i].pin = from->pin;
		config->leds[i].shows = indicators[from->shows];
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

/* ---- the source */

static struct input_event event_of(const struct board_event *from)
{
	static const struct {
		enum input_kind kind;
		int first; /* control of index 0 */
	} meanings[] = {
		[BOARD_TURN] = {INPUT_TURN, INPUT_KNOBS},
		[BOARD_PRESS] = {INPUT_PRESS, INPUT_BUTTONS},
		[BOARD_LONG_PRESS] = {INPUT_LONG_PRESS, INPUT_BUTTONS},
		[BOARD_DOUBLE_PRESS] = {INPUT_DOUBLE_PRESS, INPUT_BUTTONS},
		[BOARD_DOWN] = {INPUT_DOWN, INPUT_BUTTONS},
		[BOARD_UP] = {INPUT_UP, INPUT_BUTTONS},
		[BOARD_PUSH] = {INPUT_PRESS, INPUT_PUSHES},
		[BOARD_LONG_PUSH] = {INPUT_LONG_PRESS, INPUT_PUSHES},
		[BOARD_DOUBLE_PUSH] = {INPUT_DOUBLE_PRESS, INPUT_PUSHES},
		[BOARD_PUSH_DOWN] = {INPUT_DOWN, INPUT_PUSHES},
		[BOARD_PUSH_UP] = {INPUT_UP, INPUT_PUSHES},
	};

	return (struct input_event){.kind = (uint8_t)meanings[from->kind].kind,
		.control = (uint16_t)(meanings[from->kind].first + from->index),
		.value = (float)from->detents,
		.time_ns = from->at_ns};
}

static int gpio_read(struct input_source *source, struct input_event *events, int max)
{
	struct board *board = ((struct gpio *)source)->board;
	struct board_event read[64];
	int n = board->read(board, read, int_min(max, (int)ARRAY_LEN(read)));

	for (int i = 0; i < n; i++)
		events[i] = event_of(&read[i]);
	return n;
}

static int gpio_fd(const struct input_source *source)
{
	const struct board *board = ((const struct gpio *)source)->board;

	return board->fd(board);
}

static void gpio_show(
	struct input_source *source, const enum board_pattern patterns[BOARD_N_INDICATORS])
{
	struct board *board = ((struct gpio *)source)->board;

	board->show(board, patterns);
}

static void gpio_count(const struct input_source *source, struct board_counts *counts)
{
	const struct board *board = ((const struct gpio *)source)->board;

	board->count(board, counts);
}

static void gpio_close(struct input_source *source)
{
	struct board *board = ((struct gpio *)source)->board;

	board->close(board);
	free(source);
}

int input_gpio_open(
	struct input_source **source, const struct settings *settings, struct diag *diag)
{
	struct board_config *config = calloc(1, sizeof(*config));
	struct gpio *gpio = calloc(1, sizeof(*gpio));
	int err = config && gpio ? 0 : diag_set(diag, -ENOMEM, "out of memory");

	if (!err)
		describe_board(settings, config);
	if (!err && !has_pins(config))
		err = INPUT_IS_UNUSED;
	if (!err)
		err = board_gpio_open(&gpio->board, config, diag);
	free(config);
	if (err) {
		free(gpio);
		return err;
	}
	gpio->source = (struct input_source){.fd = gpio_fd,
		.read = gpio_read,
		.close = gpio_close,
		.show = gpio_show,
		.count = gpio_count};
	*source = &gpio->source;
	return 0;
}
